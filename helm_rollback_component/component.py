"""`HelmRelease`: what a user's program sees."""

# Component schemas are inferred from these annotations, which must therefore not be strings.

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import Resource
from pulumi.output import Unknown

from helm_rollback_component.args import FIELDS, HelmReleaseArgs
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.chart_source import passwords_in
from helm_rollback_component.inputs.chart_values import encode, marked, unsendable
from helm_rollback_component.inputs.spelling import Fields, to_snake_case
from helm_rollback_component.inputs.tree import leaves, map_leaves
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import interrupts, resource_options
from helm_rollback_component.pulumi_adapter.assets import without_assets
from helm_rollback_component.pulumi_adapter.run_kind import DRY_RUN
from helm_rollback_component.pulumi_adapter.stack_id import stack_id
from helm_rollback_component.pulumi_adapter.state import REPLACE_ON_CHANGES

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
        rollback_status: the last rollback, see `results.RollbackStatus`.
        history: every stored revision, see `results.ReleaseRevision`.
        conditions: see `results.Condition`.
        resources: the release's objects, see `results.Resource`.
    """

    release_name: pulumi.Output[str]
    release_namespace: pulumi.Output[str]
    revision: pulumi.Output[int]
    chart_version: pulumi.Output[str]
    app_version: pulumi.Output[str]
    status: pulumi.Output[str]
    phase: pulumi.Output[str]
    rollback_status: pulumi.Output[dict[str, Any]]
    history: pulumi.Output[list[dict[str, Any]]]
    conditions: pulumi.Output[list[dict[str, Any]]]
    resources: pulumi.Output[list[dict[str, Any]]]

    def __init__(self, name: str, args: HelmReleaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare a release.

        Args:
            name: the resource's name, and the release's where `args` has no ``release_name``.
            args: see `args.HelmReleaseArgs`; keys in snake_case or camelCase.
            opts: the usual options; ``ignore_changes`` and ``replace_on_changes`` name inputs of `args`.

        Raises:
            pulumi.RunError: the inputs have errors that prevent the declaration.
        """
        super().__init__(TYPE, name, None, opts)
        interrupts.end_program_quietly()
        inputs = _inputs(name, args, resource_options.timeouts(opts))
        resource_options.refuse_foreign_provider(name, inputs, opts)
        namespace = _namespace(self, name, inputs)
        release = _Release(
            f"{name}-release",
            {
                **inputs,
                **_context(self, name, inputs),
                REPLACE_ON_CHANGES: resource_options.replace_on_changes(opts),
                DRY_RUN: pulumi.runtime.is_dry_run(),
            },
            pulumi.ResourceOptions.merge(
                resource_options.passed_on(opts),
                pulumi.ResourceOptions(parent=self, depends_on=namespace, delete_before_replace=True),
            ),
        )
        for output, its_name in _OUTPUTS.items():
            setattr(self, output, getattr(release, its_name))
        self.register_outputs({output: getattr(self, output) for output in _OUTPUTS} if _is_hosted() else {})


_OUTPUTS = {output: output for output in HelmRelease.__annotations__} | {"history": "revisions"}
"""The outputs, and what the release resource calls them: its ``history`` is the input of that name."""


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


def _inputs(name: str, args: HelmReleaseArgs, timeouts: dict[str, int]) -> dict[str, Any]:
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
    if "kubeconfig" in inputs and not _a_path(inputs["kubeconfig"]):
        inputs["kubeconfig"] = pulumi.Output.secret(inputs["kubeconfig"])
    if "source" in inputs:
        inputs["source"] = _with_secret_logins(inputs["source"])
    if "value_files" in inputs:
        inputs["value_files"] = without_assets(inputs["value_files"])
    values = _encoded(name, inputs.pop("values", None) or {})
    return {**map_leaves(inputs, _marked_later), "values": values}


def _encoded(name: str, values: Any) -> Any:  # noqa: ANN401  # JSON-like, with outputs
    try:
        return encode(values, leaf=_encode_later)
    except ValidationError as error:
        raise pulumi.RunError(f"{name}: {error}") from None


