"""Property values as the engine holds them: JSON values, `Secret` wrappers and the `UNKNOWN` of a preview.

Everything here is pure.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # a marker of the wire format
UNKNOWN_SENTINEL: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown(enum.Enum):
    """The type of `UNKNOWN`: a value that only an update can compute."""

    UNKNOWN = UNKNOWN_SENTINEL


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must be shown as `[secret]` and stored encrypted."""

    value: Any

    def __repr__(self) -> str:
        """Hide the value, so that no log or assertion shows it."""
        return "[secret]"


Value: TypeAlias = Any
Properties: TypeAlias = dict[str, Any]


def map_values(value: Value, change: Callable[[Value], Value]) -> Value:
    """Rebuild `value` from the leaves up, passing each node through `change`."""
    if isinstance(value, Mapping):
        return change({key: map_values(item, change) for key, item in value.items()})
    if isinstance(value, list):
        return change([map_values(item, change) for item in value])
    if isinstance(value, Secret):
        return change(Secret(map_values(value.value, change)))
    return change(value)


def unwrap(value: Value) -> Value:
    """Take every secret wrapper off."""
    return map_values(value, lambda node: node.value if isinstance(node, Secret) else node)


def redact(value: Value) -> Value:
    """Put what may be displayed in place of secrets and unknowns."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, Mapping):
        return {key: redact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redact(item) for item in value]
    return "[unknown]" if value is UNKNOWN else value


def _any_node(value: Value, matches: Callable[[Value], bool]) -> bool:
    if matches(value):
        return True
    if isinstance(value, Secret):
        return _any_node(value.value, matches)
    if isinstance(value, Mapping):
        return any(_any_node(item, matches) for item in value.values())
    return isinstance(value, list) and any(_any_node(item, matches) for item in value)


def contains_secret(value: Value) -> bool:
    """Whether there is a secret anywhere in `value`."""
    return _any_node(value, lambda node: isinstance(node, Secret))


def contains_unknown(value: Value) -> bool:
    """Whether there is an unknown anywhere in `value`."""
    return _any_node(value, lambda node: node is UNKNOWN)


def mark_like(outputs: Properties, inputs: Properties) -> Properties:
    """Mark as secret each output whose input of the same name has a secret in it.

    Objects are compared key by key; a list with one secret item becomes a secret as a whole.
    """
    marked = dict(outputs)
    for key, given in inputs.items():
        if key not in marked:
            continue
        found = marked[key]
        if isinstance(found, dict) and isinstance(given, dict):
            marked[key] = mark_like(found, given)
        elif not isinstance(found, Secret) and contains_secret(given):
            marked[key] = Secret(found)
    return marked


def mark_outputs(outputs: Properties, inputs: Properties, also: Iterable[str]) -> Properties:
    """Mark the outputs named in `also`, and those whose whole input is a secret."""
    names = {*also, *(key for key, value in inputs.items() if isinstance(value, Secret))} - {"id"}
    return {
        key: Secret(value) if key in names and not isinstance(value, Secret) else value
        for key, value in outputs.items()
    }


_PATH_PART = re.compile(r'\["(?P<quoted>[^"]*)"\]|\[(?P<index>\d+|\*)\]|(?P<name>[^.\[\]]+)')


def parse_path(path: str) -> list[str]:
    """Split `a.b[0]["c.d"]` into its parts; a wildcard stays `*`."""
    return [next(part for part in match.groups() if part is not None) for match in _PATH_PART.finditer(path)]


def path_contains(path: str, key: str) -> bool:
    """Whether the property path covers the top-level or nested `key`."""
    parts, keys = parse_path(path), parse_path(key)
    return len(parts) <= len(keys) and all(
        part in ("*", found) for part, found in zip(parts, keys, strict=False)
    )


def keep_ignored(news: Properties, olds: Properties, paths: Iterable[str]) -> Properties:
    """Set the properties at `paths` back to what they were."""
    for path in paths:
        news = _reset(news, olds, parse_path(path))
    return news


def _reset(new: Value, old: Value, parts: list[str]) -> Value:
    """Return `new` with the value at `parts` as it is in `old`; absent in `old` means removed."""
    if not parts:
        return old
    if isinstance(new, Secret) or isinstance(old, Secret):
        return _reset_secret(new, old, parts)
    if isinstance(new, dict) and isinstance(old, dict):
        return _reset_object(new, old, parts)
    if isinstance(new, list) and isinstance(old, list):
        return [
            _reset(item, old[i], parts[1:]) if parts[0] in ("*", str(i)) and i < len(old) else item
            for i, item in enumerate(new)
        ]
    return new


def _reset_secret(new: Value, old: Value, parts: list[str]) -> Value:
    plain = [value.value if isinstance(value, Secret) else value for value in (new, old)]
    return Secret(_reset(plain[0], plain[1], parts))


def _reset_object(new: Properties, old: Properties, parts: list[str]) -> Properties:
    result = dict(new)
    for key in [*old, *new] if parts[0] == "*" else [parts[0]]:
        if key in old and (key in new or len(parts) == 1):
            result[key] = _reset(new.get(key), old[key], parts[1:])
        elif key not in old and len(parts) == 1:
            result.pop(key, None)
    return result
