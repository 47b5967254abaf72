"""Where secrets stand in a text: whole ones, and pieces of long ones. Pure.

Texts here are as `spellings.as_bytes` returns them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helm_rollback_component.inputs.readings import END, GAP

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from helm_rollback_component.inputs.readings import Reading

SHORTEST = 3
"""Characters of the shortest secret that is looked for."""
ALONE = 6
"""A secret with fewer characters is no part of a longer word: the rest of the word would tell it."""
FOLDED = 8
"""Characters, white space and plus signs not counted, from which on a secret is found whatever folds it."""
PIECE = 12
"""Characters of the shortest piece of a longer secret that is found alone, counted as for `FOLDED`."""

_GRAM = 8
_STRIDE = PIECE - _GRAM + 1
_PLACES = 4
_WORD = re.compile("[A-Za-z0-9]")

Span = tuple[int, int]


class SecretIndex:
    """Finds secrets.

    A secret of fewer than `PIECE` characters is found where all of it stands, and each line of a secret as
    well; one of fewer than `ALONE` where it is a word of its own. Of a longer one each piece of `PIECE`
    characters is found. White space is passed over from `FOLDED` characters on. What has hardly anything
    but plus signs is found as it is.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        parts = {part for secret in secrets for part in (secret, *secret.splitlines())}
        self._plain: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        self._folded: dict[str, list[str]] = {}
        self._long = ""
        self._places: dict[str, list[int]] = {}
        for part in sorted(parts, key=len, reverse=True):
            spaced = GAP.sub(" ", part).strip(" ")
            if len(spaced) >= SHORTEST:
                self._add(spaced)
            elif len(plain := part.strip(" \t\n\v\f\r")) >= SHORTEST:
                self._plain.setdefault(plain[:SHORTEST], []).append(plain)

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield where secrets stand in the text that was read."""
        if self._plain:
            yield from _originals(reading, _whole(reading, self._plain))
        if self._short:
            spaced = reading.single_spaced()
            yield from _originals(spaced, _whole(spaced, self._short))
        if self._folded or self._long:
            packed = reading.without_gaps()
            yield from _originals(packed, _whole(packed, self._folded))
            yield from _originals(packed, self._pieces(packed.text))

    def _add(self, secret: str) -> None:
        packed = secret.replace(" ", "")
        if len(packed) >= PIECE:
            if packed not in self._long:
                self._add_long(packed)
        elif len(packed) >= FOLDED:
            self._folded.setdefault(packed[:SHORTEST], []).append(packed)
        else:
            self._short.setdefault(secret[:SHORTEST], []).append(secret)

    def _add_long(self, packed: str) -> None:
        self._long = self._long or END
        begin = len(self._long)
        self._long = f"{self._long}{packed}{END}"
        for place in range(0, len(packed) - _GRAM + 1, _STRIDE):
            known = self._places.setdefault(packed[place : place + _GRAM], [])
            if len(known) < _PLACES:
                known.append(begin + place)

    def _pieces(self, text: str) -> Iterator[Span]:
        done = 0
        for begin in _grams(text, _GRAM, self._places):
            if begin + _GRAM > done:
                places = self._places[text[begin : begin + _GRAM]]
                first, last = max((self._around(text, begin, place) for place in places), key=_length)
                if last - first >= PIECE:
                    yield first, last
                    done = last

    def _around(self, text: str, begin: int, place: int) -> Span:
        """Return what is the same around a gram that stands at `begin` in the text and at `place` in ours."""
        before, first = begin, place
        while before and text[before - 1] == self._long[first - 1] != END:
            before, first = before - 1, first - 1
        after, last = begin + _GRAM, place + _GRAM
        while after < len(text) and text[after] == self._long[last] != END:
            after, last = after + 1, last + 1
        return before, after


def _whole(reading: Reading, secrets: Mapping[str, Sequence[str]]) -> Iterator[Span]:
    """Yield where one of the secrets stands, which are listed by how they begin."""
    text = reading.text
    for begin in _grams(text, SHORTEST, secrets):
        for secret in secrets[text[begin : begin + SHORTEST]]:
            end = begin + len(secret)
            apart = len(secret) >= ALONE or reading.packed
            if text.startswith(secret, begin) and (apart or not _within_a_word(text, begin, end)):
                yield begin, end
                break


def _grams(text: str, size: int, known: Container[str]) -> list[int]:
    """Return where in a text one of the known texts of that size begins."""
    return [begin for begin in range(len(text) - size + 1) if text[begin : begin + size] in known]


def _within_a_word(text: str, begin: int, end: int) -> bool:
    """Whether a letter or a digit at an edge of a span has another one beside it, outside of the span."""
    edges = (text[max(begin - 1, 0) : begin + 1], text[end - 1 : end + 1])
    return any(len(_WORD.findall(edge)) == len("ab") for edge in edges)


def _length(span: Span) -> int:
    return span[1] - span[0]


def _originals(reading: Reading, spans: Iterable[Span]) -> Iterator[Span]:
    for begin, end in spans:
        yield reading.starts[begin], reading.ends[end - 1]