def _with_all_others(problems: list[Problem], inputs: Mapping[str, Any]) -> list[Problem]:
    """Return the problems, with those that the provider's check would find, which is not called then."""
    from helm_rollback_component.pulumi_adapter import check  # noqa: PLC0415  # slow to import, and seldom needed

    named = {problem.path for problem in problems}
    _, others = check.parsed(map_leaves(inputs, _unknown_if_output))
    return [*problems, *(problem for problem in others if problem.path not in named)]


def _unknown_if_output(leaf: Any) -> Any:  # noqa: ANN401  # an output, or any given value
    return Unknown() if isinstance(leaf, pulumi.Output) else leaf  # type: ignore[no-untyped-call]


def _with_secret_logins(source: Any) -> Any:  # noqa: ANN401  # an output, or any given value
    if isinstance(source, pulumi.Output):
        return source.apply(lambda known: pulumi.Output.secret(known) if _has_login(known) else known)
    if not isinstance(source, dict):
        return source
    kept = dict(source)
    if kept.get("password") is not None:
        kept["password"] = pulumi.Output.secret(kept["password"])
    if isinstance(kept.get("repository"), pulumi.Output):
        kept["repository"] = _with_secret_logins(kept["repository"])
    elif _has_login(kept.get("repository")):
        kept["repository"] = pulumi.Output.secret(kept["repository"])
    return kept


def _has_login(known: Any) -> bool:  # noqa: ANN401  # an address, a source, or anything that is refused later
    if isinstance(known, Mapping):
        return known.get("password") is not None or _has_login(known.get("repository"))
    return isinstance(known, str) and bool(passwords_in(known))


def _a_path(kubeconfig: Any) -> bool:  # noqa: ANN401  # an output or a text
    content = isinstance(kubeconfig, str) and kubeconfig.lstrip().startswith("{")
    return isinstance(kubeconfig, str) and "\n" not in kubeconfig.strip() and not content


def _respell_later(value: Any, section: Fields) -> Any:  # noqa: ANN401  # an output, or any given value
    if not isinstance(value, pulumi.Output):
        return value
    return value.apply(lambda known: _respell(known, section) if isinstance(known, Mapping) else known)


def _respell(known: Mapping[str, Any], section: Fields) -> Mapping[str, Any]:
    spelled, problems = to_snake_case(known, section)
    return known if problems else spelled  # the provider's check tells what is wrong


def _marked_later(leaf: Any) -> Any:  # noqa: ANN401  # an output, or any given value
    if not isinstance(leaf, pulumi.Output):
        return marked(leaf)
    return leaf.apply(lambda known: map_leaves(known, marked))


def _encode_later(value: Any) -> Any:  # noqa: ANN401  # an output, an asset, …
    if isinstance(value, pulumi.Asset | pulumi.Archive):  # the engine would read what it leads to
        return unsendable(value)
    return pulumi.Output.from_input(value).apply(lambda known: encode(known, leaf=_encode_known))


def _encode_known(value: Any) -> Any:  # noqa: ANN401  # an asset, …
    return unsendable(value) if isinstance(value, pulumi.Asset | pulumi.Archive) else value


def _namespace(component: HelmRelease, name: str, inputs: dict[str, Any]) -> list[pulumi.Resource]:
    if not inputs.get("manage_namespace") or "release_namespace" not in inputs:
        return []
    import pulumi_kubernetes as kubernetes  # noqa: PLC0415  # slow to import, and seldom needed

    cluster = {key: inputs[key] for key in ("kubeconfig", "context") if key in inputs}
    provider = (
        kubernetes.Provider(f"{name}-kubernetes", **cluster, opts=pulumi.ResourceOptions(parent=component))
        if cluster
        else None
    )
    keep = not inputs.get("delete_namespace", False)
    return [
        kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata={"name": inputs["release_namespace"]},
            opts=pulumi.ResourceOptions(parent=component, provider=provider, retain_on_delete=keep),
        )
    ]


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
