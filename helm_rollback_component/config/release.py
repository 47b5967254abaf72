"""All inputs of a release in their one validated form, and their documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic import ValidationError as PydanticValidationError

from helm_rollback_component.config.constraints import (
    Labels,
    Namespace,
    NonEmpty,
    Part,
    ReleaseName,
    ValueFile,
    fields_of,
    refusal,
)
from helm_rollback_component.config.sections import (
    HealthConfig,
    HistoryConfig,
    OperationsConfig,
    RollbackConfig,
    TimeoutsConfig,
)
from helm_rollback_component.config.source import SourceConfig  # noqa: TC001  # read by pydantic
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs import value_rules
from helm_rollback_component.inputs.arguments import INPUTS, require
from helm_rollback_component.inputs.problems import from_pydantic
from helm_rollback_component.inputs.spelling import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Mapping


class HelmConfig(Part):
    """Everything that a program declares about one release: the inputs of `HelmRelease`."""

    release_name: ReleaseName
    """Helm's name of the release: at most 53 lowercase letters, digits, `-` and `.`. A change replaces the
    release. Default: the name of the resource.
    """
    release_namespace: Namespace
    """The namespace of the release, which must exist unless `manage_namespace` is set. A change replaces the
    release. Required, unless its Kubernetes provider or the stack's configuration names one.
    """
    source: SourceConfig
    """Where the chart comes from. Required."""
    manage_namespace: bool = False
    """Create the namespace too, as a resource of its own; a plain bool, not an output. Default: False."""
    delete_namespace: bool = False
    """Delete the managed namespace, and everything in it, when the release is deleted; a plain bool.
    Default: False.
    """
    values: dict[str, Any] = Field(default_factory=dict, repr=False)
    """Values for the chart; they override `value_files`. A null removes a default of the chart.
    Default: none.
    """
    value_files: tuple[ValueFile, ...] = ()
    """YAML files with values for the chart: their paths, or `pulumi.FileAsset` and `pulumi.StringAsset`.
    Later files override earlier ones; the documents of a file are merged, as Helm 4 does. Default: none.
    """
    timeouts: TimeoutsConfig = TimeoutsConfig()
    """How long each action may take."""
    operations: OperationsConfig = OperationsConfig()
    """What is done to the release besides deploying it."""
    history: HistoryConfig = HistoryConfig()
    """How much of the release's history is kept."""
    health: HealthConfig = HealthConfig()
    """When a deployment counts as failed, and when as good."""
    kubeconfig: NonEmpty | None = Field(default=None, repr=False)
    """Path of a kubeconfig, or its content, which is a secret in the state. Without it, that of a Kubernetes
    provider of the release or of a component above it, or of the stack's configuration; then the one that
    kubectl would use, or the service account of the pod. Another cluster replaces the release. Default: none.
    """
    context: NonEmpty | None = None
    """Context in the kubeconfig; without it, that of where the kubeconfig comes from, or the current one.
    Default: none.
    """
    helm: NonEmpty = "auto"
    """Which Helm is used: `auto` (the `helm` on the PATH, otherwise the embedded one), `cli`, `embedded`, or
    the name or the path of a Helm program. Default: `auto`.
    """
    adopt: bool = False
    """Take over a release that exists already, also one that another stack manages. Default: False."""
    skip_crds: bool = False
    """Do not install the CustomResourceDefinitions in the chart's `crds` folder. Default: False."""
    disable_hooks: bool = False
    """Do not run the hooks of the chart. Default: False."""
    disable_openapi_validation: bool = False
    """Do not validate the rendered objects against the cluster's OpenAPI schema. Default: False."""
    force_update: bool = False
    """Replace objects that cannot be updated, which can interrupt the service. Default: False."""
    take_ownership: bool = False
    """Take over existing objects that belong to no release, or to another one. A first deployment that fails
    and took over any leaves all of its objects as they are. Default: False.
    """
    wait_for_jobs: bool = False
    """Count the release as ready only when its Jobs are complete. Default: False."""
    wait_strategy: Literal["auto", "watcher", "legacy"] = "auto"
    """How Helm waits for readiness. `watcher`: by the status of every object, as Helm 4 does by default.
    `legacy`: by the rules of Helm 3, which do not wait for custom resources. `auto`: `legacy` for a chart or
    values that name API groups other than those of Kubernetes, whose custom resources Helm 4 may never find
    ready, unless they ask for a load balancer, for whose address `legacy` waits; else `watcher`. Helm 3 knows
    only its own way. Default: `auto`.
    """
    description: str = ""
    """Text that Helm stores with the revision and shows in `helm history`. Default: none."""
    labels: Labels = Field(default_factory=dict)
    """Labels for Helm's record of the release, not for its objects. Default: none."""
    post_renderer: tuple[NonEmpty, ...] = ()
    """What changes the rendered manifests, followed by its arguments: for Helm 3 a program, for Helm 4 and
    the embedded Helm the name of a plugin of the type `postrenderer/v1`. Default: none.
    """

    @property
    def rollback(self) -> RollbackConfig:
        """Shorthand for ``operations.rollback``."""
        return self.operations.rollback

    @property
    def label(self) -> str:
        """``namespace/name``, as messages name a release."""
        return f"{self.release_namespace}/{self.release_name}"

    @model_validator(mode="after")
    def _namespace_goes_with_its_history(self) -> Self:
        if self.delete_namespace and not self.manage_namespace:
            raise refusal(
                "delete_namespace", "is possible only with manage_namespace=True", "manage_namespace"
            )
        if self.delete_namespace and self.history.keep_on_delete:
            raise refusal(
                "delete_namespace",
                "deletes the history too, which keep_on_delete keeps; remove one of the two",
                "history.keep_on_delete",
            )
        return self

    @classmethod
    def parse(cls, inputs: Mapping[str, Any]) -> HelmConfig:
        """Validate `inputs`, in snake_case or camelCase, into a config.

        Raises:
            ValidationError: names everything that is wrong, property by property.
        """
        require(INPUTS, inputs=inputs)
        spelled, problems = to_snake_case(inputs, fields_of(cls))
        problems += value_rules.problems_of(spelled.get("values"))
        impossible = [*value_rules.problems_of_others(spelled)]
        problems += impossible
        try:
            config = cls.model_validate(spelled)
        except PydanticValidationError as error:
            named = {problem.path for problem in impossible}
            more = (each for each in from_pydantic(error, fields_of(cls)) if each.path not in named)
            raise ValidationError([*problems, *more]) from None
        if problems:
            raise ValidationError(problems)
        return config
