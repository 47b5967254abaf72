"""How often it is looked, and how often it is spoken."""

from __future__ import annotations

import threading

import pytest

from helm_rollback_component.helm.engines.engine import Cancellation
from helm_rollback_component.kube.health.polling import Pace, Teller
from tests.support.manual_clock import SleepingClock, StoppedClock


@pytest.fixture
def clock() -> SleepingClock:
    return SleepingClock()


def waited(clock: SleepingClock) -> list[float]:
    """Return how long was waited for each look after the first."""
    return [round(seconds, 3) for seconds in clock.slept]


def test_it_looks_at_once_and_then_every_half_second(clock: SleepingClock) -> None:
    pacing = Pace(Cancellation(), clock=clock)
    assert [pacing.next() for _ in range(3)] == [True] * 3
    assert waited(clock) == [0.5, 0.5]


def test_it_looks_less_often_while_nothing_changes(clock: SleepingClock) -> None:
    pacing = Pace(Cancellation(), clock=clock)
    pacing.next()
    for calm in (True, True, True, True, False, True):
        pacing.calm = calm
        pacing.next()
    assert waited(clock) == [0.75, 1.125, 1.5, 1.5, 0.5, 0.75]


def test_calm_holds_for_one_look(clock: SleepingClock) -> None:
    pacing = Pace(Cancellation(), clock=clock)
    pacing.next()
    pacing.calm = True
    pacing.next()
    pacing.next()
    assert waited(clock) == [0.75, 0.5]


def test_it_looks_sooner_where_something_is_due_once(clock: SleepingClock) -> None:
    pacing = Pace(Cancellation(), clock=clock)
    pacing.next()
    pacing.due = clock.now() + 0.2
    pacing.next()
    pacing.next()
    assert waited(clock) == [0.2, 0.5]


def test_it_never_looks_without_any_pause(clock: SleepingClock) -> None:
    pacing = Pace(Cancellation(), clock=clock)
    pacing.next()
    pacing.due = 0
    pacing.next()
    assert waited(clock) == [0.05]


def test_it_rests_three_times_as_long_as_a_look_takes(
    clock: SleepingClock,
) -> None:
    pacing = Pace(Cancellation(), clock=clock)
    pacing.next()
    clock.advance(2)
    pacing.next()
    assert waited(clock) == [6]


def test_the_last_look_is_when_time_is_out(clock: SleepingClock) -> None:
    pacing = Pace(Cancellation(), until=clock.now() + 0.8, clock=clock)
    assert [pacing.next() for _ in range(4)] == [True, True, True, False]
    assert waited(clock) == [0.5, 0.3]


def test_there_is_one_look_even_without_time() -> None:
    pacing = Pace(threading.Event(), until=0)
    assert [pacing.next(), pacing.next()] == [True, False]


def test_a_stop_wakes_it() -> None:
    stop = Cancellation()
    pacing = Pace(stop, clock=StoppedClock())
    pacing.next()
    threading.Timer(0.05, stop.request).start()
    assert not pacing.next()
    assert pacing.stopped


def test_a_line_is_told_when_it_changes() -> None:
    told: list[str] = []
    teller = Teller(told.append)
    for line in ("one", "one", "two", "", "two"):
        teller(line)
    assert told == ["one", "two", "two"]
