"""How often it is looked, and how often it is spoken."""

from __future__ import annotations

import threading
import time

import pytest

from helm_rollback_component.helm.engines.engine import Cancellation
from helm_rollback_component.kube.health.polling import Pace, Teller


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make waiting take no time, and note for how long it would have been."""
    clock = [100.0]
    pauses: list[float] = []

    class Timeless(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(round(timeout or 0, 3))
            clock[0] += timeout or 0
            return self.is_set()

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(threading, "Event", Timeless)
    pauses.append(0)
    return pauses


def test_it_looks_at_once_and_then_every_half_second(waited: list[float]) -> None:
    pacing = Pace(Cancellation())
    assert [pacing.next() for _ in range(3)] == [True] * 3
    assert waited[1:] == [0.5, 0.5]


def test_it_looks_less_often_while_nothing_changes(waited: list[float]) -> None:
    pacing = Pace(Cancellation())
    pacing.next()
    for calm in (True, True, True, True, False, True):
        pacing.calm = calm
        pacing.next()
    assert waited[1:] == [0.75, 1.125, 1.5, 1.5, 0.5, 0.75]


def test_calm_holds_for_one_look(waited: list[float]) -> None:
    pacing = Pace(Cancellation())
    pacing.next()
    pacing.calm = True
    pacing.next()
    pacing.next()
    assert waited[1:] == [0.75, 0.5]


def test_it_looks_sooner_where_something_is_due_once(waited: list[float]) -> None:
    pacing = Pace(Cancellation())
    pacing.next()
    pacing.due = time.monotonic() + 0.2
    pacing.next()
    pacing.next()
    assert waited[1:] == [0.2, 0.5]


def test_it_never_looks_without_any_pause(waited: list[float]) -> None:
    pacing = Pace(Cancellation())
    pacing.next()
    pacing.due = 0
    pacing.next()
    assert waited[1:] == [0.05]


def test_it_rests_three_times_as_long_as_a_look_takes(
    waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    pacing = Pace(Cancellation())
    pacing.next()
    later = time.monotonic() + 2
    monkeypatch.setattr(time, "monotonic", lambda: later)
    pacing.next()
    assert waited[1:] == [6]


def test_the_last_look_is_when_time_is_out(waited: list[float]) -> None:
    pacing = Pace(Cancellation(), until=time.monotonic() + 0.8)
    assert [pacing.next() for _ in range(4)] == [True, True, True, False]
    assert waited[1:] == [0.5, 0.3]


def test_there_is_one_look_even_without_time() -> None:
    pacing = Pace(threading.Event(), until=0)
    assert [pacing.next(), pacing.next()] == [True, False]


def test_a_stop_wakes_it() -> None:
    stop = Cancellation()
    pacing = Pace(stop)
    pacing.next()
    threading.Timer(0.05, stop.request).start()
    began = time.monotonic()
    assert not pacing.next()
    assert time.monotonic() - began < 0.4
    assert pacing.stopped


def test_a_line_is_told_when_it_changes() -> None:
    told: list[str] = []
    teller = Teller(told.append)
    for line in ("one", "one", "two", "", "two"):
        teller(line)
    assert told == ["one", "two", "two"]
