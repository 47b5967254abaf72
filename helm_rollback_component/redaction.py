"""Taking secret values out of what a person or a log will see."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "[secret]"
_SHORTEST = 3
_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.\[\]]+)')
_NEEDS_QUOTES = re.compile(r'[.\[\]"]|^$')


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


def below(path: str, key: str | int) -> str:
    """Return the path of what stands under `key` at `path`: ``values.hosts[0]``, ``values["a.b"]``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _NEEDS_QUOTES.search(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key


def secrets_at(inputs: Mapping[str, Any], paths: Iterable[str]) -> Iterator[str]:
    """Yield every text and number that stands at or below one of the `paths`, which `below` makes."""
    for path in paths:
        yield from _texts(_at(inputs, _steps(path)))


def _steps(path: str) -> Iterator[str]:
    for quoted, index, name in _STEP.findall(path):
        yield json.loads(quoted) if quoted else index or name


def _at(value: Any, steps: Iterable[str]) -> Any:  # noqa: ANN401  # JSON-like
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return value
    return value


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
