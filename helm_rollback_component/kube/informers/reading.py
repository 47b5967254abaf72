"""The three ways to read a collection and to stay informed of it.

Each is an iterator that keeps a store as the collection is, and yields whenever the store is whole again. A
user who may not watch is served by lists; who may not list either, by reading each object that is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.kept import kept
from helm_rollback_component.core.health.readiness import settled
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.errors import OperationError
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock
    from helm_rollback_component.kube.informers.collection import Collection
    from helm_rollback_component.kube.informers.store import Store

EVERY = 1.0
"""Seconds from one look to the next where the user may not watch."""

_WATCH = 480
"""Seconds after which the server ends a watch; it is begun again where it ended."""
_PAGE = 500
_LACKING = frozenset({Reason.FORBIDDEN, Reason.METHOD_NOT_ALLOWED})


@dataclass
class Reading:
    """One reading of a collection.

    Attributes:
        cluster: where it is.
        collection: which objects.
        store: what is kept as they are.
        stop: ends it, from any thread.
        clock: tells the time, and waits.
        whole: whether the last list of it succeeded.
    """

    cluster: Cluster
    collection: Collection
    store: Store
    stop: Cancellation
    clock: Clock
    whole: bool = False

    def pause(self, seconds: float) -> None:
        """Return after that time, or as soon as the reading is to end."""
        self.clock.wait(self.stop.event, seconds)


Way = Callable[[Reading], Iterator[None]]
"""A way to read a collection and to stay informed of it."""


class CrowdedError(Exception):
    """The collection has more objects than it may have."""


def watched(reading: Reading) -> Iterator[None]:
    """List, then watch from there."""
    version = _list(reading)
    yield
    while not reading.stop.requested:
        began = reading.clock.now()
        version = _follow(reading, version)
        if reading.clock.now() - began < EVERY:
            reading.pause(EVERY)


def listed(reading: Reading) -> Iterator[None]:
    """List again and again."""
    while not reading.stop.requested:
        _list(reading)
        yield
        reading.pause(EVERY)


def one_by_one(reading: Reading) -> Iterator[None]:
    """Read each object that somebody wants by its name, until nothing of it can change its readiness."""
    waiting = reading.store.names()
    while not reading.stop.requested:
        waiting = frozenset(name for name in waiting if not _settled(_get(reading, name)))
        yield
        reading.pause(EVERY if waiting else math.inf)


def next_best(way: Way, failure: OperationError, *, whole: bool) -> Way | None:
    """Return the way that needs fewer rights, None if that is not what a failure is about.

    Args:
        way: what failed.
        failure: why.
        whole: whether the last list succeeded, so that it is about watching.
    """
    if failure.reason not in _LACKING or way is one_by_one:
        return None
    return listed if whole else one_by_one


def _list(reading: Reading) -> str:
    """Read the collection and return its version."""
    at_most = reading.collection.at_most
    reading.whole = False
    found: list[Manifest] = []
    version = ""
    query = {"limit": str(at_most or _PAGE), **reading.collection.query}
    for page in reading.cluster.pages(reading.collection.path, **query):
        if at_most and not page.last:
            raise CrowdedError
        found += map(kept, page.objects)
        version = page.version
    reading.store.replace(found)
    reading.whole = True
    return version


def _follow(reading: Reading, version: str) -> str:
    """Follow the collection until the server ends the watch, and return the version reached."""
    collection = reading.collection
    query = {"resourceVersion": version, **collection.query}
    for kind, found in reading.cluster.watch(collection.path, timeout=_WATCH, stop=reading.stop, **query):
        version = foreign.text(objects.meta(found), "resourceVersion", version)
        if kind == "DELETED":
            reading.store.drop(objects.name(found))
        elif kind != "BOOKMARK":
            reading.store.put(kept(found))
    return version


def _get(reading: Reading, name: str) -> Manifest | None:
    found = reading.cluster.get(f"{reading.collection.path}/{name}")
    if found is None:
        reading.store.drop(name)
    else:
        reading.store.put(kept(found))
    return found


def _settled(found: Manifest | None) -> bool:
    return found is not None and settled(found)
