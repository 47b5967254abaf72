"""A bounded cache, shared by the threads of a process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Keeps the entries that were used last; reading a key that is not there raises KeyError.

    Args:
        limit: how much all of them may weigh together; what alone weighs more is not kept.
        weigh: what an entry weighs; 1 unless told otherwise, so that `limit` is a number of entries.
    """

    def __init__(self, limit: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._weight = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __getitem__(self, key: K) -> V:
        with self._lock:
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def __setitem__(self, key: K, value: V) -> None:
        weight = self._weigh(value)
        with self._lock:
            self._weight += weight - self._entries.pop(key, (None, 0))[1]
            self._entries[key] = value, weight
            while self._weight > self._limit:
                self._weight -= self._entries.popitem(last=False)[1][1]

    def remember(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key; where it is not there, it is made, in two threads twice."""
        try:
            return self[key]
        except KeyError:
            value = self[key] = make()
            return value
