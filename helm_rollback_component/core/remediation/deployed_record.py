"""The deployed revision that a release lost where an operation ended between two writes. Pure.

A rollback that fails takes the status of the revision that was live; an upgrade gives it up before the new
one has it. Helm's next upgrade would compare with the revision that failed, and leave objects behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import targets

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger


def undeployed(history: History, ledger: Ledger) -> Record | None:
    """Return the good revision that was live before one that failed, if none is marked deployed any more."""
    latest = history.latest
    if history.deployed or latest is None or latest.status is not Status.FAILED:
        return None
    live = (
        record
        for record in targets.since_uninstall(history)
        if record.status is Status.SUPERSEDED and targets.standing(record, ledger) is Verdict.GOOD
    )
    return max(live, key=lambda record: record.revision, default=None)
