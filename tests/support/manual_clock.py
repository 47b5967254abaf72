"""Clocks that do not depend on the machine's."""

import threading
from collections.abc import Callable

from helm_rollback_component.kube.clock import Clock
from tests.support.waiting import HANG_LIMIT, await_that


class ManualClock(Clock):
    """Moves when the test moves it on, and as far as somebody sleeps. Safe to use from any thread.

    Attributes:
        slept: the seconds of each sleep so far.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 100.0
        self._moved = threading.Condition()
        self._waiting = 0

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._moved:
            self._now += seconds
            self._moved.notify_all()

    def end_wait(self, seconds: float) -> None:
        """Let time pass once somebody waits."""
        await_that(lambda: self._waiting, "somebody to wait")
        self.advance(seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Return once the test has moved the clock on, or the event is set, which is looked at often."""
        with self._moved:
            until = self._now + seconds
            self._waiting += 1
            while not event.is_set() and self._now < until:
                self._moved.wait(0.01)
            self._waiting -= 1
        return event.is_set()


class SleepingClock(ManualClock):
    """Moves as far as somebody sleeps or waits, at once; what is planned happens on the way.

    Attributes:
        slept: the seconds of each wait and sleep so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self._plan: list[tuple[float, Callable[[], object]]] = []

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Have something happen once so much time has passed; plan in the order of time."""
        self._plan.append((self._now + seconds, act))

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.slept.append(seconds)
        until = self._now + seconds
        while self._plan and self._plan[0][0] <= until and not event.is_set():
            self._now, act = self._plan.pop(0)
            act()
        self._now = self._now if event.is_set() else until
        return event.is_set()


class HastyClock(Clock):
    """The machine's clock for one who waits for a moment where a long time is asked for."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 50)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return super().wait(event, seconds / 50)


class StoppedClock(ManualClock):
    """Stands still: a wait ends with its event alone."""

    def wait(self, event: threading.Event, seconds: float) -> bool:  # noqa: ARG002  # however long
        return event.wait(HANG_LIMIT)
