"""Which stored revisions a release can do without. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core import targets
from helm_rollback_component.core.history import Status

if TYPE_CHECKING:
    from helm_rollback_component.core.history import History
    from helm_rollback_component.core.ledger import Ledger


def expendable(
    history: History, ledger: Ledger, max_revisions: int, keep: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """Return the revisions to delete, oldest first, so that at most `max_revisions` readable ones stay.

    More stay if fewer may go: the latest, every deployed one, the last good one and those in `keep` never go.
    Revisions whose records cannot be read are neither counted nor returned.

    Args:
        history: the release's revisions.
        ledger: what is known of them.
        max_revisions: how many may stay; 0 means all.
        keep: revisions that must stay, such as a rollback's target.
    """
    excess = len(history.records) - max_revisions
    if max_revisions <= 0 or excess <= 0:
        return ()
    protected = _protected(history, ledger) | keep
    candidates = (record.revision for record in history if record.revision not in protected)
    return tuple(candidates)[:excess]


def _protected(history: History, ledger: Ledger) -> frozenset[int]:
    latest = history.latest
    if latest is None:
        return frozenset()
    good = targets.last_good(history, ledger, below=latest.revision + 1)
    deployed = {record.revision for record in history if record.status is Status.DEPLOYED}
    return frozenset({latest.revision, *deployed, *({good.revision} if good else ())})
