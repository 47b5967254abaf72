"""A text as one reads it, and where each character of that stands in the text itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WHITE = "[ \t\n\v\f\r]|\xc2[\x85\xa0]|\xe2\x80[\xa8\xa9]"
_SPACE = re.compile(f"(?:{_WHITE})+")
GAP = re.compile(f"(?:{_WHITE}|\\+)+")
"""White space, that of YAML and of Unicode too, which programs trim, fold at and indent after; and the plus
sign, which means a space in some parts of a URL and itself in others."""
END = "\u0100"
"""Stands between texts, as no character does that stands for a byte."""
_MORE_THAN_ONE_SPACE = re.compile("[\t\n\v\f\r+]|  |\xc2[\x85\xa0]|\xe2\x80[\xa8\xa9]")
_LEGIBLE = re.compile(r"[\t\n\r -\xff]{5,}")


@dataclass(frozen=True)
class Reading:
    """A way to read a text.

    Attributes:
        text: what is read.
        starts: for each character, where what it was read from begins.
        ends: for each character, where what it was read from ends.
        packed: whether it was base64 or hex, so that letters beside a word may be there by chance.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    packed: bool = False

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a text as it is."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def without_space(self) -> Reading:
        """Return it without white space, which whoever folds or indents a text adds and removes."""
        return self.replaced(_SPACE, lambda _: "")

    def without_gaps(self) -> Reading:
        """Return it without white space and plus signs."""
        return self.replaced(GAP, lambda _: "")

    def single_spaced(self) -> Reading:
        """Return it with one space in place of each stretch of white space and plus signs."""
        return self.replaced(GAP, lambda _: " ") if _MORE_THAN_ONE_SPACE.search(self.text) else self

    def legible(self) -> Reading:
        """Return its stretches of text only: most of what can be decoded was never encoded."""
        return self.matching(_LEGIBLE)

    def matching(self, pattern: re.Pattern[str]) -> Reading:
        """Return what matches the `pattern`, one behind the other."""
        chosen = [index for found in pattern.finditer(self.text) for index in range(*found.span())]
        return Reading(
            "".join([self.text[index] for index in chosen]),
            [self.starts[index] for index in chosen],
            [self.ends[index] for index in chosen],
            self.packed,
        )

    def replaced(self, pattern: re.Pattern[str], meaning: Callable[[str], str]) -> Reading:
        """Return it with what `meaning` makes of each match of the `pattern` in its place."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for found in pattern.finditer(self.text):
            begin, end = found.span()
            said = meaning(found[0])
            parts += (self.text[done:begin], said)
            starts += (*self.starts[done:begin], *[self.starts[begin]] * len(said))
            ends += (*self.ends[done:begin], *[self.ends[end - 1]] * len(said))
            done = end
        parts.append(self.text[done:])
        return Reading(
            "".join(parts), [*starts, *self.starts[done:]], [*ends, *self.ends[done:]], self.packed
        )

    def unpacked(
        self, pattern: re.Pattern[str], decode: Callable[[str], str], ratio: tuple[int, int], skipped: int
    ) -> Reading:
        """Return what each match of the `pattern` decodes to, one behind the other.

        Args:
            pattern: matches what may be encoded.
            decode: decodes a text of any length; an incomplete character at its end is left out.
            ratio: how many characters of a match make how many decoded ones.
            skipped: how many characters at the beginning of each match are left out.
        """
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        taken, made = ratio
        for found in pattern.finditer(self.text):
            begin, end = found.start() + skipped, found.end()
            said = decode(self.text[begin:end])
            last = [begin + ((index + 1) * taken - 1) // made for index in range(len(said))]
            last[-1:] = [end - 1] * bool(last)
            parts += (said, END)
            starts += (*(self.starts[begin + index * taken // made] for index in range(len(said))), begin)
            ends += (*(self.ends[index] for index in last), begin)
        return Reading("".join(parts), starts, ends, packed=True)
