"""A request to stop what is under way."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Cancellation:
    """A request to stop, made by one thread and followed by another. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.event = threading.Event()
        """Set at the request, for those who wait; nobody else sets it."""
        self._listeners: list[Callable[[], None]] = []

    @property
    def requested(self) -> bool:
        """Whether `request` was called."""
        return self.event.is_set()

    def request(self) -> None:
        """Ask to stop; listeners are called once, in this thread."""
        with self._lock:
            if self.requested:
                return
            self.event.set()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    @classmethod
    def of_any(cls, *others: Cancellation) -> Self:
        """Return a request that is made as soon as one of the others is."""
        made = cls()
        for other in others:
            other.on_request(made.request)
        return made

    def on_request(self, listener: Callable[[], None]) -> None:
        """Have `listener` called at the request, or now if it was made already."""
        with self._lock:
            if not self.requested:
                self._listeners.append(listener)
                return
        listener()
