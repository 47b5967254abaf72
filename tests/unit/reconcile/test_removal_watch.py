"""Helm that goes on although all is gone is stopped, and no other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.reconcile.removal_watch import EVERY, UNHEARD, RemovalWatch
from tests.support.manual_clock import ManualClock
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable


class Uninstall:
    """An uninstall of Helm under watch, on a clock that the test moves on."""

    def __init__(self, gone: Callable[[], bool]) -> None:
        self.clock, self.helm, self.looks = ManualClock(), Cancellation(), 0
        self._gone = gone
        self.watch = RemovalWatch(self._look, self.helm, self.clock)

    def _look(self) -> bool:
        self.looks += 1
        return self._gone()

    def look_again(self, times: int = 1) -> None:
        """Let so many looks be made."""
        for _ in range(times):
            wanted = self.looks + 1
            self.clock.end_wait(EVERY)
            await_that(partial(self._has_looked, wanted), "a look")

    def _has_looked(self, times: int) -> bool:
        return self.looks >= times


def test_it_is_stopped_once_all_has_been_gone_for_a_while() -> None:
    uninstall = Uninstall(lambda: True)
    with uninstall.watch:
        uninstall.look_again(int(UNHEARD / EVERY))
        assert not uninstall.helm.requested
        uninstall.look_again()
        await_that(lambda: uninstall.helm.requested, "Helm to be stopped")
    assert uninstall.watch.stopped


def test_not_while_something_is_there_or_comes_back() -> None:
    answers = iter([True, True, True, True, True, False, True, True, True, True, True, False])
    uninstall = Uninstall(lambda: next(answers))
    with uninstall.watch:
        uninstall.look_again(12)
    assert not uninstall.helm.requested
    assert not uninstall.watch.stopped


def test_not_once_it_has_ended() -> None:
    def end_and_tell() -> bool:
        if uninstall.looks > UNHEARD / EVERY:
            uninstall.watch._over.set()  # noqa: SLF001  # at just that moment
        return True

    uninstall = Uninstall(end_and_tell)
    with uninstall.watch:
        uninstall.look_again(int(UNHEARD / EVERY) + 1)
    assert not uninstall.helm.requested
