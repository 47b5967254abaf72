"""Which stored revisions of a release can be deleted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import points_of_no_return, targets
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger


def pinned(rollback: RollbackConfig, ledger: Ledger) -> frozenset[int]:
    """Return the revisions that the inputs, or the last rollback, name as a target."""
    named = (rollback.target_revision, ledger.rollback_status.target_revision)
    return frozenset(revision for revision in named if revision)


def held(history: History, ledger: Ledger) -> frozenset[int]:
    """Return the revisions that a pin may name: where the inputs hold the release, those with its content."""
    latest, last = history.latest, ledger.conclusion
    if latest is None or last is None or last.reason != Reason.MANUAL_REQUEST:
        return frozenset()
    content = targets.origin(latest, history, ledger)
    return frozenset(
        record.revision for record in history if targets.origin(record, history, ledger) == content
    )


def expendable(
    history: History, ledger: Ledger, max_revisions: int, keep: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """Return the revisions to delete, oldest first, so that at most `max_revisions` readable ones stay.

    More stay if fewer may go: the latest, every deployed one, the last good one, the newest point of no
    return and those in `keep` never go. Revisions whose records cannot be read are neither counted nor
    returned.

    Args:
        history: the release's revisions.
        ledger: what is known of them.
        max_revisions: how many may stay; 0 means all.
        keep: revisions that must stay, such as those that are `pinned`.
    """
    latest = history.latest
    excess = len(history.records) - max_revisions
    if latest is None or max_revisions <= 0 or excess <= 0:
        return ()
    good = targets.last_good(history, ledger, below=latest.revision + 1)
    marked = points_of_no_return.newest_mark(history)
    protected = {latest.revision, *keep, *(record.revision for record in (good, marked) if record)}
    candidates = (
        record.revision
        for record in history
        if record.revision not in protected and record.status is not Status.DEPLOYED
    )
    return tuple(candidates)[:excess]
