"""The informers of one cluster, shared by all releases of this process."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from helm_rollback_component.kube.informers.informer import Informer

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.informers.collection import Collection

_LINGER = 15.0
"""Seconds that an informer goes on when nobody uses it: the next step of a release does so soon."""


class Informers:
    """The informers of one cluster, at most one for a collection. Safe to use from any thread.

    Attributes:
        cluster: where the objects are.
    """

    def __init__(self, cluster: Cluster) -> None:
        """Have none yet."""
        self.cluster = cluster
        self._lock = threading.Lock()
        self._running: dict[Collection, Informer] = {}
        self._users: dict[Collection, int] = {}

    def acquire(self, collection: Collection) -> Informer:
        """Return the collection's informer, to be started; whoever calls this calls `release` as often."""
        with self._lock:
            self._users[collection] = self._users.get(collection, 0) + 1
            if collection not in self._running:
                self._running[collection] = Informer(self.cluster, collection)
            return self._running[collection]

    def release(self, collection: Collection) -> None:
        """Say that it is used once less; unused for some time it ends."""
        with self._lock:
            self._users[collection] -= 1
            unused = not self._users[collection]
        if unused:
            timer = threading.Timer(_LINGER, self._end, (collection,))
            timer.daemon = True
            timer.start()

    def _end(self, collection: Collection) -> None:
        with self._lock:
            unused = not self._users.get(collection)
            informer = self._running.pop(collection, None) if unused else None
        if informer is not None:
            informer.stop()


@lru_cache(maxsize=32)
def informers_of(cluster: Cluster) -> Informers:
    """Return the informers of a cluster: the same object at every call."""
    return Informers(cluster)
