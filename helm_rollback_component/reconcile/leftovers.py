"""Removes what only failed revisions had added, once a later revision is deployed or restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.remediation import data_loss, leftovers
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places
from helm_rollback_component.kube.stored_data.look import StoredData
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.remediation.leftovers import Leftover
    from helm_rollback_component.kube.api.client import Cluster

_UNFIT = frozenset({Reason.CONFLICT, Reason.OBJECT_INVALID})
_LOOKS = 2
_JSON_PATCH = "application/json-patch+json"


class Leftovers:
    """What failed revisions left of one release.

    Args:
        cluster: where the release is.
        release: its name.
        namespace: its namespace.
        warn: takes one sentence for each thing that was removed, or could not be.
    """

    def __init__(self, cluster: Cluster, release: str, namespace: str, warn: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._release = release
        self._namespace = namespace
        self._warn = warn
        self._data = StoredData(cluster, namespace)

    def remove(self, failed: Sequence[Sequence[Manifest]], declared: Sequence[Manifest]) -> None:
        """Remove them; what the cluster refuses is told and left.

        Args:
            failed: the objects of each failed revision, oldest first.
            declared: the objects of the revision that was deployed after them.
        """
        self._remove_all(leftovers.leftovers(failed, declared, self._namespace))

    def remove_admission(self, failed: Sequence[Sequence[Manifest]], declared: Sequence[Manifest]) -> None:
        """Remove the webhooks and policies among them, which may refuse that anything is restored.

        What has failed may be what serves them.

        Args:
            failed: as of `remove`.
            declared: the objects of the revision that is to be restored.
        """
        found = leftovers.leftovers(failed, declared, self._namespace)
        self._remove_all(filter(leftovers.controls_admission, found))

    def _remove_all(self, found: Iterable[Leftover]) -> None:
        for each in found:
            key = objects.key(each.object, self._namespace)
            try:
                self._remove(each, str(key))
            except OperationError as error:
                self._warn(f"{key}: what only a failed revision had could not be removed: {error.message}")

    def _remove(self, leftover: Leftover, name: str) -> None:
        path = places.path_of(self._cluster, leftover.object, self._namespace)
        live = self._cluster.get(path)
        if live is None or not objects.belongs_to(live, self._release, self._namespace):
            return
        if leftover.fields:
            self._remove_fields(path, live, leftover, name)
        elif self._stays(live):
            self._warn(f"{name} was left by a failed revision; delete it if nobody needs what it holds")
        else:
            self._cluster.delete(path, {"preconditions": {"uid": objects.uid(live)}})
            self._warn(f"{name} was left by a failed revision, and was removed")

    def _remove_fields(self, path: str, live: Manifest, leftover: Leftover, name: str) -> None:
        patch = leftovers.removal(live, leftover.fields)
        if patch:
            self._patch(path, patch, leftover)
            fields = ", ".join(map(leftovers.spelled, leftover.fields))
            self._warn(f"{name}: fields that a failed revision had left were removed ({fields})")

    def _patch(self, path: str, patch: Sequence[object], leftover: Leftover) -> None:
        """Apply a patch; one that does not fit may have been applied before, or the object has changed."""
        for _ in range(_LOOKS):
            try:
                self._cluster.patch(path, patch, content_type=_JSON_PATCH)
            except OperationError as error:
                if error.reason not in _UNFIT:
                    raise
            else:
                return
            patch = leftovers.removal(self._cluster.get(path) or {}, leftover.fields)
            if not patch:
                return
        self._cluster.patch(path, patch, content_type=_JSON_PATCH)

    def _stays(self, live: Manifest) -> bool:
        """Whether an object is to be kept, or may hold data."""
        return (
            objects.is_kept(live)
            or data_loss.kind_of(live) in data_loss.HOLDING_DATA
            or bool(self._data.held(live))
        )
