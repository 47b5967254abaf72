"""Waiting for what another thread, process or server does: for its state, and never for a time."""

import time
from collections.abc import Callable

HANG_LIMIT = 120.0
"""Seconds after which what does not happen counts as never happening: no measure of speed."""


def await_that(true: Callable[[], object], what: str) -> None:
    """Wait until something is true."""
    give_up_at = time.monotonic() + HANG_LIMIT
    while not true():
        assert time.monotonic() < give_up_at, f"waited in vain for {what}"
        time.sleep(0.02)
