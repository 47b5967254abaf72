"""What a program in Go says when it crashes. Pure."""

from __future__ import annotations

import re

LARGEST_DOWNLOAD = 2 * 1024**3
"""Bytes of memory for a Helm that downloads: it holds all of a chart, however much a registry sends."""

_CRASH = re.compile(r"^(?:fatal error|panic): .*", re.MULTILINE)
_ROUTINE = re.compile(r"^goroutine \d+ ", re.MULTILINE)
_OUT_OF_MEMORY = re.compile(r"^fatal error: .*(?:out of memory|cannot allocate memory)", re.MULTILINE)


def without_dump(said: str) -> str:
    """Return what was said, without the state of every routine that follows a crash."""
    crash = _CRASH.search(said)
    return said[: crash.end()] if crash and _ROUTINE.search(said, crash.end()) else said


def ran_out_of_memory(said: str) -> bool:
    """Whether the program crashed because it was given no more memory."""
    return bool(_OUT_OF_MEMORY.search(said))
