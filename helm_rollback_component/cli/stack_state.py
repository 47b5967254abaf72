"""The releases that a stack's state declares. Pure; secrets stay encrypted unless the state is decrypted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError as PydanticValidationError

from helm_rollback_component.config import HelmConfig, RollbackConfig
from helm_rollback_component.config.constraints import fields_of
from helm_rollback_component.core.health import foreign
from helm_rollback_component.inputs.secret_values import secrets_at
from helm_rollback_component.inputs.spelling import camel, to_snake_case
from helm_rollback_component.pulumi_adapter import holdings, stack_export
from helm_rollback_component.pulumi_adapter.state import OF_PLUGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN = ("release_name", "release_namespace", "phase", "revision")
"""The other outputs of it that the next update goes by."""


@dataclass(frozen=True)
class Declared:
    """A release of a stack.

    Attributes:
        resource: the name of the resource in the program.
        release: Helm's name of the release.
        namespace: its namespace.
        kubeconfig: path or content, None if there is none or it is encrypted.
        context: the context in it, None for the current one.
        encrypted: whether the kubeconfig cannot be read.
        rollback: the rollback section of the inputs, the default one where it cannot be read.
        secrets: the secrets among the inputs, as far as they are decrypted.
        saved: what the provider has saved of it, as the provider itself knows it; empty where there is none.
        hidden: the names of those properties of which something is encrypted.
    """

    resource: str
    release: str
    namespace: str
    kubeconfig: str | None = field(default=None, repr=False)
    context: str | None = None
    encrypted: bool = False
    rollback: RollbackConfig = field(default_factory=RollbackConfig)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    saved: Mapping[str, Any] = field(default_factory=dict, repr=False)
    hidden: tuple[str, ...] = ()


def releases(state: Mapping[str, Any]) -> list[Declared]:
    """Return the releases in a state, as `pulumi stack export` or a backend's file has it."""
    found = (_declared(each) for each in stack_export.resources(state) if each.get("type") in holdings.OURS)
    return [each for each in found if each]


def _declared(resource: Mapping[str, Any]) -> Declared | None:
    inputs, encrypted = stack_export.properties(resource, "inputs")
    outputs, hidden = stack_export.properties(resource, "outputs")
    spelled, _ = to_snake_case(inputs, fields_of(HelmConfig))
    release, namespace = (spelled.get(each) for each in ("release_name", "release_namespace"))
    if not (isinstance(release, str) and isinstance(namespace, str)):
        return None
    kubeconfig, context = spelled.get("kubeconfig"), spelled.get("context")
    places = [*foreign.texts(spelled, "secret_paths"), "source.password"]
    return Declared(
        resource=str(resource.get("urn", "")).rpartition("::")[2].removesuffix("-release"),
        release=release,
        namespace=namespace,
        kubeconfig=kubeconfig if isinstance(kubeconfig, str) else None,
        context=context if isinstance(context, str) else None,
        encrypted="kubeconfig" in encrypted,
        rollback=_rollback(spelled),
        secrets=tuple(secrets_at(spelled, places)),
        saved=_saved(outputs),
        hidden=tuple(sorted(encrypted or hidden)),
    )


def _saved(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs as the provider knows them; a plugin's resource has them in two parts."""
    if OF_PLUGIN not in outputs:
        return dict(outputs)
    reason = foreign.mapping(outputs, "rollbackStatus").get("reason")
    shown = {key: outputs.get(camel(key)) for key in _SHOWN}
    return {**foreign.mapping(outputs, OF_PLUGIN), **shown, "rollback_status": {"reason": reason}}


def _rollback(inputs: Mapping[str, Any]) -> RollbackConfig:
    section = foreign.mapping(foreign.mapping(inputs, "operations"), "rollback")
    known = {name: value for name, value in section.items() if value is not None}
    try:
        return RollbackConfig.model_validate(known)
    except PydanticValidationError:
        return RollbackConfig()
