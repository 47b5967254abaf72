"""Which elements of two lists belong together, as a person would say it. Pure.

Kubernetes knows the elements of most lists by a key of theirs, such as the name of a container. Where there
is none, what is the same on both sides stays where it is, and `difflib` finds the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEYS = (
    *("name", "mountPath", "devicePath", "containerPort", "port", "topologyKey", "ip", "key", "type"),
    *("host", "path", "uid", "alert", "record"),
)
"""What tells the elements of a list apart: Kubernetes' merge keys, and what is usual in custom resources."""
_MOST_COMPARED = 1_000_000
"""Pairs of elements that are compared; in longer lists those at the same place belong together."""

ABSENT: Any = object()
"""Stands where one side has nothing."""


def key_of(*lists: Sequence[Any]) -> str | None:
    """Return the name of the field that tells the elements of all these lists apart, None if none does."""
    return next((key for key in _KEYS if all(_tells_apart(key, each) for each in lists)), None)


def by_key(key: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the value of the key, the element before and the one after; those before come first."""
    before, after = ({each[key]: each for each in side} for side in (old, new))
    for value in {**before, **after}:
        yield value, before.get(value, ABSENT), after.get(value, ABSENT)


def by_content(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int, Any, Any]]:
    """Yield place, element before and element after for what differs; the place is that after, if any."""
    for i, j, k, m in _stretches([*map(_spelled, old)], [*map(_spelled, new)]):
        for offset in range(max(j - i, m - k)):
            before = old[i + offset] if i + offset < j else ABSENT
            after = new[k + offset] if k + offset < m else ABSENT
            yield (i if after is ABSENT else k) + offset, before, after


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    if len(old) * len(new) > _MOST_COMPARED:
        yield 0, len(old), 0, len(new)
        return
    for tag, *places in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            i, j, k, m = places
            yield i, j, k, m


def _tells_apart(key: str, elements: Sequence[Any]) -> bool:
    found = [each.get(key) if isinstance(each, Mapping) else None for each in elements]
    return all(isinstance(each, str | int) for each in found) and len(set(found)) == len(found)


def _spelled(element: Any) -> str:
    return json.dumps(element, sort_keys=True, default=str)
