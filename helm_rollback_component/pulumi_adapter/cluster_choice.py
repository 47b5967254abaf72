"""Which cluster a release goes to: the one that a Kubernetes resource at the same place would go to.

The first of these decides that names one, and a ``context`` input picks a context of its kubeconfig:

1. the inputs of the release,
2. a Kubernetes provider in its options, or in those of the nearest component above it,
3. the stack's configuration (``kubernetes:kubeconfig``, ``kubernetes:context``),
4. the environment, as kubectl.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import config as configuration

from helm_rollback_component.pulumi_adapter import kubernetes_provider
from helm_rollback_component.pulumi_adapter.program_inputs import secret_if_content
from helm_rollback_component.pulumi_adapter.state import DELETE_UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PACKAGE = "kubernetes"

_DISABLED = (
    "pulumi:disable-default-providers forbids the default Kubernetes provider, and nothing else names a "
    "cluster for the release; give it a Kubernetes provider, or the input kubeconfig or context"
)
_CONTRADICTED = (
    "{name}: the release goes to the cluster of its input kubeconfig, and not to that of the Kubernetes "
    "provider in its options; remove one of the two"
)
_UNSUPPORTED = ("cluster", "renderYamlToDirectory")


def choose(
    component: pulumi.ComponentResource,
    name: str,
    inputs: Mapping[str, Any],
    opts: pulumi.ResourceOptions | None,
) -> dict[str, Any]:
    """Return what the inputs of a release lack: cluster, namespace, and what a lost cluster means.

    Args:
        component: the release's component, which knows the providers above it.
        name: its name, for messages.
        inputs: its inputs, as they are sent.
        opts: its options.

    Raises:
        pulumi.RunError: nothing names a cluster though it must, or Helm cannot take the one that is named.
    """
    provider = component.get_provider(f"{PACKAGE}::")
    if "kubeconfig" in inputs:
        _warn_if_contradicted(component, name, inputs["kubeconfig"], opts)
        return {}
    found = _of_provider(provider) if provider else _of_stack(name, inputs)
    return {key: value for key, value in found.items() if key not in inputs}


def problem_with(component: pulumi.ComponentResource, inputs: Mapping[str, Any]) -> pulumi.Input[str | None]:
    """Return why Helm cannot go where the provider of the release leads; None if it can, or there is none."""
    provider = component.get_provider(f"{PACKAGE}::")
    return kubernetes_provider.problem_with(provider) if provider and "kubeconfig" not in inputs else None


def _of_provider(provider: pulumi.ProviderResource) -> dict[str, Any]:
    def given(key: str) -> pulumi.Output[Any]:
        return kubernetes_provider.input_of(provider, key)

    return {
        "kubeconfig": given("kubeconfig").apply(lambda text: secret_if_content(text) if text else None),
        "context": given("context"),
        "release_namespace": given("namespace"),
        DELETE_UNREACHABLE: given("deleteUnreachable").apply(lambda said: _is_true(said) or None),
    }


def _of_stack(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    if _default_is_disabled():
        if "context" in inputs:
            return {}
        raise pulumi.RunError(f"{name}: {_DISABLED}")
    for key in _UNSUPPORTED:
        if _configured(key):
            raise pulumi.RunError(
                f"{name}: Helm cannot take the cluster from {PACKAGE}:{key} in the stack's configuration; "
                "write the inputs kubeconfig and context"
            )
    found = {
        "kubeconfig": _configured("kubeconfig", secret_if_content),
        "context": _configured("context"),
        "release_namespace": _configured("namespace"),
    }
    return {key: value for key, value in found.items() if value}


def _configured(key: str, sent: Callable[[str], Any] = str) -> Any:
    name = f"{PACKAGE}:{key}"
    text = configuration.get_config(name)
    if not text:
        return None
    return pulumi.Output.secret(text) if configuration.is_config_secret(name) else sent(text)


def _default_is_disabled() -> bool:
    names = json.loads(configuration.get_config("pulumi:disable-default-providers") or "[]")
    return bool({PACKAGE, "*"}.intersection(names))


def _warn_if_contradicted(
    component: pulumi.ComponentResource,
    name: str,
    kubeconfig: pulumi.Input[str],
    opts: pulumi.ResourceOptions | None,
) -> None:
    """Warn where the release's own options name another kubeconfig than its inputs, which decide."""
    provider = _among(opts)
    if provider is None:
        return

    def compare(texts: Sequence[str | None]) -> None:
        ours, theirs = texts
        if theirs and theirs != ours:
            pulumi.warn(_CONTRADICTED.format(name=name), component)

    pulumi.Output.all(kubeconfig, kubernetes_provider.input_of(provider, "kubeconfig")).apply(compare)


def _among(opts: pulumi.ResourceOptions | None) -> pulumi.ProviderResource | None:
    given = opts.providers if opts and opts.providers else ()
    several = given.values() if isinstance(given, Mapping) else given
    alone = [opts.provider] if opts and opts.provider else []
    return next((each for each in (*alone, *several) if each.package == PACKAGE), None)


def _is_true(said: object) -> bool:
    return str(said).lower() == "true"
