"""Fields that another manager than Helm set in objects which no informer has whole: read to be warned of.

It neither fails nor holds an operation up: what may not be read, or takes longer than a second, is left out.
Each kind costs one request for metadata; one in which another manager set something, one or two more.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.field_owners import foreign_entries, foreign_fields
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.kube.health import places
from helm_rollback_component.kube.health.observer import followed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.field_owners import ForeignField
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster

_PATIENCE = 1.0
_FEW = 2
_MOST_READERS = 32
_HELMS = "app.kubernetes.io/managed-by=Helm"
"""What Helm labels every object with that it applies, hooks aside."""

_Found = dict["Key", "tuple[ForeignField, ...]"]


@dataclass
class _Kind:
    """The objects of one kind in one namespace.

    Attributes:
        sample: one of them, as it is declared.
        unknown: those of which it is not known whether another manager wrote to them, by name.
        written: those to which one did, by name.
    """

    sample: Manifest
    unknown: dict[str, Key] = field(default_factory=dict)
    written: dict[str, Key] = field(default_factory=dict)


class ForeignFieldsLook:
    """A look at objects that no informer has whole; it goes on while the informers read theirs."""

    def __init__(self, cluster: Cluster, namespace: str, manifests: Sequence[Manifest]) -> None:
        """Begin with the kinds that no informer follows.

        Args:
            cluster: where the release is.
            namespace: the release's.
            manifests: every object that the release may have now; their heads are enough.
        """
        self._cluster = cluster
        self._own = {
            objects.key(each, namespace): each
            for each in objects.flatten(manifests)
            if not objects.is_hook(each)
        }
        self._found: _Found = {}
        self._readers: list[threading.Thread] = []
        unfollowed = [key for key, declared in self._own.items() if not followed(declared)]
        self._begin(unfollowed, lambda kind: kind.unknown)

    def added_to(self, before: Baseline) -> Baseline:
        """Return what the informers found with the foreign fields of the others, those found in time."""
        self._begin(before.hidden & self._own.keys(), lambda kind: kind.written)
        ends = CLOCK.now() + _PATIENCE
        for reader in self._readers:
            reader.join(max(0.0, ends - CLOCK.now()))
        return replace(before, foreign={**before.foreign, **self._found})

    def _begin(self, keys: Iterable[Key], place: Callable[[_Kind], dict[str, Key]]) -> None:
        """Read objects by kind, ordered by the version of their API, which is looked up once for each."""
        kinds: dict[tuple[str, str, str], _Kind] = {}
        for key in keys:
            declared = self._own[key]
            kind = kinds.setdefault((_version(declared), key.kind, key.namespace), _Kind(declared))
            place(kind)[key.name] = key
        ordered = (kinds[which] for which in sorted(kinds))
        for _, group in islice(groupby(ordered, _api_version), _MOST_READERS):
            arguments = (self._cluster, [*group], self._found)
            reader = threading.Thread(target=_read, args=arguments, name="field-owners", daemon=True)
            self._readers.append(reader)
            reader.start()


def _api_version(kind: _Kind) -> str:
    return _version(kind.sample)


def _version(manifest: Manifest) -> str:
    return foreign.text(manifest, "apiVersion")


def _read(cluster: Cluster, kinds: Sequence[_Kind], found: _Found) -> None:
    for kind in kinds:
        try:
            found.update(_foreign(cluster, kind))
        except OperationError:
            continue


def _foreign(cluster: Cluster, kind: _Kind) -> _Found:
    some_key = next(iter((kind.unknown or kind.written).values()))
    place = places.place_of(cluster, kind.sample, some_key)
    if not place:
        return {}
    written = {**kind.written, **_written(cluster, place, kind.unknown)}
    whole = _whole(cluster, place, written)
    return {written[objects.name(each)]: foreign_fields(each) for each in whole}


def _written(cluster: Cluster, place: str, among: Mapping[str, Key]) -> dict[str, Key]:
    """Return those of the objects that another manager wrote to."""
    if not among:
        return {}
    heads: list[Manifest] = [{"metadata": each} for each in _heads(cluster, place, [*among])]
    names = map(objects.name, filter(foreign_entries, heads))
    return {name: among[name] for name in names if name in among}


def _heads(cluster: Cluster, place: str, names: Sequence[str]) -> Iterable[Manifest]:
    """Return the metadata of the objects of these names, and perhaps of more."""
    if len(names) > 1:
        return cluster.list_metadata(place, labelSelector=_HELMS)
    found = cluster.get_metadata(f"{place}/{names[0]}")
    return [] if found is None else [found]


def _whole(cluster: Cluster, place: str, wanted: Mapping[str, Key]) -> Iterator[Manifest]:
    """Yield the objects, read by their names if they are few."""
    if len(wanted) <= _FEW:
        each_read = (cluster.get(f"{place}/{name}") for name in wanted)
        yield from (each for each in each_read if each is not None)
    else:
        yield from (
            each for each in cluster.list(place, labelSelector=_HELMS) if objects.name(each) in wanted
        )
