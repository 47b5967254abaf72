"""`HelmRelease`: what a user's program sees."""

# Component schemas are inferred from these annotations, which must therefore not be strings.

import asyncio
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from helm_rollback_component.args import HelmReleaseArgs
from helm_rollback_component.inputs.chart_values import with_whole_numbers
from helm_rollback_component.inputs.tree import leaves
from helm_rollback_component.outputs import (
    ConditionOutput,
    ResourceOutput,
    RevisionOutput,
    RollbackStatusOutput,
)
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import adoption, cluster_choice, interrupts, resource_options
from helm_rollback_component.pulumi_adapter.program_inputs import inputs_of
from helm_rollback_component.pulumi_adapter.run_kind import DRY_RUN
from helm_rollback_component.pulumi_adapter.stack_id import stack_id
from helm_rollback_component.pulumi_adapter.state import HELD, REFUSALS, REPLACE_ON_CHANGES

TYPE = "helm-rollback:index:HelmRelease"

RELEASE_TYPE = "pulumi-python:dynamic/helm-rollback:Release"


class HelmRelease(pulumi.ComponentResource):
    """A Helm release that rolls back by itself.

    When an upgrade fails, the last revision that was seen to work is restored, the outputs say so, and the
    update fails.

    Attributes:
        release_name: Helm's name of the release.
        release_namespace: its namespace.
        revision: the number of the revision that is deployed.
        chart_version: the version of its chart.
        app_version: the application version of its chart.
        status: Helm's status of it, such as ``deployed``.
        phase: ``Deployed``, ``RolledBack``, ``Failed`` or ``Stalled``.
        rollback_status: the last rollback, see `outputs.RollbackStatusOutput`.
        history: every stored revision, see `outputs.RevisionOutput`.
        conditions: see `outputs.ConditionOutput`.
        resources: the release's objects, see `outputs.ResourceOutput`.
    """

    release_name: pulumi.Output[str]
    release_namespace: pulumi.Output[str]
    revision: pulumi.Output[int]
    chart_version: pulumi.Output[str]
    app_version: pulumi.Output[str]
    status: pulumi.Output[str]
    phase: pulumi.Output[str]
    rollback_status: pulumi.Output[RollbackStatusOutput]
    history: pulumi.Output[list[RevisionOutput]]
    conditions: pulumi.Output[list[ConditionOutput]]
    resources: pulumi.Output[list[ResourceOutput]]

    def __init__(self, name: str, args: HelmReleaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare a release.

        Args:
            name: the resource's name, and the release's where `args` has no ``release_name``.
            args: see `args.HelmReleaseArgs`; keys in snake_case or camelCase.
            opts: the usual options; ``ignore_changes`` and ``replace_on_changes`` name inputs of `args`.

        Raises:
            pulumi.RunError: the inputs have errors that prevent the declaration.
        """
        own_options = resource_options.of_the_component(name, opts)
        timeouts = resource_options.timeouts(name, opts)
        super().__init__(TYPE, name, None, own_options)
        interrupts.end_program_quietly()
        given = inputs_of(name, args, timeouts)
        inputs = {**given, **cluster_choice.choose(self, name, given, opts)}
        own_way = any(key in given for key in ("kubeconfig", "context"))
        namespace = _namespace(self, name, inputs, opts, own_way=own_way)
        refusals = {
            "kubeconfig": cluster_choice.problem_with(self, given),
            **adoption.problems_with(inputs),
        }
        release = _Release(
            f"{name}-release",
            {
                **inputs,
                **_context(self, name, inputs),
                REFUSALS: {key: why for key, why in refusals.items() if why is not None} or None,
                HELD: adoption.held(inputs),
                REPLACE_ON_CHANGES: resource_options.replace_on_changes(name, opts),
                DRY_RUN: pulumi.runtime.is_dry_run() or None,
            },
            pulumi.ResourceOptions.merge(
                resource_options.passed_on(name, opts, _OUTPUTS),
                pulumi.ResourceOptions(parent=self, depends_on=namespace, delete_before_replace=True),
            ),
        )
        for output, its_name in _OUTPUTS.items():
            found = getattr(release, its_name)
            setattr(self, output, found.apply(with_whole_numbers) if output in _NESTED else found)
        _complete(self, release)


_OUTPUTS = {output: output for output in HelmRelease.__annotations__} | {"history": "revisions"}
"""The outputs, and what the release resource calls them: its ``history`` is the input of that name."""

_NESTED = ("rollback_status", "history")
"""The outputs within which there are numbers, which Pulumi makes floats; all of them are whole."""


def _complete(component: HelmRelease, release: "_Release") -> None:
    """Tell the engine that nothing else belongs to the component.

    Under ``--continue-on-error`` it skips what depends on a failed resource, and ends the update when such a
    component is completed. Then the release has no id, and what is applied to it does not happen.
    """
    if _is_hosted():
        component.register_outputs({output: getattr(component, output) for output in _OUTPUTS})
    elif pulumi.runtime.is_dry_run():
        component.register_outputs({})
    else:
        release.id.apply(lambda _: component.register_outputs({}))


def _is_hosted() -> bool:
    """Whether this is a component that a package hosts for a program in another process.

    That program may read the outputs from the state. Otherwise nobody does: a program has them as attributes,
    and the state of the release resource holds them all.
    """
    return pulumi.runtime.get_root_resource() is None


class _Release(Resource, module="helm-rollback", name="Release"):
    revision: pulumi.Output[int]  # the other outputs have the type that they have in the state

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        outputs = dict.fromkeys(_OUTPUTS.values())
        super().__init__(ReleaseProvider(), name, {**outputs, **inputs}, opts)


def _namespace(
    component: HelmRelease,
    name: str,
    inputs: dict[str, Any],
    opts: pulumi.ResourceOptions | None,
    *,
    own_way: bool,
) -> list[pulumi.Resource]:
    """Declare the namespace, if it is managed; with a provider of its own if the inputs name a cluster."""
    if not inputs.get("manage_namespace") or "release_namespace" not in inputs:
        return []
    import pulumi_kubernetes as kubernetes  # noqa: PLC0415  # slow to import, and seldom needed

    cluster = {key: inputs[key] for key in ("kubeconfig", "context") if key in inputs}
    provider = (
        kubernetes.Provider(f"{name}-kubernetes", **cluster, opts=pulumi.ResourceOptions(parent=component))
        if own_way
        else None
    )
    keep = not inputs.get("delete_namespace", False)
    return [
        kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata={"name": pulumi.Output.from_input(inputs["release_namespace"]).apply(_named)},
            opts=pulumi.ResourceOptions.merge(
                resource_options.of_the_namespace(opts),
                pulumi.ResourceOptions(parent=component, provider=provider, retain_on_delete=keep or None),
            ),
        )
    ]


def _named(namespace: str | None) -> str:
    if not namespace:
        raise pulumi.RunError("manage_namespace needs a name: write the input release_namespace")
    return namespace


def _context(component: HelmRelease, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "owner": {
            "organization": pulumi.get_organization(),
            "project": pulumi.get_project(),
            "stack": pulumi.get_stack(),
            "urn": asyncio.ensure_future(_child_urn(component, f"{name}-release", RELEASE_TYPE)),
            "stack_id": stack_id(),
        },
        "secret_paths": _secret_paths(inputs),
    }


async def _child_urn(component: HelmRelease, name: str, kind: str) -> str | None:
    """Return a child's URN; an output of it would make the child depend on the component and so on itself."""
    urn = await component.urn.future()
    return urn and f"{urn.rpartition('::')[0]}${kind}::{name}"


def _secret_paths(inputs: dict[str, Any]) -> pulumi.Input[list[str]]:
    outputs = [(path, leaf) for path, leaf in leaves(inputs) if isinstance(leaf, pulumi.Output)]
    if not outputs:
        return []
    paths = pulumi.Output.all(*(_path_if_secret(leaf, path) for path, leaf in outputs))
    return paths.apply(lambda found: sorted(filter(None, found)))


async def _path_if_secret(output: pulumi.Output[Any], path: str) -> str:
    return path if await output.is_secret() else ""
