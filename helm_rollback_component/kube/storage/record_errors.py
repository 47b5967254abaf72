"""The error for a record that is stored and cannot be read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.storage.release_codec import UndecodableError


def unreadable(revision: int, error: UndecodableError) -> OperationError:
    """Return the error for a revision whose record cannot be decoded."""
    return OperationError(
        f"the record of revision {revision} cannot be read: {error}", reason=Reason.RECORD_UNREADABLE
    )
