"""The inputs of `HelmRelease`, as a program writes them.

All are TypedDicts of Pulumi inputs, so a plain dictionary can be used as well. The text of each input is that
of `helm_rollback_component.config`, which validates it.
"""

# Component schemas are inferred from these annotations, which must therefore not be strings.

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, get_args, is_typeddict

import pulumi

if TYPE_CHECKING:
    from helm_rollback_component.inputs.spelling import Fields

    _ValueFile = pulumi.Input[str | pulumi.Asset]
    _Strategy = Literal["automatic", "manual", "version-based"]
    _OnRollback = Literal["fail", "warn"]
    _Floor = int | Literal["current"]
    _WaitStrategy = Literal["auto", "watcher", "legacy"]
else:  # a component's schema has neither unions nor literals
    _ValueFile = _Floor = Any
    _Strategy = _OnRollback = _WaitStrategy = str


class SourceArgs(TypedDict):
    """Where the chart comes from: a folder or archive, a repository, or an OCI registry."""

    chart: pulumi.Input[str]
    """The chart: the path of a folder or an archive, a chart's name in `repository`, or
    `oci://registry/path/name`. Required.
    """
    repository: NotRequired[pulumi.Input[str]]
    """URL of the chart repository, below which its index.yaml is. Not allowed for an `oci://` chart.
    Default: none.
    """
    version: NotRequired[pulumi.Input[str]]
    """The exact chart version, such as `1.2.3`. Required for a chart that is fetched, not allowed for a path.
    Default: none.
    """
    dependency_update: NotRequired[pulumi.Input[bool]]
    """Fetch the dependencies of a local chart before it is deployed. Default: False."""
    verify: NotRequired[pulumi.Input[bool]]
    """Check the signature of the chart, which must be an archive. Default: False."""
    keyring: NotRequired[pulumi.Input[str]]
    """Path of the file with the public keys for `verify`, which it needs; without it, GnuPG's own keyring is
    used. Default: none.
    """
    username: NotRequired[pulumi.Input[str]]
    """User name for the repository or the registry. Default: none."""
    password: NotRequired[pulumi.Input[str]]
    """Password for the repository or the registry; always a secret in the state. Default: none."""
    ca_file: NotRequired[pulumi.Input[str]]
    """Path of the certificate authority of the repository or the registry. Default: none."""
    cert_file: NotRequired[pulumi.Input[str]]
    """Path of the client certificate for the repository or the registry. Default: none."""
    key_file: NotRequired[pulumi.Input[str]]
    """Path of the key of the client certificate. Default: none."""
    plain_http: NotRequired[pulumi.Input[bool]]
    """Use HTTP instead of HTTPS for an `oci://` registry. Default: False."""
    insecure_skip_tls_verify: NotRequired[pulumi.Input[bool]]
    """Do not check the TLS certificate of the repository or the registry. Default: False."""


class TimeoutsArgs(TypedDict, total=False):
    """How long each action may take, in seconds."""

    deploy: pulumi.Input[int]
    """How long the first deployment may take to become ready, in seconds; 1 or higher. Default: 300."""
    upgrade: pulumi.Input[int]
    """How long an upgrade may take to become ready, in seconds, and how long the chart's tests may take; 1 or
    higher. Default: 300.
    """
    rollback: pulumi.Input[int]
    """How long a rollback may take until the restored revision is ready, in seconds; 1 or higher.
    Default: 300.
    """
    delete: pulumi.Input[int]
    """How long the deletion of the objects may take, in seconds; 1 or higher. Default: 300."""


