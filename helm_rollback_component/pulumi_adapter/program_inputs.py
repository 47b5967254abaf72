"""From what a program gives to the inputs of the release resource: names, secrets, sendable values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.output import Unknown

from helm_rollback_component.args import FIELDS
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.arguments import INPUTS, Kind, require
from helm_rollback_component.inputs.chart_source import passwords_in
from helm_rollback_component.inputs.chart_values import encode, marked, unsendable
from helm_rollback_component.inputs.spelling import to_snake_case
from helm_rollback_component.inputs.tree import map_leaves
from helm_rollback_component.pulumi_adapter.assets import without_assets

if TYPE_CHECKING:
    from helm_rollback_component.args import HelmReleaseArgs
    from helm_rollback_component.inputs.spelling import Fields


def inputs_of(name: str, args: HelmReleaseArgs, timeouts: dict[str, int]) -> dict[str, Any]:
    """Return the inputs of the release resource.

    Args:
        name: the component's name.
        args: what the program gave.
        timeouts: those of the resource options, in seconds; `args` go before them.

    Raises:
        pulumi.RunError: the inputs have errors that prevent the declaration.
    """
    refuse_other_kinds(name, INPUTS, args=args)
    spelled, problems = to_snake_case(args, FIELDS, nested=_respell_later)
    inputs = {key: value for key, value in spelled.items() if value is not None}
    inputs.setdefault("release_name", name)
    problems += [
        Problem(
            switch, "must be a plain True or False, not an output: it decides which resources are declared"
        )
        for switch in ("manage_namespace", "delete_namespace")
        if not isinstance(inputs.get(switch, False), bool)
    ]
    if problems:
        raise pulumi.RunError(f"{name}: {'; '.join(map(str, _with_all_others(problems, inputs)))}")
    if timeouts:
        inputs["timeouts"] = pulumi.Output.from_input(inputs.get("timeouts") or {}).apply(
            lambda given: {**timeouts, **given} if isinstance(given, Mapping) else given
        )
    if "kubeconfig" in inputs:
        inputs["kubeconfig"] = secret_if_content(inputs["kubeconfig"])
    if "source" in inputs:
        inputs["source"] = _with_secret_logins(inputs["source"])
    if "value_files" in inputs:
        inputs["value_files"] = without_assets(inputs["value_files"])
    values = _encoded(name, inputs.pop("values", None) or {})
    return {**map_leaves(inputs, _marked_later, is_leaf=_has_output_key), "values": values}


def refuse_other_kinds(name: str, kind: Kind, **given: object) -> None:
    """Refuse arguments of a declaration that are of another kind; see `require`.

    Raises:
        pulumi.RunError: names each that is.
    """
    try:
        require(kind, **given)
    except ValidationError as error:
        raise pulumi.RunError(f"{name}: {error}") from None


def secret_if_content(kubeconfig: Any) -> Any:
    """Return a kubeconfig as it is sent: a secret, unless it is known to be a path."""
    return kubeconfig if is_path(kubeconfig) else pulumi.Output.secret(kubeconfig)


def _encoded(name: str, values: Any) -> Any:
    try:
        return encode(values, leaf=_encode_later, is_leaf=_has_output_key)
    except ValidationError as error:
        raise pulumi.RunError(f"{name}: {error}") from None


def _with_all_others(problems: list[Problem], inputs: Mapping[str, Any]) -> list[Problem]:
    """Return the problems, with those that the provider's check would find, which is not called then."""
    from helm_rollback_component.pulumi_adapter import check  # noqa: PLC0415  # slow to import, and seldom needed

    named = {problem.path for problem in problems}
    _, others = check.parsed(map_leaves(inputs, _unknown_if_output))
    return [*problems, *(problem for problem in others if problem.path not in named)]


def _unknown_if_output(leaf: Any) -> Any:
    return Unknown() if isinstance(leaf, pulumi.Output) else leaf  # type: ignore[no-untyped-call]


def _with_secret_logins(source: Any) -> Any:
    if isinstance(source, pulumi.Output):
        return source.apply(lambda known: pulumi.Output.secret(known) if has_login(known) else known)
    if not isinstance(source, dict):
        return source
    kept = dict(source)
    if kept.get("password") is not None:
        kept["password"] = pulumi.Output.secret(kept["password"])
    if isinstance(kept.get("repository"), pulumi.Output):
        kept["repository"] = _with_secret_logins(kept["repository"])
    elif has_login(kept.get("repository")):
        kept["repository"] = pulumi.Output.secret(kept["repository"])
    return kept


def has_login(known: Any) -> bool:
    """Whether a source, or the URL of a repository, holds a password."""
    if isinstance(known, Mapping):
        return known.get("password") is not None or has_login(known.get("repository"))
    return isinstance(known, str) and bool(passwords_in(known))


def is_path(kubeconfig: Any) -> bool:
    """Whether a kubeconfig is known to be a path, which is no secret."""
    content = isinstance(kubeconfig, str) and kubeconfig.lstrip().startswith("{")
    return isinstance(kubeconfig, str) and "\n" not in kubeconfig.strip() and not content


def _respell_later(value: Any, section: Fields) -> Any:
    if not isinstance(value, pulumi.Output):
        return value
    return value.apply(lambda known: _respell(known, section) if isinstance(known, Mapping) else known)


def _respell(known: Mapping[str, Any], section: Fields) -> Mapping[str, Any]:
    spelled, problems = to_snake_case(known, section)
    return known if problems else spelled  # the provider's check tells what is wrong


def _marked_later(leaf: Any) -> Any:
    if isinstance(leaf, Mapping):
        return _with_known_keys(leaf).apply(lambda known: pulumi.Output.from_input(map_leaves(known, marked)))
    if not isinstance(leaf, pulumi.Output):
        return marked(leaf)
    return leaf.apply(lambda known: map_leaves(known, marked))


def _encode_later(value: Any) -> Any:
    if isinstance(value, pulumi.Asset | pulumi.Archive):  # the engine would read what it leads to
        return unsendable(value)
    if isinstance(value, Mapping):
        return _with_known_keys(value).apply(lambda known: pulumi.Output.from_input(_encode_nested(known)))
    return pulumi.Output.from_input(value).apply(lambda known: encode(known, leaf=_encode_known))


def _encode_nested(known: Mapping[str, Any]) -> Any:
    return encode(known, leaf=_encode_later, is_leaf=_has_output_key)


def _has_output_key(part: Any) -> bool:
    return isinstance(part, Mapping) and any(isinstance(key, pulumi.Output) for key in part)


def _with_known_keys(mapping: Mapping[Any, Any]) -> pulumi.Output[dict[Any, Any]]:
    """Return the mapping when all its keys are known."""
    values = [*mapping.values()]
    return pulumi.Output.all(*mapping).apply(lambda keys: dict(zip(keys, values, strict=True)))


def _encode_known(value: Any) -> Any:
    return unsendable(value) if isinstance(value, pulumi.Asset | pulumi.Archive) else value
