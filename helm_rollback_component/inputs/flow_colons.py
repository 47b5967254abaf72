"""Colons within brackets that libyaml refuses and Go reads: ``[a:]`` is a list of a text, ``a:``. Pure.

Go's parser is an older libyaml: in a plain text within brackets, a colon is a part unless white space follows
it. libyaml today refuses a colon before ``,?[]{}`` there. Another character stands for such a colon while the
text is read, so that libyaml's rules hold for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml.scanner import ScannerError

_REFUSED = "found unexpected ':'"
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_BYTE_ORDER_MARK = "\ufeff"  # libyaml does not count it in its indexes
_PRIVATE = range(0xE000, 0xF900)
"""Characters that no standard gives a meaning to."""
_READ_AGAIN = 3_000_000
"""So many characters are read again at most: every such colon costs another reading."""


class PythonLoader(yaml.SafeLoader):
    """Python's own parser; it refuses what libyaml refuses, instead of taking it for a mapping."""

    def scan_plain(self) -> Any:
        """Return the plain text at this place."""
        start = self.get_mark()
        token = super().scan_plain()
        if self.flow_level and self.peek() == ":" and self.peek(1) in ",[]{}":
            raise yaml.scanner.ScannerError("while scanning a plain scalar", start, _REFUSED, self.get_mark())
        return token


@dataclass(frozen=True)
class Reading:
    """A text to be read.

    Attributes:
        text: the text, in which `stand_in` stands for the colons that were refused.
        stand_in: one character; an empty string while nothing was refused.
        left: how many more characters may be read.
    """

    text: str | bytes
    stand_in: str = ""
    left: int = _READ_AGAIN

    def restored(self, scalar: str) -> str:
        """Return a scalar of the text as it is written."""
        return scalar.replace(self.stand_in, ":") if self.stand_in else scalar

    def after(self, refusal: ScannerError) -> Reading | None:
        """Return what to read next, None if it is not for such a colon that the text was refused."""
        text = _decoded(self.text) if refusal.problem == _REFUSED and self.left >= len(self.text) else ""
        stand_in = self.stand_in or next((each for each in map(chr, _PRIVATE) if each not in text), "")
        if not text or not stand_in:
            return None
        mark: Any = refusal.problem_mark
        return Reading(
            f"{text[: mark.index]}{stand_in}{text[mark.index + 1 :]}", stand_in, self.left - len(text)
        )


def _decoded(text: str | bytes) -> str:
    """Return the text as libyaml counts it, an empty one where it cannot be read."""
    if isinstance(text, bytes):
        try:
            text = text.decode(_BYTE_ORDER_MARKS.get(text[:2], "utf-8"))
        except UnicodeDecodeError:
            return ""
    return text.removeprefix(_BYTE_ORDER_MARK)