class RollbackArgs(TypedDict, total=False):
    """When and how to roll back."""

    enabled: pulumi.Input[bool]
    """Whether a failed upgrade is rolled back; if not, the failure is reported and nothing is changed.
    Default: True.
    """
    strategy: pulumi.Input[_Strategy]
    """`automatic`: restore the last good revision after a failed upgrade. `manual`: restore nothing after a
    failure; `target_revision` holds the release at one revision. `version-based`: as `automatic`; a declared
    chart version lower than the deployed one is restored from history too. Default: `automatic`.
    """
    target_revision: pulumi.Input[int]
    """Number of a revision, 1 or higher. `automatic`: the revision to restore after a failure, instead of the
    last good one. `manual`: the revision whose content the release has while this is set. Not allowed with
    `version-based`. Default: none.
    """
    floor: pulumi.Input[_Floor]
    """The oldest revision that may be restored: its number, 1 or higher, or `current`, the last revision that
    was good when the update begins. A failed upgrade is not rolled back to an older one; a requested rollback
    to one is refused unless `allow_data_loss` is set. Default: none.
    """
    allow_data_loss: pulumi.Input[bool]
    """Roll back also where that destroys data: custom resources whose definition is deleted, volumes, the
    content of namespaces. Without it, such a rollback is refused, and a failed upgrade is left as it is. With
    it, a requested rollback may go back across a point of no return too. Default: False.
    """
    on_rollback: pulumi.Input[_OnRollback]
    """How an update ends that was rolled back: `fail`, or `warn`, which succeeds with a warning.
    Default: `fail`.
    """
    retries: pulumi.Input[int]
    """How many more times a failed upgrade is tried in one update, after the rollback; 0 or higher.
    Default: 0.
    """
    retry_trigger: pulumi.Input[str]
    """Any text, at most 256 characters. A change makes the next update try inputs again that were rolled
    back. Default: none.
    """


class OperationsArgs(TypedDict, total=False):
    """What is done to the release besides deploying it."""

    rollback: pulumi.Input[RollbackArgs]
    """When and how the release is rolled back."""


class HistoryArgs(TypedDict, total=False):
    """How much of the release's history is kept."""

    max_revisions: pulumi.Input[int]
    """How many revisions are kept; 0 keeps all. The newest, the deployed and the last good one are always
    kept. Default: 10.
    """
    keep_on_delete: pulumi.Input[bool]
    """Keep the history of the release when the release is deleted. Default: False."""


class HealthArgs(TypedDict, total=False):
    """When a deployment counts as failed, and when as good."""

    fail_fast: pulumi.Input[bool]
    """End a deployment as soon as it is certain to fail, instead of at its timeout. Default: True."""
    image_pull_grace: pulumi.Input[float]
    """How long an image may fail to be pulled for good before the deployment has failed, in seconds.
    Failures that may pass (the network, a rate limit) have 60 s, or this if it is longer. Default: 3.
    """
    grace: pulumi.Input[float]
    """How long a container may fail to be created or started, or be unready during `soak`, in seconds.
    Default: 10.
    """
    crash_loop_restarts: pulumi.Input[int]
    """How many restarts of a container in back-off make a crash loop; 1 or higher. In a first deployment
    one more, and in none while what it may wait for is not ready. Default: 3.
    """
    refused_grace: pulumi.Input[float]
    """How long the API server may refuse the pods of a workload (quota, admission), in seconds. Default: 12.
    """
    unschedulable_grace: pulumi.Input[float]
    """How long a pod may fit on no node while no autoscaler adds one, in seconds. Default: 60."""
    volume_grace: pulumi.Input[float]
    """How long a PersistentVolumeClaim may get no volume, in seconds. Default: 60."""
    soak: pulumi.Input[float]
    """How long a ready release is watched before its revision counts as good, in seconds; 0 for not at all.
    Default: 0.
    """
    test: pulumi.Input[bool]
    """Run the chart's tests (`helm test`) after each deployment; if one fails, the deployment has failed.
    Default: False.
    """


