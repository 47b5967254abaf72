"""The pauses between two tries of an action."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from helm_rollback_component.kube.clock import CLOCK

if TYPE_CHECKING:
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.kube.clock import Clock

_AT_LEAST = 0.5
_RANDOM = SystemRandom()


class JitteredPacing:
    """Waits between half of what is asked for and all of it, so that many do not come at the same time.

    Args:
        lost: ends every pause when it is requested.
        clock: tells the time, and waits.
    """

    def __init__(self, lost: Cancellation, clock: Clock = CLOCK) -> None:
        self._lost = lost
        self._clock = clock

    def now(self) -> float:
        """Return the time, in seconds; see `effects.Pacing`."""
        return self._clock.now()

    def pause(self, seconds: float) -> None:
        """Wait; see `effects.Pacing`."""
        self._clock.wait(self._lost.event, seconds * _RANDOM.uniform(_AT_LEAST, 1.0))
