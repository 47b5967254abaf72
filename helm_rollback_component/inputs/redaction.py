"""Taking secret values out of what a person or a log will see."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs.property_paths import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "[secret]"
_SHORTEST = 3


class Redactor:
    """Replaces known secrets in texts, as they stand and in base64.

    Texts shorter than three characters are left alone: they would mask half of every message.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def secrets_at(inputs: Mapping[str, Any], paths: Iterable[str]) -> Iterator[str]:
    """Yield every text and number that stands at or below one of the `paths`, which `below` makes."""
    for path in paths:
        yield from _texts(value_at(inputs, path))


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON-like
    match value:
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)
        case bool() | None:
            return
        case _:
            yield str(value)


def _forms(secret: str) -> Iterator[str]:
    for part in (secret, *secret.splitlines()):
        text = part.strip()
        if len(text) >= _SHORTEST:
            yield text
            yield base64.b64encode(part.encode()).decode()
