"""When a release was found to have failed."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from helm_rollback_component.core.cancellation import Cancellation

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def verdicts() -> Iterator[list[float]]:
    """Give the times at which Helm was told to stop, in seconds of `time.perf_counter`.

    That is what follows a verdict at once, in the thread that watches; waits are also ended from others.
    """
    times: list[float] = []
    request = Cancellation.request

    def recording(cancellation: Cancellation) -> None:
        if threading.current_thread().name == "health":
            times.append(time.perf_counter())
        request(cancellation)

    with patch.object(Cancellation, "request", recording):
        yield times
