"""What Helm passes over in silence: records that it could not change are found by looking, and put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status, lost_deployment
from helm_rollback_component.core.remediation import predicates, targets, tries
from helm_rollback_component.core.remediation.steps import Install, Upgrade

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.remediation.steps import Action, Situation
    from helm_rollback_component.reconcile.effects import Records


def observe_and_repair(
    records: Records, action: Action, begun: Situation, failure: Failure | None
) -> History:
    """Return the revisions after an action, with those records changed that Helm should have changed.

    - A release that had a deployed revision is not left without one.
    - A revision that Helm deployed, and calls pending or failed, is deployed; no other is.
    - An upgrade that failed, and is called pending, has failed.

    Args:
        records: the release's records.
        action: what was done.
        begun: the situation before it.
        failure: how it failed, if it did.

    Raises:
        OperationError: a record cannot be read or written.
    """
    found = records.history()
    latest = found.latest
    if lost := lost_deployment(begun.history, found):
        records.mark_deployed_again(lost.revision)
    elif latest and not failure and (_left_pending(latest, begun) or _not_seen_ready(latest, action, begun)):
        records.mark_deployed(latest.revision, tries.description(action))
    elif latest and _left_pending(latest, begun) and isinstance(action, Upgrade):
        records.mark_failed(latest.revision, targets.INTERRUPTED)
    elif latest and latest.status is Status.DEPLOYED and _others_deployed(found):
        records.supersede_others(latest.revision)
    else:
        return found
    return records.history()


def _left_pending(latest: Record, begun: Situation) -> bool:
    made = latest.revision == begun.history.next_revision
    restoring = latest.status is Status.PENDING_ROLLBACK
    ours = restoring or predicates.not_another_clients(latest, begun)
    return latest.status.pending and made and ours


def _not_seen_ready(latest: Record, action: Action, begun: Situation) -> bool:
    """Whether Helm has failed to see ready what it has applied."""
    made = isinstance(action, Install | Upgrade) and latest.revision == begun.history.next_revision
    return made and latest.status is Status.FAILED and predicates.not_another_clients(latest, begun)


def _others_deployed(history: History) -> bool:
    return any(record.status is Status.DEPLOYED for record in history.records[:-1])
