"""Trying again what failed for a reason that may pass, with pauses that grow, until its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.remediation import tries
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reconcile.run_events import Retried

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.reconcile.effects import Effects


class Overtaken(Exception):  # noqa: N818  # an event
    """Another client was at work: there is nothing to try again."""


@dataclass(frozen=True)
class _End:
    """How one try ended: `error` is what it raised, if it did."""

    failure: Failure | None
    error: OperationError | None = None


class Persistence:
    """The time that one action has, all its tries together.

    Args:
        effects: what the run works with.
        seconds: how long it may be tried.
        given_up: whether it is not to be tried again, whatever time is left.
    """

    def __init__(
        self, effects: Effects, seconds: float, given_up: Callable[[], bool] = lambda: False
    ) -> None:
        self._effects = effects
        self._given_up = given_up
        self._until = effects.pacing.now() + seconds

    @property
    def left(self) -> float:
        """How many seconds are left."""
        return self._until - self._effects.pacing.now()

    @property
    def whole_seconds(self) -> int:
        """How many are left, as Helm takes them: 1 or more."""
        return max(1, round(self.left))

    def carry_through(
        self, act: Callable[[], Failure | None], again: Callable[[Failure], Failure | None]
    ) -> Failure | None:
        """Act until that succeeds, or fails for good, or the time is over; return how the last try failed.

        An error of the cluster that may pass is tried again like a failure that may.

        Args:
            act: does it for the first time.
            again: does it again, after a look at what became of it; takes the failure before, and may raise
                `Overtaken`.

        Raises:
            OperationError: what the last try raised.
        """
        end, tried = _end_of(act), 1
        while end.failure and (pause := self._pause(end.failure, tried)) is not None:
            self._effects.progress(f"{end.failure.message}; trying again, because this may pass")
            self._effects.events.tell(Retried(end.failure.reason))
            self._effects.pacing.pause(pause)
            try:
                end, tried = _end_of(partial(again, end.failure)), tried + 1
            except Overtaken:
                break
        if end.error:
            raise end.error
        return end.failure

    def _pause(self, failure: Failure, tried: int) -> float | None:
        return None if self._given_up() else tries.pause(failure, tried, self.left)


def _end_of(act: Callable[[], Failure | None]) -> _End:
    try:
        return _End(act())
    except OperationError as error:
        if not error.temporary:
            raise
        return _End(Failure.of(error), error)
