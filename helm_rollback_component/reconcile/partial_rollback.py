"""What Helm has done so far, or before it failed, judged by what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects, restored
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster


def unrestored(
    cluster: Cluster, namespace: str, declared: Sequence[Manifest], replaced: Sequence[Manifest]
) -> tuple[str, ...] | None:
    """Return which objects are not as a revision declares them, such as ``ConfigMap web``.

    Args:
        cluster: where the release is.
        namespace: the release's.
        declared: the objects of the revision that was to be restored.
        replaced: those of the revision that was live before.

    Returns:
        None if its workloads are not as declared.

    Raises:
        OperationError: an object cannot be read.
    """
    live = dict(_live(cluster, namespace, declared))
    found = restored.unrestored(declared, replaced, live, namespace)
    return None if found is None else tuple(map(str, found))


def applied_so_far(cluster: Cluster, namespace: str, declared: Sequence[Manifest]) -> object:
    """Return what equals another such value if Helm has applied nothing of a revision since.

    Args:
        cluster: where the release is.
        namespace: the release's.
        declared: the objects of the revision that Helm applies.
    """
    try:
        return {key: _version(live) for key, live in _live(cluster, namespace, declared)}
    except OperationError:
        return object()


def _version(live: Manifest) -> object:
    """Return what changes when an object is applied; its status does not count where it has a generation."""
    metadata = objects.meta(live)
    return objects.uid(live), metadata.get("generation") or metadata.get("resourceVersion")


def _live(cluster: Cluster, namespace: str, declared: Sequence[Manifest]) -> Iterator[tuple[Key, Manifest]]:
    for each in objects.flatten(declared):
        found = cluster.get(places.path_of(cluster, each, namespace))
        if found is not None:
            yield objects.key(each, namespace), found
