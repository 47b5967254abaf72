"""Where a release's objects, and what belongs to them, are in the cluster; and what selects them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.snapshot import JUDGED_KINDS
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.informers.collection import Collection
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster

_WORKLOADS = JUDGED_KINDS - {("", "PersistentVolumeClaim"), ("", "Pod")}


def place_of(cluster: Cluster, desired: Manifest, key: Key) -> str:
    """Return where objects of this kind are, an empty string if the cluster does not have the kind (yet)."""
    try:
        return cluster.object_path(foreign.text(desired, "apiVersion"), key.kind, "", key.namespace)
    except OperationError as error:
        if error.reason == Reason.UNKNOWN_KIND:
            return ""
        raise


def path_of(cluster: Cluster, manifest: Manifest, namespace: str) -> str:
    """Return where an object is that a manifest declares; `namespace` is the release's.

    Raises:
        OperationError: ``UnknownKind`` if the cluster does not have the kind.
    """
    key = objects.key(manifest, namespace)
    return cluster.object_path(foreign.text(manifest, "apiVersion"), key.kind, key.name, key.namespace)


def of_apps(plural: str, namespace: str) -> str:
    """Return where objects of the group ``apps`` are."""
    return paths.resource("apps/v1", plural, "", namespace)


def of_core(plural: str, namespace: str) -> str:
    """Return where objects of the core group are."""
    return paths.resource("v1", plural, "", namespace)


def selections(place: str, owners: Iterable[Manifest]) -> Sequence[Collection]:
    """Return what finds all children of these workloads at a place, and not much else.

    It is the labels that all of them select by, or else each one's own selector. A selector cannot change,
    and a child cannot lack the labels.
    """
    selectors = [*map(_selector, owners)]
    alike = [{*foreign.pairs(each, "matchLabels")} for each in selectors]
    shared = set.intersection(*alike) if alike else set()
    spelled = [{"matchLabels": dict(sorted(shared))}] if shared else selectors
    return [Collection(place, labels=objects.label_selector(each)) for each in spelled]


def is_workload(live: Manifest) -> bool:
    """Return whether the object selects pods."""
    known = (objects.group(live), objects.kind(live)) in _WORKLOADS
    return known and bool(objects.label_selector(_selector(live)))


def _selector(workload: Manifest) -> Manifest:
    return foreign.mapping(objects.spec(workload), "selector")


def by_namespace(found: Iterable[Manifest]) -> Iterator[tuple[str, list[Manifest]]]:
    """Yield each namespace with those of the objects that are in it."""
    grouped: dict[str, list[Manifest]] = {}
    for each in found:
        grouped.setdefault(objects.namespace_of(each), []).append(each)
    yield from grouped.items()
