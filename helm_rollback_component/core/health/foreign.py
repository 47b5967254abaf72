"""How to read what others wrote: a value of another type than expected counts as absent. Pure.

Statuses of custom resources, and manifests, hold whatever their authors put there. Nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DIGITS = re.compile(r"[0-9]{1,18}")
"""No more of them than a 64-bit number holds for certain."""


def text(found: Mapping[str, object], key: str, default: str = "") -> str:
    """Return a text, or the default."""
    value = found.get(key)
    return value if isinstance(value, str) else default


def number(found: Mapping[str, object], key: str, default: int = 0) -> int:
    """Return a whole number, or the default."""
    value = found.get(key)
    return value if type(value) is int else default


def spelled_number(found: Mapping[str, object], key: str) -> int | None:
    """Return a whole number that may be spelled as a text of digits, None if there is none."""
    value = found.get(key)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value if type(value) is int else None


def flag(found: Mapping[str, object], key: str) -> bool:
    """Return whether a value is true."""
    return found.get(key) is True


def mapping(found: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return a mapping, an empty one if there is none."""
    value = found.get(key)
    return value if isinstance(value, Mapping) else {}


def mappings(found: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    """Yield the mappings in a list; what else is in it is left out."""
    return (each for each in _list(found, key) if isinstance(each, Mapping))


def texts(found: Mapping[str, object], key: str) -> Iterator[str]:
    """Yield the texts in a list; what else is in it is left out."""
    return (each for each in _list(found, key) if isinstance(each, str))


def pairs(found: Mapping[str, object], key: str) -> Iterator[tuple[str, str]]:
    """Yield the keys and values of a mapping of texts, such as labels; what else is in it is left out."""
    for name, value in mapping(found, key).items():
        if isinstance(value, str):
            yield name, value


def _list(found: Mapping[str, object], key: str) -> Sequence[object]:
    value = found.get(key)
    return value if isinstance(value, (list, tuple)) else ()
