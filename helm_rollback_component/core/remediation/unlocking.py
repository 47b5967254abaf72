"""When a revision that was left pending counts as given up by its client. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import predicates
from helm_rollback_component.core.remediation.steps import PATIENCE

if TYPE_CHECKING:
    from datetime import datetime

    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger


def pending(history: History) -> Record | None:
    """Return the newest revision if an operation on it is under way, or was when its client died."""
    latest = history.latest
    return latest if latest and latest.status.pending else None


def still_possible(left: Record, ledger: Ledger, now: datetime) -> float:
    """Return for how many seconds another client may still be at work on a revision; 0 where none can be.

    Args:
        left: the revision that is pending.
        ledger: what is known of the release, under its lock.
        now: the time by the API server's clock, with its zone.
    """
    if predicates.ours(left, ledger):
        return 0.0
    return max(0.0, PATIENCE - left.pending_for(now))
