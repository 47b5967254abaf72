"""Which lines differ between two texts, such as files in a ConfigMap. Pure."""

from __future__ import annotations

import re
from difflib import unified_diff
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CONTEXT = 1
_AROUND = 24
"""Characters of what is the same that are told around what is not."""
_PLACES = re.compile(r"[-+](\d+)")
_MOST_COMPARED = 4_000_000
"""Pairs of lines, beginning and end that are the same left out: a second or two of `difflib` at the worst."""


def line_differences(old: str, new: str) -> Iterator[str]:
    """Yield the lines that differ after ``-`` and ``+``, with one line around them after a space.

    Where each group of lines begins in the new text is told before it, after ``@@``.
    """
    before, after = old.split("\n"), new.split("\n")
    if _words(before) == _words(after):
        yield "only white space at the ends of lines, or empty lines"
        return
    start, end = _common(before, after)
    middles = len(before) - start - end, len(after) - start - end
    if middles[0] * middles[1] > _MOST_COMPARED:
        yield f"{middles[0]} lines became {middles[1]}, from line {start + 1} on"
        return
    begin, stop = max(0, start - _CONTEXT), max(0, end - _CONTEXT)
    old_part, new_part = (side[begin : len(side) - stop] for side in (before, after))
    for line in [*unified_diff(old_part, new_part, lineterm="", n=_CONTEXT)][2:]:
        yield _heading(line, begin) if line.startswith("@@") else line


def narrowed(old: str, new: str, width: int) -> tuple[str, str]:
    """Return two lines; if they are longer than that, without most of what is the same at both ends."""
    if max(len(old), len(new)) <= width:
        return old, new
    start, end = (max(0, same - _AROUND) for same in _common(old, new))
    first, last = "…" if start else "", "…" if end else ""
    return f"{first}{old[start : len(old) - end]}{last}", f"{first}{new[start : len(new) - end]}{last}"


def _words(lines: Sequence[str]) -> list[str]:
    """Return the lines that are not empty, without the white space at their ends."""
    return [line.rstrip() for line in lines if line.strip()]


def _heading(hunk: str, begin: int) -> str:
    """Return where a group of lines begins; `hunk` counts from line `begin` on."""
    return f"@@ line {int(_PLACES.findall(hunk)[-1]) + begin} @@"


def _common(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many lines, or characters, are the same at the beginning, and of the others at the end."""
    shorter = min(len(before), len(after))
    start = _same(before[:shorter], after[:shorter])
    rest = shorter - start
    return start, _same(before[::-1][:rest], after[::-1][:rest])


def _same(before: Sequence[str], after: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=True)))
