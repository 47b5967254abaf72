"""Pauses between two tries are not the same for all, and end when the lock is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.kube.clock import Clock
from helm_rollback_component.reconcile.pacing import JitteredPacing

if TYPE_CHECKING:
    import threading


class Waited(Clock):
    """A clock that tells what is waited for, and does not wait."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.events: list[threading.Event] = []

    def now(self) -> float:
        return 7.0

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.events.append(event)
        return event.is_set()


def test_a_pause_is_between_half_of_it_and_all() -> None:
    clock, lost = Waited(), Cancellation()
    pacing = JitteredPacing(lost, clock)
    for _ in range(20):
        pacing.pause(10)
    assert all(5 <= each <= 10 for each in clock.pauses)
    assert len(set(clock.pauses)) > 1
    assert {*clock.events} == {lost.event}
    assert pacing.now() == 7.0
