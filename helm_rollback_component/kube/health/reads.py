"""Reading a release's objects, and what belongs to them; several at once where there are many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.snapshot import JUDGED_KINDS
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster

_WORKLOADS = JUDGED_KINDS - {("", "PersistentVolumeClaim"), ("", "Pod")}
_FEW = 2

_readers = ThreadPoolExecutor(16, thread_name_prefix="health-reader")
"""Shared by all releases, so that many of them do not overrun the API server."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def at_once(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """Return what `work` makes of each item, in their order; in several threads if there are more than two.

    `work` must not call this itself.
    """
    waiting = tuple(items)
    if len(waiting) <= _FEW:
        return [work(item) for item in waiting]
    return list(_readers.map(work, waiting))


def live_objects(cluster: Cluster, namespace: str, manifests: Iterable[Manifest]) -> dict[Key, Manifest]:
    """Return those of the objects that exist; `namespace` is the release's."""

    def read(desired: Manifest) -> tuple[Key, Manifest | None]:
        key = objects.key(desired, namespace)
        path = _path(cluster, desired, key)
        return key, cluster.get(path) if path else None

    return {key: live for key, live in at_once(read, manifests) if live is not None}


def pods_of(cluster: Cluster, owner: Manifest) -> list[Manifest]:
    """Return the pods that a workload selects."""
    return [*cluster.list(paths.pods(namespace_of(owner)), labelSelector=selector(owner))]


def pods_metadata(cluster: Cluster, owner: Manifest) -> list[Manifest]:
    """Return the metadata of the pods that a workload selects."""
    return [*cluster.list_metadata(paths.pods(namespace_of(owner)), labelSelector=selector(owner))]


def events_about(cluster: Cluster, namespace: str, uid: str) -> tuple[Manifest, ...]:
    """Return the events about an object."""
    where = paths.resource("v1", "events", "", namespace)
    return tuple(cluster.list(where, fieldSelector=f"involvedObject.uid={uid}"))


def selector(owner: Manifest) -> str:
    """Return what selects a workload's pods, an empty string if it is none or selects none."""
    if (objects.group(owner), owner.get("kind")) not in _WORKLOADS:
        return ""
    return objects.label_selector(objects.spec(owner).get("selector") or {})


def namespace_of(live: Manifest) -> str:
    """Return where a live object is."""
    return str(objects.meta(live).get("namespace", ""))


def workloads(live: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield what selects pods."""
    return filter(selector, live)


def _path(cluster: Cluster, desired: Manifest, key: Key) -> str:
    """Return where the object is, an empty string if the cluster does not have its kind (yet)."""
    try:
        return cluster.object_path(desired.get("apiVersion", ""), key.kind, key.name, key.namespace)
    except OperationError as error:
        if error.reason == Reason.UNKNOWN_KIND:
            return ""
        raise
