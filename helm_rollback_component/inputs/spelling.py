"""Keys as users spell them: camelCase is read as snake_case, except in the values of the chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from helm_rollback_component.errors import Problem
from helm_rollback_component.inputs.property_paths import below, ends_of

Fields: TypeAlias = Mapping[str, "Fields | None"]
"""The keys of a section in snake_case, with the keys of those that are sections themselves."""


def to_snake_case(
    inputs: Mapping[str, Any],
    fields: Fields,
    *,
    nested: Callable[[Any, Fields], Any] | None = None,
    path: str = "",
) -> tuple[dict[str, Any], list[Problem]]:
    """Return `inputs` with the keys of `fields` in snake_case, and what is wrong with their keys.

    Args:
        inputs: a mapping whose keys may be spelled either way.
        fields: the known keys; only sections are entered, so a chart's values are never touched.
        nested: what to do with a section that is not a mapping (an output that is not known yet).
        path: the path of `inputs`, for messages.
    """
    problems: list[Problem] = []
    spelled: dict[str, Any] = {}
    names = {camel(name): name for name in fields}
    for key, value in inputs.items():
        if not isinstance(key, str):
            problems.append(Problem(path, f"has the key {key!a}, which is not a text; use texts as keys"))
            continue
        name = names.get(key, key)
        where = below(path, key)
        if name in spelled:
            other = camel(name) if key == name else name
            problems.append(Problem(where, f"given twice, also as {other}; remove one of them"))
            continue
        section = fields.get(name)
        if section is not None and isinstance(value, Mapping):
            value, found = to_snake_case(value, section, nested=nested, path=where)  # noqa: PLW2901
            problems.extend(found)
        elif section is not None and nested is not None and value is not None:
            value = nested(value, section)  # noqa: PLW2901
        spelled[name] = value
    return spelled, problems


def path_to_snake_case(path: str, fields: Fields) -> str | None:
    """Return a property's path with the keys of `fields` in snake_case, or None if it leads to none of them.

    Below a key that is no section any path is possible, and ``*`` stands for every key.
    """
    found, end = "", 0
    here: Fields | None = fields
    for step, stop in ends_of(path):
        if not here or step == "*":
            break
        name = {camel(name): name for name in here}.get(step, step)
        if name not in here:
            return None
        found, end, here = below(found, name), stop, here[name]
    return f"{found}{path[end:]}" or None


def fields_at(fields: Fields, path: tuple[str, ...]) -> Fields:
    """Return the keys of the section at `path`; none where no section is."""
    found: Fields | None = fields
    for step in path:
        found = found.get(step) if found else None
    return found or {}


def to_camel_case(inputs: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return `inputs`, spelled in snake_case, with the keys of `fields` in camelCase."""
    return {
        camel(key) if key in fields else key: (
            to_camel_case(value, section)
            if (section := fields.get(key)) is not None and isinstance(value, Mapping)
            else value
        )
        for key, value in inputs.items()
    }


def camel(name: str) -> str:
    """Return a name in snake_case as it is in camelCase."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
