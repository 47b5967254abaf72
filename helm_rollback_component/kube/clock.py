"""The time that passes while a cluster is waited for; handed to whoever waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading


class Clock:
    """The machine's monotonic clock. Times and durations are in seconds."""

    def now(self) -> float:
        """Return the time, which compares with other times of this clock alone."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after that time."""
        time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Return after that time, or as soon as the event is set; tell whether it is."""
        return event.wait(seconds)


CLOCK = Clock()
"""The one clock of the process."""
