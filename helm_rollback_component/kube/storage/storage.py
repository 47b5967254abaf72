"""A release's records: the Secrets in which Helm keeps its revisions.

Beside what `record_reader` needs, ``update`` and ``delete`` on Secrets in the release's namespace.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api.error_context import about
from helm_rollback_component.kube.storage import release_codec
from helm_rollback_component.kube.storage.record_errors import unreadable
from helm_rollback_component.kube.storage.record_reader import RecordReader
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_PENDING = {status for status in Status if status.pending}


class ReleaseStorage(RecordReader):
    """The records of one release: read, and changed as Helm would. Safe to use from any thread."""

    def mark_failed(self, revision: int, description: str) -> None:
        """Mark a pending revision failed, so that Helm takes the next operation.

        Raises:
            OperationError: also ``Conflict`` if the record is not pending any more, or changes meanwhile,
                ``RevisionMissing`` or ``RecordUnreadable``.
        """
        self._mark(revision, _PENDING, Status.FAILED, description)

    def mark_deployed(self, revision: int, description: str) -> None:
        """Mark a revision deployed that failed or is pending, and then the others superseded, as Helm does.

        Raises:
            OperationError: as `mark_failed`.
        """
        self._mark(revision, {*_PENDING, Status.FAILED}, Status.DEPLOYED, description)
        self.supersede_others(revision)

    def supersede_others(self, revision: int) -> None:
        """Mark every deployed revision superseded but this one.

        Where one cannot be marked there are two for a while: Helm takes the newest.
        """
        for record in self.history():
            if record.status is Status.DEPLOYED and record.revision != revision:
                with suppress(OperationError):
                    self._mark(record.revision, {Status.DEPLOYED}, Status.SUPERSEDED)

    def mark_deployed_again(self, revision: int) -> None:
        """Mark a revision deployed that a failed rollback has marked superseded.

        Raises:
            OperationError: as `mark_failed`.
        """
        self._mark(revision, {Status.SUPERSEDED}, Status.DEPLOYED)

    def mark_uninstalled(self, revision: int) -> None:
        """Mark a revision uninstalled whose objects are gone.

        Raises:
            OperationError: as `mark_failed`.
        """
        present = set(Status) - {Status.UNINSTALLED}
        self._mark(revision, present, Status.UNINSTALLED, "Uninstallation complete")

    def delete(self, revision: int) -> None:
        """Delete the record of a revision, if there is one and it is Helm's."""
        with about(self._namespace, self._release):
            for _, meta in self._listed(
                f"metadata.name={release_codec.secret_name(self._release, revision)}"
            ):
                self._cluster.delete(self._path(revision), {"preconditions": {"uid": meta["uid"]}})
            self._versions.pop(revision, None)

    def _mark(self, revision: int, before: AbstractSet[Status], after: Status, description: str = "") -> None:
        with about(self._namespace, self._release):
            secret, release = self._read(revision)
            if (status := release_codec.status(release)) not in before:
                raise OperationError(f"revision {revision} is {status.value} by now", reason=Reason.CONFLICT)
            try:
                marked = release_codec.marked(secret, release, after, description, int(time.time()))
            except release_codec.UndecodableError as error:
                raise unreadable(revision, error) from None
            self._cluster.replace(self._path(revision), marked)
