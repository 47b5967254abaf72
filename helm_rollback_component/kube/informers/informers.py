"""The informers of one cluster, shared by all releases of this process."""

from __future__ import annotations

import threading
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.kube.informers.informer import Informer

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock
    from helm_rollback_component.kube.informers.collection import Collection

LINGER = 15.0
"""Seconds that an informer goes on when nobody uses it: the next step of a release does so soon."""


class Informers:
    """The informers of one cluster, at most one for a collection. Safe to use from any thread.

    Attributes:
        cluster: where the objects are.
    """

    def __init__(self, cluster: Cluster, clock: Clock = CLOCK) -> None:
        """Have none yet."""
        self.cluster = cluster
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[Collection, Informer] = {}
        self._users: Counter[Collection] = Counter()
        self._unused: dict[Collection, float] = {}
        self._sweeping = False

    def acquire(self, collection: Collection) -> Informer:
        """Return the collection's informer, to be started; whoever calls this calls `release` as often."""
        with self._lock:
            self._users[collection] += 1
            self._unused.pop(collection, None)
            informer = self._running.get(collection)
            if informer is None or informer.ended:
                self._running[collection] = informer = Informer(self.cluster, collection, self._clock)
            return informer

    def release(self, collection: Collection) -> None:
        """Say that it is used once less; unused for some time it ends."""
        with self._lock:
            self._users[collection] -= 1
            if self._users[collection]:
                return
            del self._users[collection]
            self._unused[collection] = self._clock.now() + LINGER
            if not self._sweeping:
                threading.Thread(target=self._sweep, name="informers", daemon=True).start()
                self._sweeping = True

    def _sweep(self) -> None:
        """End what has been unused for long enough, until nothing is unused."""
        while (due := self._next_due()) is not None:
            self._clock.sleep(max(due - self._clock.now(), 0))
            self._end_unused()

    def _next_due(self) -> float | None:
        with self._lock:
            self._sweeping = bool(self._unused)
            return min(self._unused.values(), default=None)

    def _end_unused(self) -> None:
        with self._lock:
            now = self._clock.now()
            over = [collection for collection, due in self._unused.items() if due <= now]
            for collection in over:
                del self._unused[collection]
                self._running.pop(collection).stop()


def informers_of(cluster: Cluster) -> Informers:
    """Return the informers of a cluster: the same object at every call."""
    with _making:
        return _informers_of(cluster)


_making = threading.Lock()


@lru_cache(maxsize=32)
def _informers_of(cluster: Cluster) -> Informers:
    return Informers(cluster)
