"""A chart's values: read from files, merged, and passed through Pulumi without loss.

Pulumi drops ``None`` inside inputs and makes every number a float. A null means something to Helm (it removes
a chart's default), and an integer beyond 2**53 must stay whole: `encode` and `decode` preserve both.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.tree import map_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

_MARK = "helm-rollback:literal"
_NULL = {_MARK: "null"}
_LARGEST_EXACT = 2**53
_FILES_KEPT = 64


def encode(value: Any, *, leaf: Callable[[Any], Any] = lambda value: value) -> Any:  # noqa: ANN401  # JSON-like
    """Return `value` with nulls and large integers in a form that survives Pulumi.

    Args:
        value: JSON-like data; what is neither mapping, sequence nor scalar goes through `leaf`.
        leaf: what to do with such a part, for example with an output.
    """

    def encoded(part: Any) -> Any:  # noqa: ANN401  # JSON-like
        match part:
            case None:
                return dict(_NULL)
            case bool() | str() | float():
                return part
            case int():
                return part if abs(part) <= _LARGEST_EXACT else {_MARK: str(part)}
            case _:
                return leaf(part)

    return map_leaves(value, encoded, key=str)


def decode(value: Any) -> Any:  # noqa: ANN401  # JSON-like
    """Return what `encode` was given; whole floats become the integers that they were."""
    return map_leaves(value, _decoded, is_leaf=_is_literal)


def _decoded(leaf: Any) -> Any:  # noqa: ANN401  # JSON-like
    match leaf:
        case {"helm-rollback:literal": literal}:
            return None if literal == "null" else int(literal)
        case float() if leaf.is_integer():
            return int(leaf)
        case _:
            return leaf


def _is_literal(part: Any) -> bool:  # noqa: ANN401  # JSON-like
    return isinstance(part, Mapping) and isinstance(part.get(_MARK), str)


def merge(layers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the layers as one, later ones over earlier ones, mapping by mapping, as Helm merges them."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            before = merged.get(key)
            both = isinstance(before, Mapping) and isinstance(value, Mapping)
            merged[key] = merge([before, value]) if both else value  # type: ignore[list-item]
    return merged


def read_files(paths: Sequence[str]) -> list[dict[str, Any]]:
    """Return the content of each value file, not to be changed: the same text is parsed once.

    Raises:
        ValidationError: a file is missing, or is not a YAML mapping; all such files are named.
    """
    problems: list[Problem] = []
    contents: list[dict[str, Any]] = []
    for index, path in enumerate(paths):
        content, fault = _read(Path(path))
        if fault:
            problems.append(Problem(f"value_files[{index}]", f"{path} {fault}"))
        contents.append(content)
    if problems:
        raise ValidationError(problems)
    return contents


def _read(path: Path) -> tuple[dict[str, Any], str]:
    try:
        content = _parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        return {}, f"cannot be read: {error.strerror}"
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}, "is not valid YAML"
    if content is None:
        return {}, ""
    return (content, "") if isinstance(content, dict) else ({}, "does not contain a mapping of values")


@functools.lru_cache(_FILES_KEPT)
def _parsed(text: str) -> Any:  # noqa: ANN401  # anything that YAML can contain
    return yaml.load(text, Loader=_HelmLoader)  # noqa: S506  # a SafeLoader


class _HelmLoader(yaml.SafeLoader):
    """Reads as Helm's YAML library does: neither dates nor base-60 numbers, ``y`` is true, keys are texts."""

    bool_values: ClassVar = {**yaml.SafeLoader.bool_values, "y": True, "n": False}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # PyYAML's signature
        return {_text(key): value for key, value in super().construct_mapping(node, deep).items()}


def _text(key: Hashable) -> str:
    if not isinstance(key, str | bool | int | float):
        raise yaml.YAMLError("neither a text nor a number nor a boolean")
    return key if isinstance(key, str) else json.dumps(key)


_TYPED_OTHERWISE = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_HelmLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TYPED_OTHERWISE]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_HelmLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)$"),
    list("-+0123456789"),
)
_HelmLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)
_HelmLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]$"), list("yYnN"))
