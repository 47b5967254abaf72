"""The provider's standard error, which the engine keeps in its log: without the secrets of any release.

What is written there is nobody's intention: a warning of a library, the traceback of a thread.
"""

from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_masks: list[Callable[[str], str]] = []
_MOST = 64


class MaskedStream(io.TextIOBase):
    """Writes whole lines to another stream, without secrets.

    Args:
        stream: where they go.
        mask: removes the secrets from a text.
    """

    def __init__(self, stream: TextIO, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._stream = stream
        self._mask = mask
        self._begun = ""
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Take a text; it is written when its line is complete."""
        with self._lock:
            lines, newline, self._begun = f"{self._begun}{text}".rpartition("\n")
            if newline:
                self._stream.write(f"{self._mask(lines)}\n")
        return len(text)

    def flush(self) -> None:
        """Write what there is of the last line."""
        with self._lock:
            begun, self._begun = self._begun, ""
            self._stream.write(self._mask(begun))
            self._stream.flush()

    def fileno(self) -> int:
        """Return the descriptor of the stream behind it."""
        return self._stream.fileno()


def install() -> None:
    """Have everything masked that is written to standard error from now on."""
    if not isinstance(sys.stderr, MaskedStream):
        sys.stderr = MaskedStream(sys.stderr, _masked)


def know(mask: Callable[[str], str]) -> None:
    """Use this mask too; of the many releases of a stack the last ones count."""
    _masks.append(mask)
    del _masks[:-_MOST]


def _masked(text: str) -> str:
    for mask in tuple(_masks):
        text = mask(text)
    return text
