"""Removing secret values from every text that leaves the process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs.secret_index import SecretIndex
from helm_rollback_component.inputs.secret_values import secrets_at
from helm_rollback_component.inputs.spellings import as_bytes, as_text, readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from helm_rollback_component.inputs.secret_index import Span

MASK = "[secret]"
_CONTINUES = range(0x80, 0xC0)
_KNOWN_TEXTS = 256


class Redactor:
    """Replaces known secrets in texts, however they are spelled there (`spellings`).

    It can be told of more secrets at any time, from any thread; whoever has it masks those too.

    Args:
        secrets: the secrets.
        places: the paths of the inputs that are secret, for what stood there before.
    """

    def __init__(self, secrets: Iterable[str] = (), *, places: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        self._places = tuple(places)
        self._masked = _masking(self._secrets)

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets."""
        return self._masked(text)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these as well from now on."""
        known = self._secrets | frozenset(secrets)
        if known != self._secrets:
            self._secrets, self._masked = known, _masking(known)

    def learn_from(self, inputs: Mapping[str, Any]) -> None:
        """Mask what stands in earlier inputs where a secret stands in those of today."""
        self.learn(secrets_at(inputs, self._places))


def _masking(secrets: Iterable[str]) -> Callable[[str], str]:
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
