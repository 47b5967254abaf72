"""The sections of the inputs, and the documentation of each input in them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from helm_rollback_component.config.constraints import Floor, Part, Seconds, refusal


class TimeoutsConfig(Part):
    """How long each action may take, in seconds."""

    deploy: Seconds = 300
    """How long the first deployment may take to become ready, in seconds; 1 or higher. Default: 300."""
    upgrade: Seconds = 300
    """How long an upgrade may take to become ready, in seconds, and how long the chart's tests may take; 1 or
    higher. Default: 300.
    """
    rollback: Seconds = 300
    """How long a rollback may take until the restored revision is ready, in seconds; 1 or higher.
    Default: 300.
    """
    delete: Seconds = 300
    """How long the deletion of the objects may take, in seconds; 1 or higher. Default: 300."""


class RollbackConfig(Part):
    """When and how to roll back."""

    enabled: bool = True
    """Whether a failed upgrade is rolled back; if not, the failure is reported and nothing is changed.
    Default: True.
    """
    strategy: Literal["automatic", "manual", "version-based"] = "automatic"
    """`automatic`: restore the last good revision after a failed upgrade. `manual`: restore nothing after a
    failure; `target_revision` holds the release at one revision. `version-based`: as `automatic`; a declared
    chart version lower than the deployed one is restored from history too. Default: `automatic`.
    """
    target_revision: Annotated[int, Field(ge=1)] | None = None
    """Number of a revision, 1 or higher. `automatic`: the revision to restore after a failure, instead of the
    last good one. `manual`: the revision whose content the release has while this is set. Not allowed with
    `version-based`. Default: none.
    """
    floor: Floor | None = None
    """The oldest revision that may be restored: its number, 1 or higher, or `current`, the last revision that
    was good when the update begins. A failed upgrade is not rolled back to an older one; a requested rollback
    to one is refused unless `allow_data_loss` is set. Default: none.
    """
    allow_data_loss: bool = False
    """Roll back also where that destroys data: custom resources whose definition is deleted, volumes, the
    content of namespaces. Without it, such a rollback is refused, and a failed upgrade is left as it is. With
    it, a requested rollback may go back across a point of no return too. Default: False.
    """
    on_rollback: Literal["fail", "warn"] = "fail"
    """How an update ends that was rolled back: `fail`, or `warn`, which succeeds with a warning.
    Default: `fail`.
    """
    retries: Annotated[int, Field(ge=0)] = 0
    """How many more times a failed upgrade is tried in one update, after the rollback; 0 or higher.
    Default: 0.
    """
    retry_trigger: Annotated[str, StringConstraints(max_length=256)] | None = None
    """Any text, at most 256 characters. A change makes the next update try inputs again that were rolled
    back. Default: none.
    """

    @model_validator(mode="after")
    def _target_has_a_meaning(self) -> Self:
        if self.target_revision is None:
            return self
        if self.strategy == "version-based":
            raise refusal(
                "target_revision",
                "version-based finds its target by the chart version; remove it, or use strategy manual",
                "strategy",
            )
        if not self.enabled:
            raise refusal(
                "target_revision",
                "has no effect while enabled is false; remove it, or set enabled",
                "enabled",
            )
        return self

    @model_validator(mode="after")
    def _target_is_not_below_the_floor(self) -> Self:
        target, floor = self.target_revision, self.floor
        if target and isinstance(floor, int) and target < floor and not self.allow_data_loss:
            raise refusal(
                "target_revision",
                "is older than the revision that floor names; change one of the two, or set allow_data_loss",
                "floor",
                "allow_data_loss",
            )
        return self


class OperationsConfig(Part):
    """What is done to the release besides deploying it."""

    rollback: RollbackConfig = RollbackConfig()
    """When and how the release is rolled back."""


class HistoryConfig(Part):
    """How much of the release's history is kept."""

    max_revisions: Annotated[int, Field(ge=0)] = 10
    """How many revisions are kept; 0 keeps all. The newest, the deployed and the last good one are always
    kept. Default: 10.
    """
    keep_on_delete: bool = False
    """Keep the history of the release when the release is deleted. Default: False."""


class HealthConfig(Part):
    """When a deployment counts as failed, and when as good."""

    fail_fast: bool = True
    """End a deployment as soon as it is certain to fail, instead of at its timeout. Default: True."""
    image_pull_grace: Annotated[float, Field(ge=0)] = 3
    """How long an image may fail to be pulled for good before the deployment has failed, in seconds.
    Failures that may pass (the network, a rate limit) have 60 s, or this if it is longer. Default: 3.
    """
    grace: Annotated[float, Field(ge=0)] = 10
    """How long a container may fail to be created or started, or be unready during `soak`, in seconds.
    Default: 10.
    """
    crash_loop_restarts: Annotated[int, Field(ge=1)] = 3
    """How many restarts of a container in back-off make a crash loop; 1 or higher. In a first deployment
    one more, and in none while what it may wait for is not ready. Default: 3.
    """
    refused_grace: Annotated[float, Field(ge=0)] = 12
    """How long the API server may refuse the pods of a workload (quota, admission), in seconds. Default: 12.
    """
    unschedulable_grace: Annotated[float, Field(ge=0)] = 60
    """How long a pod may fit on no node while no autoscaler adds one, in seconds. Default: 60."""
    volume_grace: Annotated[float, Field(ge=0)] = 60
    """How long a PersistentVolumeClaim may get no volume, in seconds. Default: 60."""
    soak: Annotated[float, Field(ge=0)] = 0
    """How long a ready release is watched before its revision counts as good, in seconds; 0 for not at all.
    Default: 0.
    """
    test: bool = False
    """Run the chart's tests (`helm test`) after each deployment; if one fails, the deployment has failed.
    Default: False.
    """
