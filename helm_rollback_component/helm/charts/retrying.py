"""Trying again what failed for a reason that may pass, with growing pauses."""

from __future__ import annotations

import time
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from helm_rollback_component.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


class BusyError(OperationError):
    """A server asks to come again later.

    Attributes:
        retry_after: in how many seconds; 0 if it does not say.
    """

    def __init__(self, message: str, *, reason: str, retry_after: float) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


def attempt(work: Callable[[float], Result], patience: float) -> Result:
    """Return what `work` returns, which is called six times at most, as long as its failure may pass.

    Args:
        work: takes the time by which it has to be done, by the monotonic clock.
        patience: the seconds for all attempts together.

    Raises:
        OperationError: that of the last attempt.
    """
    deadline = time.monotonic() + patience
    for pause in _PAUSES:
        try:
            return work(deadline)
        except OperationError as error:
            wait = max(pause, error.retry_after if isinstance(error, BusyError) else 0.0)
            if not error.temporary or time.monotonic() + wait > deadline:
                raise
            sleep(wait)
    return work(deadline)
