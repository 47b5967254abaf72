"""What a rollback by hand would do, before it is made. Nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.remediation import (
    assessment,
    data_loss,
    points_of_no_return,
    predicates,
    prevention,
    rollback_plan,
    targets,
)
from helm_rollback_component.reconcile import refusals
from helm_rollback_component.results import Phase, RollbackPlan

if TYPE_CHECKING:
    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.ledger import Conclusion
    from helm_rollback_component.reconcile.effects import Data
    from helm_rollback_component.reconcile.session import Session


def plan(session: Session, config: HelmConfig, data: Data, revision: int | None) -> RollbackPlan:
    """Return what a rollback by hand would do.

    Args:
        session: the release's connections.
        config: what is declared of it.
        data: what the cluster holds.
        revision: the one to restore; None for the last good one before the latest.

    Raises:
        HelmRollbackError: as `operations.HelmOperations.plan_rollback` says.
    """
    claim, history = session.claims.read(), session.records.history()
    ledger = claim.ledger if claim else Ledger()
    found = targets.requested(revision, history, ledger)
    if isinstance(found, targets.Refusal):
        raise refusals.refused(predicates.refuse(found), config.label)
    described = {each.revision: each for each in assessment.revisions(history, ledger)}
    newest = max(described)
    if found is None:
        return RollbackPlan(described[newest], described[revision or newest], needed=False)
    crossed = points_of_no_return.prevention(found, history, ledger, config.rollback)
    losses = data.lost_by_rollback(found.revision, newest)
    prevented = crossed or data_loss.prevention(losses, config.rollback)
    if prevented and not config.rollback.allow_data_loss:
        raise refusals.refused(prevention.refusal(found.revision, prevented), config.label)
    before, after = session.records.manifest(newest), session.records.manifest(found.revision)
    differing = rollback_plan.differences(before, after, config.release_namespace)
    return RollbackPlan(
        replaced=described[newest],
        target=described[found.revision],
        added=differing.added,
        changed=differing.changed,
        removed=differing.removed,
        destroys=data_loss.told(losses),
        crosses=crossed.why if crossed else "",
        owner=claim.owner.stack_words if claim and claim.owner else "",
        standing=_standing(ledger.conclusion),
    )


def _standing(last: Conclusion | None) -> str:
    if last is None or last.phase is Phase.DEPLOYED:
        return ""
    return ": ".join(filter(None, (f"{last.phase.value} ({last.reason})", last.message)))
