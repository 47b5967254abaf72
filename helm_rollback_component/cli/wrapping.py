"""How wide a text is on a terminal, and the lines that it makes in little room. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDE = "WF"
_MARKS = ("Mn", "Me")


def _behind(ends: str) -> re.Pattern[str]:
    """Return what finds the parts of a word that end in one of these letters."""
    letters = re.escape(ends)
    return re.compile(rf"[^{letters}]+[{letters}]*|[{letters}]+")


_PARTS = (
    re.compile("[\0-\u10ff]+|."),
    _behind("/:,;=&?$@|"),
    _behind("-_"),
    _behind("."),
)
"""What finds the parts of a word that is longer than a line, the better places to break it first.

From U+1100 on a script may be written without spaces.
"""


def width(text: str) -> int:
    """Return how many columns of a terminal a text of one line takes."""
    return sum(map(_columns, text))


def wrapped(text: str, limit: int) -> list[str]:
    """Return the lines of a text, broken between words, or within one that is longer than a line.

    Args:
        text: one line.
        limit: how many columns a line may have; 0 for any.
    """
    if not limit or width(text) <= limit:
        return [text]
    lines, line = [], ""
    for word in text.split():
        glue = " " if line else ""
        for piece in _pieces(word, limit):
            if line and width(f"{line}{glue}{piece}") > limit:
                lines.append(line)
                line = glue = ""
            line, glue = f"{line}{glue}{piece}", ""
    return [*lines, line]


def cut(text: str, limit: int) -> str:
    """Return as much of the beginning of a text as so many columns hold."""
    taken = 0
    for place, letter in enumerate(text):
        taken += _columns(letter)
        if taken > limit:
            return text[:place]
    return text


def _pieces(word: str, limit: int, parts: Sequence[re.Pattern[str]] = _PARTS) -> Iterator[str]:
    """Yield the parts of a word between which it may be broken: the word itself if a line holds it."""
    if width(word) <= limit:
        yield word
    elif parts:
        for part in parts[0].findall(word):
            yield from _pieces(part, limit, parts[1:])
    else:
        yield from _letters(word)


def _letters(word: str) -> Iterator[str]:
    """Yield each letter with the marks on it."""
    letter = ""
    for each in word:
        if letter and _columns(each):
            yield letter
            letter = ""
        letter += each
    yield letter


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in _MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
