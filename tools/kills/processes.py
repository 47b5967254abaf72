"""Processes of this machine, found by what they began with."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def with_argument(text: str) -> list[int]:
    """Return the processes with that text in one of their arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            if any(text.encode() in argument for argument in arguments):
                found.append(int(folder.name))
    return found


def descendants(pid: int) -> list[int]:
    """Return the processes that a process has begun, and those that they have."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [*children, *(grandchild for child in children for grandchild in descendants(child))]
