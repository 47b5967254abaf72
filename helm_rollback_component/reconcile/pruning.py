"""Deleting stored revisions of a release, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import assessment, retention

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.kube.claims.claims import Held
    from helm_rollback_component.kube.storage.storage import ReleaseStorage
    from helm_rollback_component.results import ReleaseRevision


def expendable(
    history: History, ledger: Ledger, rollback: RollbackConfig, keep: int
) -> tuple[ReleaseRevision, ...]:
    """Return the revisions that can go so that `keep` stay, oldest first; see `retention.expendable`."""
    needed = retention.pinned(rollback, ledger) | retention.held(history, ledger)
    numbers = retention.expendable(history, ledger, keep, needed)
    return tuple(each for each in assessment.revisions(history, ledger) if each.revision in numbers)


def delete(records: ReleaseStorage, revisions: tuple[ReleaseRevision, ...], held: Held) -> None:
    """Delete these revisions, and what the ledger knows of them.

    Raises:
        OperationError: one could not be deleted; those before it are gone.
    """
    gone: set[int] = set()
    try:
        for each in revisions:
            records.delete(each.revision)
            gone.add(each.revision)
    finally:
        kept = {entry.revision for entry in held.ledger.entries} - gone
        held.write(held.ledger.keep(kept))
