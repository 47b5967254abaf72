"""Values as a text that Helm's YAML reader takes for exactly them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]")
"""What YAML forbids, or takes for a line break, unless it is escaped; all of it is escaped."""
_LONGEST_KEY = 1000
"""In characters. YAML looks no further for the colon behind a key that has no question mark before it."""


def values_text(value: Any) -> str:
    """Return JSON-like values as YAML in one line; JSON itself, but for long keys and for escapes.

    JSON writes a character beyond U+FFFF as two escapes, which YAML refuses.
    """
    match value:
        case Mapping():
            return f"{{{', '.join(f'{_key(key)}: {values_text(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(values_text, value))}]"
        case str():
            return _BEYOND_ASCII.sub(_escaped, json.dumps(value, ensure_ascii=False))
        case _:
            return json.dumps(value, allow_nan=False)


def _key(key: str) -> str:
    text = values_text(key)
    return f"? {text} " if len(text) > _LONGEST_KEY else text


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004  # what four digits hold
