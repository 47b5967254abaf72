"""What the reader of the output can show: its width, colours, and letters."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from typing import TextIO

_NO_LIMIT = 0
_USUAL = 80


class Colour(Enum):
    """What a colour says."""

    GOOD = "32"
    BAD = "31"
    UNSURE = "33"
    FAINT = "2"


@dataclass(frozen=True)
class Screen:
    """The reader of the output.

    Attributes:
        width: how many columns a line may have; 0 for any.
        colours: whether colours are shown.
        unicode: whether every letter can be shown.
    """

    width: int = _NO_LIMIT
    colours: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """Return what reads a stream; only a terminal has a width, and colours."""
        terminal = stream.isatty()
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        encoding = (stream.encoding or "").lower()
        return cls(
            width=_width(stream) if terminal else _NO_LIMIT,
            colours=terminal and not plain,
            unicode=encoding.startswith("utf"),
        )

    def paint(self, text: str, colour: Colour | None) -> str:
        """Return the text in that colour, where colours are shown."""
        return f"\x1b[{colour.value}m{text}\x1b[0m" if self.colours and colour and text else text


def _width(terminal: TextIO) -> int:
    """Return the width of a terminal: that of ``COLUMNS`` first, as other programs have it."""
    try:
        own = os.get_terminal_size(terminal.fileno()).columns
    except OSError:
        own = 0
    said = os.environ.get("COLUMNS", "")
    return (int(said) if said.isdecimal() else 0) or own or _USUAL
