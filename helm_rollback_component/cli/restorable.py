"""What a rollback by hand would restore now, as `helm-rollback rollback` says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.cli.target import Answer
from helm_rollback_component.core.records.history import Record
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.errors import HelmRollbackError

if TYPE_CHECKING:
    from helm_rollback_component.cli.locating import Located
    from helm_rollback_component.cli.reading import Found


def restorable(located: Located, found: Found) -> str:
    """Return which revision that is, or why there is none; what cannot be known is said.

    Args:
        located: the release.
        found: what is known of it.
    """
    target = targets.requested(None, found.history, found.ledger)
    if isinstance(target, Record):
        return _told(located, target.revision)
    return target.message if target else ""


def _told(located: Located, revision: int) -> str:
    notes: list[str] = []
    try:
        refused = Answer.of(located.operations(notes.append), located.release, revision).why
    except HelmRollbackError as error:
        notes.append(f"whether it would be refused is not known: {error}")
        refused = ""
    return "; ".join([refused or f"revision {revision} is the last good one before what runs", *notes])
