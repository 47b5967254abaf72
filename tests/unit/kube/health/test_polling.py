"""When it is looked, and how often it is spoken."""

from __future__ import annotations

import math
import threading

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.kube.health.polling import EVERY, Pace, Teller
from tests.support.manual_clock import SleepingClock, StoppedClock


@pytest.fixture
def clock() -> SleepingClock:
    return SleepingClock()


def waited(clock: SleepingClock) -> list[float]:
    """Return how long was waited, the rest after a look aside."""
    return [round(seconds, 3) for seconds in clock.slept if seconds != 0.2]


def test_while_nothing_changes_and_nothing_is_due_it_does_not_look(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    pace.next()
    pace.next()
    assert waited(clock) == [math.inf]


def test_it_looks_when_something_has_changed_after_a_rest(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    began = clock.now()
    pace.next()
    clock.after(7, pace.wake)
    pace.next()
    assert clock.now() == began + 7


def test_what_has_changed_since_the_look_began_counts(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    pace.next()
    pace.wake()
    began = clock.now()
    pace.next()
    assert clock.now() == began + 0.2


def test_it_looks_where_something_is_due_once(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    pace.next()
    pace.due = clock.now() + 10
    pace.next()
    pace.next()
    assert waited(clock) == [9.8, math.inf]


def test_it_looks_again_soon_where_a_look_failed(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    pace.next()
    began = clock.now()
    pace.retry()
    pace.next()
    assert clock.now() == began + EVERY


def test_it_never_looks_without_any_pause(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    pace.next()
    pace.due = 0
    pace.next()
    assert waited(clock) == [0.05]


def test_it_rests_three_times_as_long_as_a_look_takes(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), clock=clock)
    pace.next()
    clock.advance(2)
    pace.wake()
    pace.next()
    assert waited(clock) == [6, math.inf]


def test_the_last_look_is_when_time_is_out(clock: SleepingClock) -> None:
    pace = Pace(Cancellation(), until=clock.now() + 0.8, clock=clock)
    assert [pace.next() for _ in range(3)] == [True, True, False]
    assert waited(clock) == [0.6]


def test_there_is_one_look_even_without_time() -> None:
    pace = Pace(Cancellation(), until=0)
    assert [pace.next(), pace.next()] == [True, False]


def test_a_stop_wakes_it() -> None:
    stop = Cancellation()
    pace = Pace(stop, clock=StoppedClock())
    pace.next()
    threading.Timer(0.05, stop.request).start()
    assert not pace.next()
    assert pace.stopped


def test_a_line_is_told_when_it_changes() -> None:
    told: list[str] = []
    teller = Teller(told.append, StoppedClock())
    for line in ("one", "one", "two", "", "two"):
        teller(line)
    assert told == ["one", "two", "two"]


def test_a_line_says_how_long_is_waited_and_one_that_stays_is_told_again_more_and_more_seldom() -> None:
    told, clock = list[str](), StoppedClock()
    teller = Teller(told.append, clock)
    for time in range(100):
        teller("one" if time < 7 else "two")
        clock.sleep(1)
    assert told == ["one", "two, 7 s", "two, 22 s", "two, 52 s"]


def test_what_comes_and_goes_is_told_once_and_then_seldom() -> None:
    told, clock = list[str](), StoppedClock()
    teller = Teller(told.append, clock)
    for time in range(20):
        teller(("running", "ended")[time % 2])
        clock.sleep(1)
    assert told == ["running", "ended, 1 s", "running, 16 s"]
