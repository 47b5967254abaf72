"""What data goes with live objects when they are deleted.

Needs ``get`` on these objects, and ``list`` on what may be in them or belong to them: what may not be looked
at counts as data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.remediation import data_loss
from helm_rollback_component.core.remediation.data_loss import Loss
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places
from helm_rollback_component.kube.stored_data.contents import in_definition, in_namespace
from helm_rollback_component.kube.stored_data.volumes import Volumes, has_volume
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.remediation.data_loss import Shrinkage
    from helm_rollback_component.kube.api.client import Cluster

_FINALIZERS_OF_KUBERNETES = frozenset({"foregroundDeletion", "orphan"})


class StoredData:
    """The data that the live objects of a release hold.

    Args:
        cluster: where they are.
        namespace: the release's.
    """

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._volumes = Volumes(cluster)

    def lost_with(self, removed: Iterable[Manifest], shrunk: Iterable[Shrinkage]) -> Iterator[Loss]:
        """Yield the data that would be lost, where the objects exist and Helm would not keep them.

        Args:
            removed: the objects that would be deleted; the heads of their manifests are enough.
            shrunk: the StatefulSets that may be scaled down.
        """
        for each in removed:
            yield from self._looked_at(each, None)
        for shrinkage in shrunk:
            yield from self._looked_at(shrinkage.manifest, shrinkage.first)

    def held(self, live: Manifest) -> str:
        """Return what data goes when a live object is deleted, as part of a sentence; empty if none does.

        Raises:
            OperationError: it cannot be looked at.
        """
        return self._held(live) if data_loss.may_hold_data(live) else ""

    def _looked_at(self, manifest: Manifest, first: int | None) -> Iterator[Loss]:
        key = objects.key(manifest, self._namespace)
        try:
            live = self._live(manifest)
            held = "" if live is None else self._held(live) if first is None else self._scaled(live, first)
        except OperationError as error:
            held = f"may hold data, which cannot be looked at: {error.message} ({error.reason})"
        if held:
            yield Loss(key, held)

    def _live(self, manifest: Manifest) -> dict[str, Any] | None:
        try:
            path = places.path_of(self._cluster, manifest, self._namespace)
        except OperationError as error:
            if error.reason == Reason.UNKNOWN_KIND:
                return None
            raise
        return self._cluster.get(path)

    def _held(self, live: Manifest) -> str:
        """Return what data goes when an object is deleted, empty if none does."""
        if objects.is_kept(live):
            return ""
        match data_loss.kind_of(live):
            case data_loss.DEFINITION:
                return in_definition(self._cluster, live)
            case data_loss.NAMESPACE:
                return in_namespace(self._cluster, objects.name(live))
            case data_loss.CLAIM:
                return "its volume" if has_volume(live) else ""
            case data_loss.VOLUME:
                return "its content" if _goes_with_volume(live) else ""
            case _:
                return self._cleaned_up(live) or _with_claims(self._volumes.owned_by(live))

    def _scaled(self, live: Manifest, first: int) -> str:
        return _with_claims(self._volumes.of_pods_from(live, first))

    def _cleaned_up(self, live: Manifest) -> str:
        """Return by which finalizer a controller removes what belongs to a custom resource."""
        finalizers = foreign.texts(objects.meta(live), "finalizers")
        own = [each for each in finalizers if each not in _FINALIZERS_OF_KUBERNETES]
        return f"and what its finalizer {own[0]} removes" if own and data_loss.is_custom(live) else ""


def _goes_with_volume(volume: Manifest) -> bool:
    spec = objects.spec(volume)
    return bool(spec.get("claimRef")) and spec.get("persistentVolumeReclaimPolicy") != "Retain"


def _with_claims(names: Iterable[str]) -> str:
    listed = ", ".join(sorted(names))
    return f"with the claims {listed}" if listed else ""
