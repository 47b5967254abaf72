"""Every name that telemetry has: metrics with their units, attributes, spans. Pure.

Names that the semantic conventions of OpenTelemetry have are theirs; `docs/telemetry.md` lists all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

SCOPE = "helm_rollback"
SERVICE = "helm-rollback"


class Attribute(StrEnum):
    """An attribute; `meaning` is one sentence on its values."""

    meaning: str

    def __new__(cls, name: str, meaning: str) -> Self:
        """Make a member of a name and its meaning."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        return member

    OPERATION = "helm_rollback.operation", "`create`, `update`, `delete`, `read` or `rollback`."
    STEP = "helm_rollback.step", "The part of an operation."
    STRATEGY = "helm_rollback.strategy", "The strategy: `automatic`, `manual` or `version-based`."
    REASON = "helm_rollback.reason", "The reason word of the rollback, such as `ImagePullBackOff`."
    OUTCOME = "helm_rollback.outcome", "`rolled-back` or `failed`."
    REQUESTED = "helm_rollback.requested", "Whether the inputs, or a command, asked for the rollback."
    PHASE = "helm_rollback.phase", "`Deployed`, `RolledBack`, `Failed` or `Stalled`."
    REVISION = "helm_rollback.revision", "The newest revision after the operation."
    CHART_VERSION = "helm_rollback.chart.version", "The chart version of that revision."
    RELEASE = "deployment.name", "The name of the release."
    STATUS = "deployment.status", "`succeeded` where what is declared runs, else `failed`."
    TASK_TYPE = "cicd.pipeline.task.type", "`deploy`, of a create, update or rollback."
    TASK_RESULT = "cicd.pipeline.task.run.result", "`success`, `failure`, `timeout` or `cancellation`."
    NAMESPACE = "k8s.namespace.name", "The namespace of the release."
    CLUSTER = "k8s.cluster.uid", "The UID of the namespace `kube-system`, where it may be read."
    ERROR = "error.type", "The reason word of what failed; absent where nothing did."


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        name: its name in OpenTelemetry.
        kind: ``counter``, ``histogram`` or ``gauge``.
        unit: in UCUM, as OpenTelemetry has it.
        description: one sentence.
        attributes: what it has besides `OF_RELEASE`.
    """

    name: str
    kind: str
    unit: str
    description: str
    attributes: tuple[Attribute, ...] = ()


OF_RELEASE = (Attribute.RELEASE, Attribute.NAMESPACE, Attribute.CLUSTER)
"""What every metric and every operation's span has."""

OPERATION_DURATION = Metric(
    "helm_rollback.operation.duration",
    "histogram",
    "s",
    "How long an operation took.",
    (Attribute.OPERATION, Attribute.ERROR),
)
STEP_DURATION = Metric(
    "helm_rollback.step.duration",
    "histogram",
    "s",
    "How long a step of an operation took.",
    (Attribute.OPERATION, Attribute.STEP, Attribute.ERROR),
)
ROLLBACKS = Metric(
    "helm_rollback.rollbacks",
    "counter",
    "{rollback}",
    "Rollbacks that were made, failed ones too.",
    (Attribute.STRATEGY, Attribute.REASON, Attribute.OUTCOME, Attribute.REQUESTED),
)
TIME_TO_RESTORE = Metric(
    "helm_rollback.time_to_restore",
    "histogram",
    "s",
    "From the beginning of the upgrade that failed until what was restored was ready.",
    (Attribute.STRATEGY, Attribute.REASON),
)
RETRIES = Metric(
    "helm_rollback.retries",
    "counter",
    "{retry}",
    "Steps that were tried again, by why they had failed.",
    (Attribute.OPERATION, Attribute.ERROR),
)
PHASE = Metric(
    "helm_rollback.phase",
    "gauge",
    "{release}",
    "1 for the phase that the release is in after the operation, 0 for every other; 0 for all once deleted.",
    (Attribute.PHASE,),
)
HISTORY_LENGTH = Metric(
    "helm_rollback.history.length", "gauge", "{revision}", "How many revisions of the release are stored."
)

METRICS = (*(OPERATION_DURATION, STEP_DURATION, ROLLBACKS, TIME_TO_RESTORE, RETRIES, PHASE, HISTORY_LENGTH),)

BUCKETS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
"""The upper bounds of histograms, in seconds."""
