"""The nested outputs of `HelmRelease`, as a program reads them: the fields of `results`, in dictionaries."""

# Component schemas are inferred from these annotations, which must therefore not be strings.

from typing import TypedDict


class RevisionOutput(TypedDict):
    """One entry of ``history``: see `results.ReleaseRevision`."""

    revision: int
    chart_version: str
    app_version: str
    status: str
    deployed_at: str
    description: str
    verified: bool
    point_of_no_return: bool


class RollbackStatusOutput(TypedDict):
    """The output ``rollback_status``: see `results.RollbackStatus`."""

    state: str
    strategy: str
    reason: str
    message: str
    failed_revision: int
    target_revision: int
    restored_revision: int
    attempts: int
    at: str


class ConditionOutput(TypedDict):
    """One entry of ``conditions``: see `results.Condition`."""

    type: str
    status: str
    reason: str
    message: str
    last_transition_time: str


class ResourceOutput(TypedDict):
    """One entry of ``resources``: see `results.Resource`."""

    api_version: str
    kind: str
    name: str
    namespace: str
