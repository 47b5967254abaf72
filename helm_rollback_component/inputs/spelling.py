"""Keys as users spell them: camelCase is read as snake_case, except in the values of the chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from helm_rollback_component.errors import Problem
from helm_rollback_component.inputs.property_paths import below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def to_snake_case(
    inputs: Mapping[str, Any],
    model: type[BaseModel],
    *,
    nested: Callable[[Any, type[BaseModel]], Any] | None = None,
    path: str = "",
) -> tuple[dict[str, Any], list[Problem]]:
    """Return `inputs` with the keys of `model` in snake_case, and the keys that were given twice.

    Args:
        inputs: a mapping whose keys may be spelled either way.
        model: the model whose fields the keys name; only fields that are models themselves are entered,
            so a chart's values are never touched.
        nested: what to do with a nested part that is not a mapping (an output that is not known yet).
        path: the path of `inputs`, for messages.
    """
    problems: list[Problem] = []
    spelled: dict[str, Any] = {}
    names = {to_camel(name): name for name in model.model_fields}
    for key, value in inputs.items():
        name = names.get(key, key)
        where = below(path, key)
        if name in spelled:
            other = to_camel(name) if key == name else name
            problems.append(Problem(where, f"given twice, also as {other}; remove one of them"))
            continue
        part = _part_of(model, name)
        if part is not None and isinstance(value, Mapping):
            value, found = to_snake_case(value, part, nested=nested, path=where)  # noqa: PLW2901
            problems.extend(found)
        elif part is not None and nested is not None and value is not None:
            value = nested(value, part)  # noqa: PLW2901
        spelled[name] = value
    return spelled, problems


def fields_of(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the names of the fields at `path` within `model`; nothing where no model is."""
    part: type[BaseModel] | None = model
    for step in path:
        part = _part_of(part, step) if part else None
    yield from part.model_fields if part else ()


def _part_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    info = model.model_fields.get(name)
    if info is None:
        return None
    candidates = (info.annotation, *get_args(info.annotation))
    return next((kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
