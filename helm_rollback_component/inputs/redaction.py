"""Removing secret values from messages and logs."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs.property_paths import value_at
from helm_rollback_component.inputs.tree import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MASK = "[secret]"
_SHORTEST = 3


class Redactor:
    """Replaces known secrets in texts, in plain text and in base64.

    Texts shorter than three characters are not replaced: that would hide half of every message.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def secrets_at(inputs: Mapping[str, Any], paths: Iterable[str]) -> Iterator[str]:
    """Yield every text and number that stands at or below one of the `paths` (`property_paths`)."""
    for path in paths:
        for _, leaf in leaves(value_at(inputs, path)):
            if isinstance(leaf, str | int | float) and not isinstance(leaf, bool):
                yield str(leaf)


def _forms(secret: str) -> Iterator[str]:
    for part in (secret, *secret.splitlines()):
        text = part.strip()
        if len(text) >= _SHORTEST:
            yield text
            yield base64.b64encode(part.encode()).decode()
