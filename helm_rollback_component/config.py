"""The one validated form of what a user asks for. `HelmConfig.parse` is the way in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, LiteralString, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic import ValidationError as PydanticValidationError
from pydantic_core import PydanticCustomError

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.problems import REFUSAL, from_pydantic
from helm_rollback_component.inputs.spelling import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Mapping

_RELEASE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_EXACT_VERSION = re.compile(r"v?\d+\.\d+\.\d+([-+_].*)?")
_LONGEST_RELEASE_NAME = 53
_LONGEST_NAMESPACE = 63
OCI_SCHEME = "oci://"


def _release_name(name: str) -> str:
    if len(name) > _LONGEST_RELEASE_NAME or not _RELEASE_NAME.fullmatch(name):
        raise PydanticCustomError(
            "name",
            "{name} is not a release name: use at most 53 lowercase letters, digits, '-' and '.', "
            "and begin and end with a letter or digit",
            {"name": repr(name)},
        )
    return name


def _namespace(name: str) -> str:
    if len(name) > _LONGEST_NAMESPACE or not _NAMESPACE.fullmatch(name):
        raise PydanticCustomError(
            "name",
            "{name} is not a namespace: use at most 63 lowercase letters, digits and '-', "
            "and begin and end with a letter or digit",
            {"name": repr(name)},
        )
    return name


Seconds = Annotated[int, Field(gt=0)]
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _refusal(name: str, message: LiteralString, *others: str) -> PydanticCustomError:
    return PydanticCustomError(REFUSAL, message, {"property": name, "others": others})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SourceConfig(_Part):
    """Where the chart comes from: a folder or archive, a repository, or an OCI registry.

    Attributes:
        chart: a path, a name within `repository`, or ``oci://registry/path/name``.
        repository: URL of a chart repository, the one that holds ``index.yaml``.
        version: the exact version; required of a chart that is fetched.
        dependency_update: fetch the dependencies of a local chart first.
        verify: check the chart's signature.
        keyring: file with the public keys for `verify`.
        username: for the repository or registry.
        password: for the repository or registry.
        ca_file: certificate authority of the repository or registry.
        cert_file: client certificate.
        key_file: client key.
        plain_http: speak HTTP to an OCI registry.
        insecure_skip_tls_verify: do not check the certificate of the repository or registry.
    """

    chart: NonEmpty
    repository: NonEmpty | None = None
    version: NonEmpty | None = None
    dependency_update: bool = False
    verify: bool = False
    keyring: NonEmpty | None = None
    username: NonEmpty | None = None
    password: NonEmpty | None = Field(default=None, repr=False)
    ca_file: NonEmpty | None = None
    cert_file: NonEmpty | None = None
    key_file: NonEmpty | None = None
    plain_http: bool = False
    insecure_skip_tls_verify: bool = False

    @property
    def local(self) -> bool:
        """Whether the chart is a folder or archive on this machine."""
        return self.repository is None and not self.chart.startswith(OCI_SCHEME)

    @model_validator(mode="after")
    def _one_kind_of_source(self) -> Self:
        if self.repository and self.chart.startswith(OCI_SCHEME):
            raise _refusal(
                "repository", "an oci:// chart already names its registry; remove repository", "chart"
            )
        if self.local and self.version:
            raise _refusal(
                "version",
                "the version of a local chart is the one in its Chart.yaml; remove version",
                "chart",
                "repository",
            )
        if not self.local and not self.version:
            raise _refusal(
                "version",
                "required for a chart that is fetched: without it, each update could deploy another version",
                "chart",
                "repository",
            )
        if self.version and not _EXACT_VERSION.fullmatch(self.version):
            raise _refusal("version", "must be one exact, complete version, such as 1.2.3")
        return self


class TimeoutsConfig(_Part):
    """How long each action may take, in seconds."""

    deploy: Seconds = 300
    upgrade: Seconds = 300
    rollback: Seconds = 300
    delete: Seconds = 300


class RollbackConfig(_Part):
    """When and how to roll back.

    Attributes:
        enabled: whether a failed upgrade is remedied at all.
        strategy: ``automatic``, ``manual`` or ``version-based``.
        target_revision: ``manual``: the revision to hold; ``automatic``: the one to return to on failure.
        on_rollback: whether an update that was rolled back fails the program, or warns.
        retries: how many more times an upgrade is tried, each followed by a rollback, within one update.
        retry_trigger: any text; a change has a spec tried again that was rolled back.
    """

    enabled: bool = True
    strategy: Literal["automatic", "manual", "version-based"] = "automatic"
    target_revision: Annotated[int, Field(ge=1)] | None = None
    on_rollback: Literal["fail", "warn"] = "fail"
    retries: Annotated[int, Field(ge=0)] = 0
    retry_trigger: Annotated[str, StringConstraints(max_length=256)] | None = None

    @model_validator(mode="after")
    def _target_has_a_meaning(self) -> Self:
        if self.target_revision is None:
            return self
        if self.strategy == "version-based":
            raise _refusal(
                "target_revision",
                "version-based finds its target by the chart version; remove it, or use strategy manual",
                "strategy",
            )
        if not self.enabled:
            raise _refusal(
                "target_revision",
                "has no effect while enabled is false; remove it, or set enabled",
                "enabled",
            )
        return self


class OperationsConfig(_Part):
    """What may be done to a release beyond deploying it."""

    rollback: RollbackConfig = RollbackConfig()


class HistoryConfig(_Part):
    """How much history is kept.

    Attributes:
        max_revisions: how many revisions stay stored; 0 for all.
        keep_on_delete: whether the history outlives the release.
    """

    max_revisions: Annotated[int, Field(ge=0)] = 10
    keep_on_delete: bool = False


class HealthConfig(_Part):
    """When a release counts as bad before its timeout, and as good after it is ready.

    Attributes:
        fail_fast: end an upgrade as soon as it is certain to fail.
        image_pull_grace: how long an image may fail to be pulled, in seconds.
        grace: how long other faults that may mend themselves may last, in seconds.
        crash_loop_restarts: how many restarts make a crash loop.
        refused_grace: how long the API server may refuse to have pods created, in seconds.
        unschedulable_grace: how long a pod may find no node while none is being made for it, in seconds.
        volume_grace: how long a claim may fail to get its volume, in seconds.
        soak: how long a ready release is watched before it counts as good, in seconds.
        test: whether the chart's tests must pass.
    """

    fail_fast: bool = True
    image_pull_grace: Annotated[float, Field(ge=0)] = 3
    grace: Annotated[float, Field(ge=0)] = 10
    crash_loop_restarts: Annotated[int, Field(ge=1)] = 3
    refused_grace: Annotated[float, Field(ge=0)] = 12
    unschedulable_grace: Annotated[float, Field(ge=0)] = 60
    volume_grace: Annotated[float, Field(ge=0)] = 60
    soak: Annotated[float, Field(ge=0)] = 0
    test: bool = False


class HelmConfig(_Part):
    """Everything a user declares of one release; the fields are the inputs of `HelmRelease`."""

    release_name: Annotated[str, AfterValidator(_release_name)]
    release_namespace: Annotated[str, AfterValidator(_namespace)]
    source: SourceConfig
    manage_namespace: bool = False
    delete_namespace: bool = False
    values: dict[str, Any] = Field(default_factory=dict, repr=False)
    value_files: tuple[NonEmpty, ...] = ()
    timeouts: TimeoutsConfig = TimeoutsConfig()
    operations: OperationsConfig = OperationsConfig()
    history: HistoryConfig = HistoryConfig()
    health: HealthConfig = HealthConfig()
    kubeconfig: NonEmpty | None = Field(default=None, repr=False)
    context: NonEmpty | None = None
    helm: NonEmpty = "auto"
    adopt: bool = False
    skip_crds: bool = False
    disable_hooks: bool = False
    disable_openapi_validation: bool = False
    force_update: bool = False
    take_ownership: bool = False
    wait_for_jobs: bool = False
    description: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    post_renderer: tuple[NonEmpty, ...] = ()

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
            raise _refusal(
                "delete_namespace", "is possible only with manage_namespace=True", "manage_namespace"
            )
        if self.delete_namespace and self.history.keep_on_delete:
            raise _refusal(
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
        spelled, problems = to_snake_case(inputs, cls)
        try:
            config = cls.model_validate(spelled)
        except PydanticValidationError as error:
            raise ValidationError([*problems, *from_pydantic(error, cls)]) from None
        if problems:
            raise ValidationError(problems)
        return config
