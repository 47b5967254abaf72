"""From the provider's outputs to those that the engine saves, and back.

The outputs of a program in another language are what became of the release, in camelCase. All else that the
provider needs again is in one output that programs do not see, as its name begins with two underscores.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

from helm_rollback_component.inputs.property_paths import below
from helm_rollback_component.inputs.spelling import camel
from helm_rollback_component.inputs.tree import map_leaves
from helm_rollback_component.plugin import marshalling, spoken
from helm_rollback_component.plugin.inputs import as_declared
from helm_rollback_component.pulumi_adapter.state import OF_PLUGIN
from helm_rollback_component.results import (
    Condition,
    ReleaseRevision,
    ReleaseStatus,
    Resource,
    RollbackStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf import struct_pb2  # type: ignore[import-untyped]

_Properties = dict[str, Any]

_HISTORY = {"history": "revisions"}
"""What a result is called in the provider's outputs, where its name is that of an input too."""
_SHOWN = {field.name: _HISTORY.get(field.name, field.name) for field in fields(ReleaseStatus)}


_PARTS = (RollbackStatus, ReleaseRevision, Condition, Resource)
_SNAKE = {camel(field.name): field.name for part in _PARTS for field in fields(part)}
"""The names within results, which hold no keys of a user's."""


def saved(outs: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return the provider's outputs as the engine saves them."""
    outs = as_declared(outs)
    shown = {camel(name): _in_camel_case(outs[key]) for name, key in _SHOWN.items()}
    internal = {key: value for key, value in outs.items() if key not in _SHOWN.values()}
    secret = {_below_internal(path) for path in outs.get("secret_paths") or ()}
    return marshalling.marshal(shown | {OF_PLUGIN: internal}, secret)


def restored(properties: struct_pb2.Struct) -> _Properties:
    """Return the provider's outputs that the engine saved."""
    plain, _ = marshalling.unmarshal(properties)
    shown = {key: _in_snake_case(plain[camel(name)]) for name, key in _SHOWN.items() if camel(name) in plain}
    return shown | (plain.get(OF_PLUGIN) or {})


def foreseen(inputs: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return what is known of the outputs before anything is done, from the checked inputs."""
    known: _Properties = {camel(name): Unknown() for name in _SHOWN}  # type: ignore[no-untyped-call]
    known |= {camel(key): inputs[key] for key in ("release_name", "release_namespace")}
    if "chart" in inputs:
        known["chartVersion"] = inputs["chart"].rpartition(" ")[2]
    return marshalling.marshal(known)


def _below_internal(path: str) -> str:
    prefix = below("", OF_PLUGIN)
    return f"{prefix}{path}" if path.startswith("[") else f"{prefix}.{path}"


def _in_camel_case(result: Any) -> Any:
    return map_leaves(_spoken(result), lambda leaf: leaf, key=camel)


def _spoken(result: Any) -> Any:
    """Return a result whose sentence names inputs in camelCase; one that does already is left as it is."""
    match result:
        case list():
            return [_spoken(each) for each in result]
        case {"message": str(said)}:
            return {**result, "message": spoken.in_camel_case(said)}
    return result


def _in_snake_case(result: Any) -> Any:
    return map_leaves(result, lambda leaf: leaf, key=lambda key: _SNAKE.get(key, key))
