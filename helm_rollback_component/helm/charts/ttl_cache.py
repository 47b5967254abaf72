"""Remembering expensive answers for a while, so that many releases ask once."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


@dataclass
class _Slot(Generic[Value]):
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Value | None = None
    since: float = 0.0


class TtlCache(Generic[Value]):
    """Answers by key, each of them at most `lifetime` seconds old. Safe to use from any thread."""

    def __init__(
        self,
        lifetime: float,
        *,
        usable: Callable[[Value], bool] = lambda _: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember answers for `lifetime` seconds, as long as they are `usable`."""
        self._lifetime = lifetime
        self._usable = usable
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot[Value]] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the answer for `key`, made by `make` if there is no recent one.

        Other callers with the same key wait for it. What `make` raises is passed on and not remembered.
        """
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
        with slot.lock:
            value = slot.value
            if value is None or self._clock() - slot.since > self._lifetime or not self._usable(value):
                value = slot.value = make()
                slot.since = self._clock()
            return value
