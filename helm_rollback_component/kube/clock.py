"""The time that passes while a cluster is waited for; handed to whoever waits."""

from __future__ import annotations

import threading
import time


class Clock:
    """The machine's monotonic clock. Times and durations are in seconds."""

    def now(self) -> float:
        """Return the time, which compares with other times of this clock alone."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after that time."""
        time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Return after that time (infinity for any) or as soon as the event is set; tell whether it is."""
        return event.wait(min(seconds, threading.TIMEOUT_MAX))


CLOCK = Clock()
"""The one clock of the process."""
