"""The package's schema, made from `HelmConfig` and the results: from it come the types of each language."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.config.constraints import Floor, ValueFile
from helm_rollback_component.config.provider import ProviderConfig
from helm_rollback_component.inputs.spelling import camel
from helm_rollback_component.package_version import version
from helm_rollback_component.plugin import documentation
from helm_rollback_component.plugin.spoken import OF_A_COMPONENT
from helm_rollback_component.results import ReleaseStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_Json = dict[str, Any]

NAME = "helm-rollback"
TOKEN = f"{NAME}:index:HelmRelease"

SECRET = ("password",)
"""Inputs that are secret whatever they hold; a kubeconfig is only where it is no path, as the check tells."""

_DESCRIPTION = (
    "A Helm release that rolls back by itself. When an upgrade fails, the last revision that was seen to "
    "work is restored, the outputs say so, and the update fails."
)
_FROM_ELSEWHERE = ("release_name", "release_namespace")
"""Required inputs that the resource or its provider gives where the program does not."""
_TEXT: _Json = {"type": "string"}
_SPECIAL: dict[Any, _Json] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: _TEXT,
    Any: {"$ref": "pulumi.json#/Any"},
    Floor: {"oneOf": [{"type": "integer"}, _TEXT]},
    ValueFile: {"oneOf": [_TEXT, {"$ref": "pulumi.json#/Asset"}]},
}
_CHOICES = {"strategy": "RollbackStrategy", "on_rollback": "OnRollback", "wait_strategy": "WaitStrategy"}


def schema() -> _Json:
    """Return the schema, as JSON-like data."""
    found: dict[str, _Json] = {}
    inputs = dict(_inputs(HelmConfig, found))
    outputs = dict(_outputs(ReleaseStatus, found))
    provider = dict(_inputs(ProviderConfig, found))
    return {
        "name": NAME,
        "displayName": "Helm releases that roll back by themselves",
        "version": version(),
        "description": "Helm releases that roll back by themselves.",
        "keywords": ["pulumi", "helm", "kubernetes", "rollback", "category/infrastructure", "kind/native"],
        "license": "Apache-2.0",
        "config": {"variables": provider},
        "provider": {"description": documentation.summary(ProviderConfig), "inputProperties": provider},
        "types": found,
        "resources": {
            TOKEN: {
                "description": _DESCRIPTION,
                "properties": outputs,
                "required": [*outputs],
                "inputProperties": inputs,
                "requiredInputs": _required(HelmConfig),
            }
        },
        "language": {
            "go": {"generateResourceContainerTypes": True, "respectSchemaVersion": True},
            "nodejs": {"respectSchemaVersion": True},
            "python": {"respectSchemaVersion": True, "pyproject": {"enabled": True}},
            "csharp": {"respectSchemaVersion": True},
        },
    }


def _inputs(model: type[BaseModel], found: dict[str, _Json]) -> Iterator[tuple[str, _Json]]:
    texts = documentation.below_fields(model)
    hints = get_type_hints(model, include_extras=True)
    for name, info in model.model_fields.items():
        if name in OF_A_COMPONENT:
            continue
        described = {"description": texts[name], **_default(info)}
        if name in SECRET:
            described["secret"] = True
        yield camel(name), _type(hints[name], name, found) | described


def _outputs(result: type, found: dict[str, _Json]) -> Iterator[tuple[str, _Json]]:
    texts = documentation.of_attributes(result)
    hints = get_type_hints(result, include_extras=True)
    for each in fields(result):
        yield camel(each.name), _type(hints[each.name], each.name, found) | {"description": texts[each.name]}


def _required(model: type[BaseModel]) -> list[str]:
    needed = (name for name, info in model.model_fields.items() if info.is_required())
    return [camel(name) for name in needed if name not in _FROM_ELSEWHERE]


def _default(info: FieldInfo) -> _Json:
    simple = isinstance(info.default, bool | int | float | str) and info.default != ""
    return {"default": info.default} if simple else {}


def _type(hint: Any, name: str, found: dict[str, _Json]) -> _Json:
    hint = _bare(hint)
    if hint in _SPECIAL:
        return dict(_SPECIAL[hint])
    if isinstance(hint, type) and not get_args(hint):
        return _reference(hint, found)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _choice(_CHOICES[name], dict.fromkeys(arguments, ""), found)
    if origin is dict:
        return {"type": "object", "additionalProperties": _type(arguments[1], name, found)}
    return {"type": "array", "items": _type(arguments[0], name, found)}


def _bare(hint: Any) -> Any:
    """Return a type without what the schema does not say of it: None, and what a value must be like."""
    hint = _without_none(hint)
    return _bare(get_args(hint)[0]) if get_origin(hint) is Annotated and hint not in _SPECIAL else hint


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, types.UnionType) or type(None) not in get_args(hint):
        return hint
    (only,) = (each for each in get_args(hint) if each is not type(None))
    return only


def _reference(kind: type, found: dict[str, _Json]) -> _Json:
    if issubclass(kind, StrEnum):
        texts = documentation.below_fields(kind)
        return _choice(kind.__name__, {each.value: texts.get(each.name, "") for each in kind}, found, kind)
    token = f"{NAME}:index:{_name(kind)}"
    reads = _outputs if is_dataclass(kind) else _inputs
    properties = dict(reads(kind, found))  # type: ignore[arg-type]
    needed = [*properties] if is_dataclass(kind) else _required(kind)  # type: ignore[arg-type]
    found[token] = {
        "type": "object",
        "description": documentation.summary(kind),
        "properties": properties,
        "required": needed,
    }
    return {"$ref": f"#/types/{token}"}


def _choice(name: str, choices: dict[str, str], found: dict[str, _Json], kind: type | None = None) -> _Json:
    token = f"{NAME}:index:{name}"
    values = (
        {"name": _spoken(value), "value": value, "description": text} for value, text in choices.items()
    )
    found[token] = {
        "type": "string",
        "enum": [{key: item for key, item in value.items() if item} for value in values],
    }
    if kind:
        found[token]["description"] = documentation.summary(kind)
    return {"$ref": f"#/types/{token}"}


def _spoken(value: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in value.split("-"))


def _name(kind: type) -> str:
    return {"Resource": "ReleaseResource"}.get(kind.__name__, kind.__name__.removesuffix("Config"))