class HelmReleaseArgs(TypedDict):
    """Everything that a program declares about one release: the inputs of `HelmRelease`."""

    release_namespace: NotRequired[pulumi.Input[str]]
    """The namespace of the release, which must exist unless `manage_namespace` is set. A change replaces the
    release. Required, unless its Kubernetes provider or the stack's configuration names one.
    """
    source: pulumi.Input[SourceArgs]
    """Where the chart comes from. Required."""
    release_name: NotRequired[pulumi.Input[str]]
    """Helm's name of the release: at most 53 lowercase letters, digits, `-` and `.`. A change replaces the
    release. Default: the name of the resource.
    """
    manage_namespace: NotRequired[bool]
    """Create the namespace too, as a resource of its own; a plain bool, not an output. Default: False."""
    delete_namespace: NotRequired[bool]
    """Delete the managed namespace, and everything in it, when the release is deleted; a plain bool.
    Default: False.
    """
    values: NotRequired[pulumi.Input[dict[str, Any]]]
    """Values for the chart; they override `value_files`. A null removes a default of the chart.
    Default: none.
    """
    value_files: NotRequired[pulumi.Input[list[_ValueFile]]]
    """YAML files with values for the chart: their paths, or `pulumi.FileAsset` and `pulumi.StringAsset`.
    Later files override earlier ones; the documents of a file are merged, as Helm 4 does. Default: none.
    """
    timeouts: NotRequired[pulumi.Input[TimeoutsArgs]]
    """How long each action may take."""
    operations: NotRequired[pulumi.Input[OperationsArgs]]
    """What is done to the release besides deploying it."""
    history: NotRequired[pulumi.Input[HistoryArgs]]
    """How much of the release's history is kept."""
    health: NotRequired[pulumi.Input[HealthArgs]]
    """When a deployment counts as failed, and when as good."""
    kubeconfig: NotRequired[pulumi.Input[str]]
    """Path of a kubeconfig, or its content, which is a secret in the state. Without it, that of a Kubernetes
    provider of the release or of a component above it, or of the stack's configuration; then the one that
    kubectl would use, or the service account of the pod. Another cluster replaces the release. Default: none.
    """
    context: NotRequired[pulumi.Input[str]]
    """Context in the kubeconfig; without it, that of where the kubeconfig comes from, or the current one.
    Default: none.
    """
    helm: NotRequired[pulumi.Input[str]]
    """Which Helm is used: `auto` (the `helm` on the PATH, otherwise the embedded one), `cli`, `embedded`, or
    the name or the path of a Helm program. Default: `auto`.
    """
    adopt: NotRequired[pulumi.Input[bool]]
    """Take over a release that exists already, also one that another stack manages. Default: False."""
    skip_crds: NotRequired[pulumi.Input[bool]]
    """Do not install the CustomResourceDefinitions in the chart's `crds` folder. Default: False."""
    disable_hooks: NotRequired[pulumi.Input[bool]]
    """Do not run the hooks of the chart. Default: False."""
    disable_openapi_validation: NotRequired[pulumi.Input[bool]]
    """Do not validate the rendered objects against the cluster's OpenAPI schema. Default: False."""
    force_update: NotRequired[pulumi.Input[bool]]
    """Replace objects that cannot be updated, which can interrupt the service. Default: False."""
    take_ownership: NotRequired[pulumi.Input[bool]]
    """Take over existing objects that belong to no release, or to another one. A first deployment that fails
    and took over any leaves all of its objects as they are. Default: False.
    """
    wait_for_jobs: NotRequired[pulumi.Input[bool]]
    """Count the release as ready only when its Jobs are complete. Default: False."""
    wait_strategy: NotRequired[pulumi.Input[_WaitStrategy]]
    """How Helm waits for readiness. `watcher`: by the status of every object, as Helm 4 does by default.
    `legacy`: by the rules of Helm 3, which do not wait for custom resources. `auto`: `legacy` for a chart or
    values that name API groups other than those of Kubernetes, whose custom resources Helm 4 may never find
    ready, unless they ask for a load balancer, for whose address `legacy` waits; else `watcher`. Helm 3 knows
    only its own way. Default: `auto`.
    """
    description: NotRequired[pulumi.Input[str]]
    """Text that Helm stores with the revision and shows in `helm history`. Default: none."""
    labels: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Labels for Helm's record of the release, not for its objects. Default: none."""
    post_renderer: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """What changes the rendered manifests, followed by its arguments: for Helm 3 a program, for Helm 4 and
    the embedded Helm the name of a plugin of the type `postrenderer/v1`. Default: none.
    """


def _fields_within(annotation: object) -> "Fields | None":
    if is_typeddict(annotation):
        return {name: _fields_within(kind) for name, kind in annotation.__annotations__.items()}
    return next(filter(None, map(_fields_within, get_args(annotation))), None)


FIELDS = _fields_within(HelmReleaseArgs) or {}
"""The names of all inputs, section by section, as `config` validates them."""
