"""Paths of properties, as Pulumi and our messages write them: ``values.hosts[0]``, ``values["a.b"]``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.\[\]]+)')
_NEEDS_QUOTES = re.compile(r'[.\[\]"]|^$')


def below(path: str, key: str | int) -> str:
    """Return the path of the value under `key` at `path`: ``values.hosts[0]``, ``values["a.b"]``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _NEEDS_QUOTES.search(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key


def path_of(steps: Iterable[str | int]) -> str:
    """Return the path that leads through these keys and indices, from the top."""
    return reduce(below, steps, "")


def steps_of(path: str) -> Iterator[str]:
    """Yield the keys and indices through which a path leads."""
    for quoted, index, name in _STEP.findall(path):
        yield json.loads(quoted) if quoted else index or name


def ends_of(path: str) -> Iterator[tuple[str, int]]:
    """Yield the keys and indices through which a path leads, each with where it ends in the path."""
    for step in _STEP.finditer(path):
        yield next(steps_of(step.group())), step.end()


def value_at(value: Any, path: str) -> Any:
    """Return the value at `path` in `value`, or the deepest one on the way if there is none."""
    for step in steps_of(path):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return value
    return value
