"""Masks in the place of secrets. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from helm_rollback_component.inputs.secret_index import SecretIndex
from helm_rollback_component.inputs.spellings import as_bytes, as_text, readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helm_rollback_component.inputs.secret_index import Span

MASK = "[secret]"
_CONTINUES = range(0x80, 0xC0)
_KNOWN_TEXTS = 256


def masking(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return what masks these secrets, and remembers the texts of which it was asked lately."""
    if not secrets:
        return str
    index = SecretIndex(map(as_bytes, secrets))

    @lru_cache(maxsize=_KNOWN_TEXTS)
    def masked(text: str) -> str:
        spelled = as_bytes(text)
        spans = sorted(span for reading in readings(spelled) for span in index.spans(reading))
        return as_text("".join(_with_masks(spelled, _merged(spelled, spans)))) if spans else text

    return masked


def _merged(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans, those that touch as one, and each with whole characters of the text."""
    begin, end = -1, -1
    for first, last in spans:
        if first > end:
            if end > 0:
                yield begin, end
            begin, end = first, last
        end = max(end, last)
        while ord(text[begin]) in _CONTINUES:
            begin -= 1
        while end < len(text) and ord(text[end]) in _CONTINUES:
            end += 1
    yield begin, end


def _with_masks(text: str, spans: Iterable[Span]) -> Iterator[str]:
    done = 0
    for begin, end in spans:
        yield text[done:begin]
        yield MASK
        done = end
    yield text[done:]
