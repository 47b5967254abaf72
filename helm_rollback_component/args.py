"""The inputs of `HelmRelease`, as a program writes them.

All are TypedDicts of Pulumi inputs, so a plain dictionary does as well. What each one means and may hold is
told where it is validated, in `helm_rollback_component.config`.
"""

# Component schemas are inferred from these annotations, which must therefore not be strings.

from typing import Any, NotRequired, TypedDict

import pulumi


class SourceArgs(TypedDict):
    """Where the chart comes from; see `config.SourceConfig`."""

    chart: pulumi.Input[str]
    repository: NotRequired[pulumi.Input[str]]
    version: NotRequired[pulumi.Input[str]]
    dependency_update: NotRequired[pulumi.Input[bool]]
    verify: NotRequired[pulumi.Input[bool]]
    keyring: NotRequired[pulumi.Input[str]]
    username: NotRequired[pulumi.Input[str]]
    password: NotRequired[pulumi.Input[str]]
    ca_file: NotRequired[pulumi.Input[str]]
    cert_file: NotRequired[pulumi.Input[str]]
    key_file: NotRequired[pulumi.Input[str]]
    plain_http: NotRequired[pulumi.Input[bool]]
    insecure_skip_tls_verify: NotRequired[pulumi.Input[bool]]


class TimeoutsArgs(TypedDict, total=False):
    """How long each action may take, in seconds; see `config.TimeoutsConfig`."""

    deploy: pulumi.Input[int]
    upgrade: pulumi.Input[int]
    rollback: pulumi.Input[int]
    delete: pulumi.Input[int]


class RollbackArgs(TypedDict, total=False):
    """When and how to roll back; see `config.RollbackConfig`."""

    enabled: pulumi.Input[bool]
    strategy: pulumi.Input[str]
    target_revision: pulumi.Input[int]
    on_rollback: pulumi.Input[str]
    retries: pulumi.Input[int]
    retry_trigger: pulumi.Input[str]


class OperationsArgs(TypedDict, total=False):
    """What may be done to a release beyond deploying it."""

    rollback: pulumi.Input[RollbackArgs]


class HistoryArgs(TypedDict, total=False):
    """How much history is kept; see `config.HistoryConfig`."""

    max_revisions: pulumi.Input[int]
    keep_on_delete: pulumi.Input[bool]


class HealthArgs(TypedDict, total=False):
    """When a release counts as bad, and as good; see `config.HealthConfig`."""

    fail_fast: pulumi.Input[bool]
    image_pull_grace: pulumi.Input[float]
    grace: pulumi.Input[float]
    crash_loop_restarts: pulumi.Input[int]
    refused_grace: pulumi.Input[float]
    unschedulable_grace: pulumi.Input[float]
    volume_grace: pulumi.Input[float]
    soak: pulumi.Input[float]
    test: pulumi.Input[bool]


class HelmReleaseArgs(TypedDict):
    """Everything a program declares of one release; see `config.HelmConfig`."""

    release_namespace: pulumi.Input[str]
    source: pulumi.Input[SourceArgs]
    release_name: NotRequired[pulumi.Input[str]]
    manage_namespace: NotRequired[bool]
    delete_namespace: NotRequired[bool]
    values: NotRequired[pulumi.Input[dict[str, Any]]]
    value_files: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    timeouts: NotRequired[pulumi.Input[TimeoutsArgs]]
    operations: NotRequired[pulumi.Input[OperationsArgs]]
    history: NotRequired[pulumi.Input[HistoryArgs]]
    health: NotRequired[pulumi.Input[HealthArgs]]
    kubeconfig: NotRequired[pulumi.Input[str]]
    context: NotRequired[pulumi.Input[str]]
    helm: NotRequired[pulumi.Input[str]]
    adopt: NotRequired[pulumi.Input[bool]]
    skip_crds: NotRequired[pulumi.Input[bool]]
    disable_hooks: NotRequired[pulumi.Input[bool]]
    disable_openapi_validation: NotRequired[pulumi.Input[bool]]
    force_update: NotRequired[pulumi.Input[bool]]
    take_ownership: NotRequired[pulumi.Input[bool]]
    wait_for_jobs: NotRequired[pulumi.Input[bool]]
    description: NotRequired[pulumi.Input[str]]
    labels: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    post_renderer: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
