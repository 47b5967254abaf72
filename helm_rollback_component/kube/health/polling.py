"""When to look, and how often to speak."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from helm_rollback_component.kube.clock import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.kube.clock import Clock

EVERY = 0.5
"""Seconds from one look to the next while there is nothing whose changes could be told."""

_AT_LEAST = 0.2
_BETWEEN = 0.05
_REST = 3.0
_AGAIN = 15.0
"""Seconds until a line that stays is told again for the first time."""


class Pace:
    """Says when to look next; not safe to use from more than one thread.

    That is when something has changed or is due. A look that takes long is followed by a rest three times as
    long, so that a large release, or many at once, cost at most a quarter of what they could.
    """

    def __init__(self, stop: Cancellation, until: float = math.inf, clock: Clock = CLOCK) -> None:
        """Begin; the last look is at `until`, a time of `clock`, or when `stop` is asked for."""
        self._clock = clock
        self._stop = stop
        self._changed = threading.Event()
        self._until = until
        self._began: float | None = None
        self.due = math.inf
        stop.on_request(self.wake)

    @property
    def stopped(self) -> bool:
        """Whether the stop was asked for."""
        return self._stop.requested

    def wake(self) -> None:
        """Say, from any thread, that something has changed."""
        self._changed.set()

    def retry(self) -> None:
        """Have the next look soon, whether something changes or not."""
        self.due = self._clock.now() + EVERY

    def next(self) -> bool:
        """Wait until it is time to look and return True; or False if there is to be no other look.

        Between two calls, set `due` to the time at which something may come to pass; it counts for one call.
        """
        if self._began is not None:
            if self._began >= self._until:
                return False
            self._wait(self._began)
        self._changed.clear()
        self._began, self.due = self._clock.now(), math.inf
        return not self.stopped

    def _wait(self, began: float) -> None:
        """Rest, then wait for a change, no longer than until something is due or the time is out."""
        now, end = self._clock.now(), min(self.due, self._until)
        rest = min(max(_AT_LEAST, _REST * (now - began)), max(end - now, _BETWEEN))
        self._clock.wait(self._stop.event, rest)
        left = end - self._clock.now()
        if left > 0 and not self.stopped:
            self._clock.wait(self._changed, left)


class Teller:
    """Passes a line on if it is a new one, with how long it has had something to tell.

    One that was told is told again, if it still holds, each time after twice as long: so a person sees that
    all goes on, and a container that starts and ends again and again does not fill a log.

    Args:
        tell: takes the line.
        clock: tells the time.
    """

    def __init__(self, tell: Callable[[str], None], clock: Clock = CLOCK) -> None:
        self._tell = tell
        self._clock = clock
        self._told: set[str] = set()
        self._began: float | None = None
        self._pause = _AGAIN
        self.due = math.inf
        """When a line is told again that was told."""

    def __call__(self, line: str) -> None:
        """Tell the line, unless it is empty, or was told shortly before."""
        now = self._clock.now()
        if not line:
            self._told.clear()
            self._began, self.due = None, math.inf
            return
        if line not in self._told:
            self._pause = _AGAIN
        elif now < self.due:
            return
        else:
            self._pause *= 2
        self._began = now if self._began is None else self._began
        self._told.add(line)
        self.due = now + self._pause
        waited = int(now - self._began)
        self._tell(f"{line}, {waited} s" if waited else line)
