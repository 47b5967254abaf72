"""The last lines of a container's log, as a terminal may show them. Pure."""

from __future__ import annotations

import re

COUNT = 10
"""How many lines are shown at most."""

_LONGEST = 400
_TAB = 4

_CONTROL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-Z\\^-~])")
"""Of ECMA-48: ``CSI …``, ``OSC …`` with its end, and the others."""


def last_lines(text: str) -> tuple[str, ...]:
    """Return the last lines of a log that hold more than spaces, without what controls a terminal.

    Of a line that was written over, as one of a progress bar, the last state is left.
    """
    lines = (_plain(line) for line in text.split("\n"))
    return tuple(line for line in lines if line)[-COUNT:]


def shortened(line: str) -> str:
    """Return the line, or its beginning and how much is left out."""
    more = len(line) - _LONGEST
    return f"{line[:_LONGEST]}… ({more} characters more)" if more > 0 else line


def _plain(line: str) -> str:
    written = _CONTROL_SEQUENCE.sub("", line).rstrip("\r").rpartition("\r")[2].expandtabs(_TAB)
    return "".join(each if each.isprintable() else " " for each in written).rstrip()
