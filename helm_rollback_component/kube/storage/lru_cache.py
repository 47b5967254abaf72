"""A bounded memory of what was read, shared by the threads of a process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Keeps the `limit` entries that were used last."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[K, V] = OrderedDict()

    def recall(self, key: K) -> V:
        """Return what is kept under the key.

        Raises:
            KeyError: if nothing is.
        """
        with self._lock:
            self._entries.move_to_end(key)
            return self._entries[key]

    def keep(self, key: K, value: V) -> V:
        """Keep the value under the key, forget the least used one if there are too many, return it."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)
            return value
