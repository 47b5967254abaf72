"""Values as lines of text, in the manner of YAML, and what is left of them in little room. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLAIN = re.compile(r"(?!-?[\d. ]|(?i:true|false|null|yes|no|on|off)$)[\w./@%+-][^\x00-\x1f\x7f\"]*(?<! )")
"""Texts that nobody takes for a number or a truth value, nor for a text with something unseen in it."""


_DIGEST = re.compile(r"(\bsha256:[0-9a-f]{12})[0-9a-f]{52}\b")


def inline(value: Any) -> str:
    """Return a value in one line: a text as it is where that is plain, everything else as JSON."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def block(value: Any) -> Iterator[str]:
    """Yield the lines of a nested value; a text of several lines stands in one."""
    match value:
        case Mapping() if value:
            for key, item in value.items():
                yield from _entry(f"{key}:", item)
        case list() if value:
            for item in value:
                first, *others = block(item)
                yield f"- {first}"
                yield from (f"  {line}" for line in others)
        case _:
            yield inline(value)


def clipped(line: str, width: int) -> str:
    """Return a line of about `width` characters: beginning, end, and how much is left out between."""
    if len(line) <= width:
        return line
    end = width // 4
    left_out = f"… {len(line) - width} more characters …"
    shorter = f"{line[: width - end]}{left_out}{line[-end:]}"
    return min(line, shorter, key=len)


def with_short_digests(text: str) -> str:
    """Return a text in which each digest of an image has only its beginning."""
    return _DIGEST.sub(r"\1…", text)


def shortened(lines: Sequence[str], most: int) -> list[str]:
    """Return at most so many lines, and in one more how many are left out."""
    left_out = len(lines) - most
    return [*lines] if left_out <= 1 else [*lines[:most], f"… {left_out} more lines"]


def _entry(key: str, item: Any) -> Iterator[str]:
    if isinstance(item, Mapping | list) and item:
        yield key
        yield from (f"  {line}" for line in block(item))
    else:
        yield f"{key} {inline(item)}"
