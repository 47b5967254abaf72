"""What the reader of the output can show: its width, colours, and letters."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from enum import Enum

_NO_LIMIT = 0


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
    def of_this_process(cls) -> Screen:
        """Return what reads standard output; only a terminal has a width, and colours."""
        terminal = sys.stdout.isatty()
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        encoding = (sys.stdout.encoding or "").lower()
        return cls(
            width=shutil.get_terminal_size().columns if terminal else _NO_LIMIT,
            colours=terminal and not plain,
            unicode=encoding.startswith("utf"),
        )

    def paint(self, text: str, colour: Colour | None) -> str:
        """Return the text in that colour, where colours are shown."""
        return f"\x1b[{colour.value}m{text}\x1b[0m" if self.colours and colour and text else text
