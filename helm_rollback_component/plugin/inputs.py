"""From the inputs that the engine sends to those of the provider, and back.

A program in another language gives them in camelCase, with nulls, assets and marks of secrets. The provider
has them in snake_case, its values encoded as a Python program encodes them, beside what the component adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from helm_rollback_component.args import FIELDS
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs import chart_values
from helm_rollback_component.inputs.property_paths import path_of, steps_of
from helm_rollback_component.inputs.spelling import (
    camel,
    fields_at,
    path_to_snake_case,
    to_camel_case,
    to_snake_case,
)
from helm_rollback_component.inputs.tree import map_leaves
from helm_rollback_component.plugin import marshalling, urns
from helm_rollback_component.plugin.spoken import OF_A_COMPONENT, SpokenError
from helm_rollback_component.pulumi_adapter import program_inputs, state
from helm_rollback_component.pulumi_adapter.assets import without_assets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from google.protobuf import struct_pb2  # type: ignore[import-untyped]

    from helm_rollback_component.plugin.marshalling import Steps
    from helm_rollback_component.plugin.provider_inputs import Provider

_Properties = dict[str, Any]

DECLARED_TIMEOUTS = "declared_timeouts"
"""The timeouts of the inputs, as long as those of a request stand in their place."""

_FIELDS = {**FIELDS, **dict.fromkeys((*state.COMPUTED, state.OBSERVED))}
_NULL = chart_values.encode(None)


def given(
    sent: struct_pb2.Struct, urn: str, provider: Provider, *, of_program: bool = False
) -> tuple[_Properties, list[Problem]]:
    """Return the provider's inputs, and what is wrong with their form.

    Args:
        sent: the inputs of the program, or those that a check returned.
        urn: that of the release resource.
        provider: the one that the release is declared with.
        of_program: whether they are the program's, which the provider completes.
    """
    plain, marked = marshalling.unmarshal(sent)
    spelled, problems = to_snake_case(plain, _FIELDS)
    inputs = {key: value for key, value in spelled.items() if value is not None}
    problems += [_refused(key) for key in OF_A_COMPONENT if inputs.pop(key, None) is not None]
    inputs.setdefault("release_name", urns.name_of(urn))
    values = inputs.pop("values", None) or {}
    if "value_files" in inputs:
        inputs["value_files"] = without_assets(inputs["value_files"])
    inputs = map_leaves(inputs, chart_values.marked)
    try:
        inputs["values"] = chart_values.encode(values, leaf=_encoded)
    except ValidationError as error:
        problems += error.problems
    lacking = provider.lacking(inputs) if of_program else {}
    inputs |= lacking
    secret = {*map(_in_snake_case, marked), *_always_secret(inputs), *(provider.secret & lacking.keys())}
    return inputs | _context(urn, provider, sorted(secret)), problems


def returned(inputs: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return the provider's checked inputs as they go to the engine."""
    secret = {camel_path(path) for path in inputs["secret_paths"]}
    return marshalling.marshal(spelled(inputs), secret)


def spelled(inputs: Mapping[str, Any]) -> _Properties:
    """Return the provider's checked inputs as a program of another language knows them."""
    declared = {key: inputs[key] for key in _FIELDS if key in inputs}
    return to_camel_case(map_leaves(declared, _decoded, is_leaf=_is_null), _FIELDS)


def camel_path(path: str) -> str:
    """Return the path of an input in camelCase."""
    return path_of(_respelled(tuple(steps_of(path))))


def refuse_unknown(paths: Iterable[str]) -> None:
    """Refuse paths of the option ``ignoreChanges`` that lead to no input, as a program spells it.

    Raises:
        SpokenError: names the first of them.
    """
    for path in paths:
        steps = tuple(steps_of(path))
        spelled = tuple(_respelled(steps))
        if path_to_snake_case(path, _FIELDS) is None:
            raise SpokenError(f"ignoreChanges names {path}, and a release has no such input")
        if tuple(map(str, spelled)) != steps:
            raise SpokenError(f"ignoreChanges names {path}, which is spelled {path_of(spelled)} here")


def with_timeout(inputs: _Properties, action: str, seconds: float) -> _Properties:
    """Return inputs in which an action has the timeout of its request, unless it is declared.

    Args:
        inputs: the provider's.
        action: a key of ``timeouts``.
        seconds: what the options of the resource say; 0 where they say nothing.
    """
    timeouts = inputs.get("timeouts") or {}
    if not seconds or action in timeouts:
        return inputs
    for_this_request = {**timeouts, action: max(1, round(seconds))}
    return inputs | {"timeouts": for_this_request, DECLARED_TIMEOUTS: timeouts}


def as_declared(outs: Mapping[str, Any]) -> _Properties:
    """Return outputs whose inputs have the timeouts again that are declared."""
    kept = dict(outs)
    if DECLARED_TIMEOUTS in kept:
        kept["timeouts"] = kept.pop(DECLARED_TIMEOUTS)
        if not kept["timeouts"]:
            del kept["timeouts"]
    return kept


def _context(urn: str, provider: Provider, secret: list[str]) -> _Properties:
    owner = urns.owner_of(urn, provider.stack_id)
    context = {"owner": owner, "secret_paths": secret, state.REPLACE_ON_CHANGES: []}
    return context | ({state.DELETE_UNREACHABLE: True} if provider.delete_unreachable else {})


def _refused(key: str) -> Problem:
    return Problem(
        key,
        "is possible only in a Python program, where the release is a component; declare a Namespace of the "
        "Kubernetes provider beside the release",
    )


def _always_secret(inputs: Mapping[str, Any]) -> Iterator[str]:
    if "kubeconfig" in inputs and not program_inputs.is_path(inputs["kubeconfig"]):
        yield "kubeconfig"
    source = inputs.get("source")
    if isinstance(source, dict):
        if source.get("password") is not None:
            yield "source.password"
        if program_inputs.has_login(source.get("repository")):
            yield "source.repository"


def _encoded(leaf: Any) -> Any:
    return chart_values.unsendable(leaf) if isinstance(leaf, pulumi.Asset | pulumi.Archive) else leaf


def _in_snake_case(steps: Steps) -> str:
    found: list[str | int] = []
    for step in steps:
        below = fields_at(_FIELDS, tuple(map(str, found)))
        found.append(next((name for name in below if step in (name, camel(name))), step))
    return path_of(found)


def _respelled(steps: tuple[str, ...]) -> Iterator[str | int]:
    for index, step in enumerate(steps):
        if step in fields_at(_FIELDS, steps[:index]):
            yield camel(step)
        else:
            yield int(step) if step.isdigit() else step


def _is_null(part: Any) -> bool:
    return bool(part == _NULL)


def _decoded(leaf: Any) -> Any:
    return None if leaf == _NULL else leaf
