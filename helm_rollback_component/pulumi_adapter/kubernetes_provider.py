"""What a Kubernetes provider of the program was given, read from the engine, which has it in every run."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import rpc

from helm_rollback_component.pulumi_adapter.engine_resources import look_up

_UNREADABLE = (
    "the engine does not tell which cluster the Kubernetes provider of this release leads to; write the "
    "inputs kubeconfig and context for the same cluster"
)
_REFUSED = {
    "renderYamlToDirectory": (
        "the Kubernetes provider of this release only renders manifests into a folder, and Helm needs a "
        "cluster; write the inputs kubeconfig and context"
    ),
    "cluster": (
        "the Kubernetes provider of this release has the input cluster, and Helm takes only a context; "
        "write the inputs kubeconfig and context"
    ),
}

_asked: WeakKeyDictionary[pulumi.ProviderResource, pulumi.Output[Any]] = WeakKeyDictionary()


def input_of(provider: pulumi.ProviderResource, key: str) -> pulumi.Output[Any]:
    """Return one input of a provider, as Pulumi's schema spells its key; None where it has none.

    It is secret if the provider's is, unknown in a preview if that is, and depends on the provider.
    """
    return _inputs(provider).apply(lambda found: _read(found, key))


def problem_with(provider: pulumi.ProviderResource) -> pulumi.Output[str | None]:
    """Return why Helm cannot go where the provider leads; None if it can."""
    return _inputs(provider).apply(_problem)


def _inputs(provider: pulumi.ProviderResource) -> pulumi.Output[Any]:
    if provider not in _asked:
        _asked[provider] = provider.urn.apply(_ask)
    return _asked[provider]


async def _ask(urn: str) -> Any:
    """Return the inputs as a protobuf Struct, in which the SDK looks for nothing unknown or secret yet."""
    found = await look_up(urn)
    return found["state"].struct_value if found else None


def _problem(found: Any) -> str | None:
    if found is None:
        return _UNREADABLE
    return next((problem for key, problem in _REFUSED.items() if found.fields.get(key)), None)


def _read(found: Any, key: str) -> Any:
    if found is None or key not in found.fields:
        return None
    value = rpc.deserialize_property(found[key], keep_unknowns=True)
    return pulumi.Output.secret(rpc.unwrap_rpc_secret(value)) if rpc.is_rpc_secret(value) else value
