"""The data of a release in the cluster: `effects.Data` for the objects of its revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import data_loss
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.stored_data.look import StoredData
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.remediation.data_loss import Loss
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.storage.storage import ReleaseStorage


class LiveData:
    """The data that the objects of a release hold.

    Args:
        cluster: where they are.
        storage: the release's records.
        namespace: the release's.
        progress: takes one line where a manifest cannot be read; a rollback is not prevented then.
    """

    def __init__(
        self, cluster: Cluster, storage: ReleaseStorage, namespace: str, progress: Callable[[str], None]
    ) -> None:
        self._cluster = cluster
        self._storage = storage
        self._namespace = namespace
        self._progress = progress

    def lost_by_rollback(self, target: int, current: int) -> Sequence[Loss]:
        """Return the data that a rollback would destroy."""
        try:
            before, after = (self._storage.manifest(number, _whole) for number in (current, target))
        except OperationError as error:
            if error.reason != Reason.RECORD_UNREADABLE:
                raise
            self._progress(f"what the rollback would destroy is not known: {error.message}")
            return ()
        removed = data_loss.removed(before, after, self._namespace)
        shrunk = data_loss.shrunk(after)
        return tuple(StoredData(self._cluster, self._namespace).lost_with(removed, shrunk))


def _whole(head: Manifest) -> bool:
    return data_loss.kind_of(head) == data_loss.STATEFUL_SET
