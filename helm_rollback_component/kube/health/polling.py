"""How often to look, and how often to speak."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from helm_rollback_component.kube.api import streams
from helm_rollback_component.kube.clock import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.kube.api.streams import Stop
    from helm_rollback_component.kube.clock import Clock

EVERY = 0.5
"""Seconds from the end of one look to the next, where nothing is due before and something has changed."""

_CALM = 1.5
"""Seconds from one look to the next in the end, while nothing changes."""
_SLOWER = 1.5
_REST = 3.0
_AT_LEAST = 0.05


class Pace:
    """Says when to look next; not safe to use from more than one thread.

    A look that takes long is followed by a rest three times as long, so that a large release, or many at
    once, cost at most a quarter of what they could. Looks become rarer while nothing changes.
    """

    def __init__(self, stop: Stop, until: float = math.inf, clock: Clock = CLOCK) -> None:
        """Begin; the last look is at `until`, a time of `clock`, or when `stop` is asked for."""
        self._clock = clock
        self._stop = stop
        self._stopped = _event(stop)
        self._until = until
        self._began: float | None = None
        self._every = EVERY
        self.due = math.inf
        self.calm = False

    @property
    def stopped(self) -> bool:
        """Whether the stop was asked for."""
        return streams.requested(self._stop)

    def next(self) -> bool:
        """Wait until it is time to look and return True; or False if there is to be no other look.

        Between two calls, set `due` to the time at which something may come to pass, and `calm` if nothing
        has changed since the look before; both count for one call.
        """
        if self._began is not None:
            if self._began >= self._until:
                return False
            self._clock.wait(self._stopped, self._pause(self._clock.now(), self._began))
        self._began, self.due, self.calm = self._clock.now(), math.inf, False
        return not self.stopped

    def _pause(self, now: float, began: float) -> float:
        self._every = min(self._every * _SLOWER, _CALM) if self.calm else EVERY
        wake = now + max(self._every, _REST * (now - began))
        return max(min(wake, self.due, self._until) - now, _AT_LEAST)


class Teller:
    """Passes a line on if it is another than the last."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._last = ""

    def __call__(self, line: str) -> None:
        """Tell the line, unless it was the last one told, or is empty."""
        if line and line != self._last:
            self._tell(line)
        self._last = line


def _event(stop: Stop) -> threading.Event:
    if isinstance(stop, threading.Event):
        return stop
    event = threading.Event()
    stop.on_request(event.set)
    return event
