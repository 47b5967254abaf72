"""Which rights an action needs on the objects of a release, as far as its records tell."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.access import Right
from helm_rollback_component.kube.health import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.storage.storage import ReleaseStorage

TO_DEPLOY = ("get",)
"""Helm reads each object first. What it then writes, and whether, depends on what it finds."""

TO_DELETE = ("get", "delete")


def on_objects(
    cluster: Cluster, storage: ReleaseStorage, records: Iterable[Record], namespace: str, *verbs: str
) -> Mapping[str, Iterable[Right]]:
    """Return the rights by namespace; what is kept, what no record tells, and lost kinds do not count.

    Args:
        cluster: where the objects are.
        storage: the release's records.
        records: those whose objects count.
        namespace: the release's.
        verbs: what is done to each object.
    """
    found: dict[str, dict[Right, None]] = defaultdict(dict)
    for manifest in _manifests(storage, records):
        try:
            group, resource, where, name = paths.parts(places.path_of(cluster, manifest, namespace))
        except OperationError:
            continue
        found[where] |= dict.fromkeys(Right(verb, resource, group, name) for verb in verbs)
    return found


def _manifests(storage: ReleaseStorage, records: Iterable[Record]) -> Iterator[Manifest]:
    for record in records:
        try:
            declared = objects.flatten(storage.manifest(record.revision, lambda _: False))
        except OperationError:
            continue
        yield from (each for each in declared if not objects.is_kept(each))
