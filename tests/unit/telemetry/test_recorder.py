"""What a collector is sent of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.trace import TracerProvider

from helm_rollback_component.core.remediation.conclude import RolledBack
from helm_rollback_component.core.remediation.steps import Rollback
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.reconcile.run_events import (
    Concluded,
    Operation,
    OperationBegan,
    OperationEnded,
    Retried,
    Said,
    Step,
    StepBegan,
    StepEnded,
)
from helm_rollback_component.results import Condition, Phase, ReleaseRevision, ReleaseStatus
from helm_rollback_component.telemetry.export import exporting
from helm_rollback_component.telemetry.parent import below
from helm_rollback_component.telemetry.settings import Settings

if TYPE_CHECKING:
    import pytest

    from helm_rollback_component.reconcile.run_events import RunEvent
    from tests.support.otlp import Collector

CLUSTER = "uid:7f server:ab"
ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OF_RELEASE = {"deployment.name": "web", "k8s.namespace.name": "apps", "k8s.cluster.uid": "7f"}
BEGAN = OperationBegan(Operation.UPDATE, "web", "apps")


def status(phase: Phase, reason: str) -> ReleaseStatus:
    revision = ReleaseRevision(1, "1.0.0", "1", "deployed", "", "", verified=True)
    ready = Condition("Ready", str(phase is Phase.DEPLOYED), reason, "the password is hunter2", "")
    return ReleaseStatus(
        *("web", "apps", 3, "1.0.0", "1", "deployed", phase),
        history=(revision, revision, revision),
        conditions=(ready,),
    )


def ended(
    found: ReleaseStatus | None, reason: str = "", operation: Operation = Operation.UPDATE
) -> OperationEnded:
    return OperationEnded(operation, reason, found, CLUSTER)


def tell(*events: RunEvent, redact: Redactor | None = None) -> None:
    observe = exporting(Settings("grpc", "grpc")).recorder(redact or Redactor())
    for event in events:
        observe(event)


ROLLED_BACK = (
    BEGAN,
    *(StepBegan(Step.CLAIM), StepEnded(Step.CLAIM, "")),
    *(StepBegan(Step.UPGRADE), StepBegan(Step.HELM), StepEnded(Step.HELM, "HelmFailed")),
    StepEnded(Step.UPGRADE, "ImagePullBackOff"),
    *(StepBegan(Step.RESTORE), Retried("WebhookUnavailable"), StepEnded(Step.RESTORE, "")),
    Said("this is not for a collector"),
    Concluded("automatic", (RolledBack(Rollback(1, "ImagePullBackOff"), failed=False),), None),
    ended(status(Phase.ROLLED_BACK, "ImagePullBackOff")),
)


def by(points: list[tuple[dict[str, Any], float]], attribute: str) -> dict[Any, float]:
    return {attributes[attribute]: amount for attributes, amount in points}


def test_an_operation_is_a_span_and_so_is_each_step_below_it(collector: Collector) -> None:
    tell(*ROLLED_BACK)
    update, attributes = collector.span("helm_rollback.update")
    upgrade, of_upgrade = collector.span("helm_rollback.upgrade")
    helm, _ = collector.span("helm_rollback.helm")
    assert (update.parent_span_id, upgrade.parent_span_id, helm.parent_span_id) == (
        b"",
        update.span_id,
        upgrade.span_id,
    )
    assert of_upgrade == {"helm_rollback.step": "upgrade", "error.type": "ImagePullBackOff"}
    assert (update.status.code, upgrade.status.code) == (2, 2)
    assert collector.span("helm_rollback.restore")[0].status.code == 0
    assert attributes == {
        **OF_RELEASE,
        "helm_rollback.operation": "update",
        "helm_rollback.phase": "RolledBack",
        "helm_rollback.revision": 3,
        "helm_rollback.chart.version": "1.0.0",
        "deployment.status": "failed",
        "cicd.pipeline.task.type": "deploy",
        "cicd.pipeline.task.run.result": "failure",
        "error.type": "ImagePullBackOff",
    }


def test_a_rollback_is_counted_and_timed(collector: Collector) -> None:
    tell(*ROLLED_BACK)
    why = {"helm_rollback.strategy": "automatic", "helm_rollback.reason": "ImagePullBackOff"}
    how = {"helm_rollback.outcome": "rolled-back", "helm_rollback.requested": False}
    assert collector.points("helm_rollback.rollbacks") == [({**OF_RELEASE, **why, **how}, 1)]
    (restored,) = collector.points("helm_rollback.time_to_restore")
    assert restored[0] == {**OF_RELEASE, **why}
    retries = collector.points("helm_rollback.retries")
    assert by(retries, "error.type") == {"WebhookUnavailable": 1}
    phases = by(collector.points("helm_rollback.phase"), "helm_rollback.phase")
    assert phases == {"Deployed": 0, "RolledBack": 1, "Failed": 0, "Stalled": 0}
    assert collector.points("helm_rollback.history.length") == [(OF_RELEASE, 3)]
    steps = by(collector.points("helm_rollback.step.duration"), "helm_rollback.step")
    assert steps.keys() == {"claim", "helm", "upgrade", "restore"}
    assert collector.units()["helm_rollback.operation.duration"] == "s"


def test_the_time_to_restore_begins_with_the_first_upgrade_that_failed(collector: Collector) -> None:
    ticks = iter(range(0, 1000, 10))
    observe = exporting(Settings("grpc", "grpc")).recorder(str, lambda: next(ticks))
    for event in (
        BEGAN,
        *(StepBegan(Step.UPGRADE), StepEnded(Step.UPGRADE, "HookFailed")),
        *(StepBegan(Step.UPGRADE), StepEnded(Step.UPGRADE, "HookFailed")),
        *(StepBegan(Step.RESTORE), StepEnded(Step.RESTORE, "")),
        Concluded("automatic", (RolledBack(Rollback(1, "HookFailed"), failed=False),), None),
        ended(status(Phase.ROLLED_BACK, "HookFailed")),
    ):
        observe(event)
    ((_, seconds),) = collector.points("helm_rollback.time_to_restore")
    assert seconds == 50
    assert by(collector.points("helm_rollback.retries"), "error.type") == {"HookFailed": 1}


def test_a_requested_rollback_is_timed_by_itself_and_a_failed_one_not_at_all(collector: Collector) -> None:
    failed = RolledBack(Rollback(2, "OperatorRequest"), failed=True)
    tell(
        *(BEGAN, StepBegan(Step.RESTORE), StepEnded(Step.RESTORE, "")),
        Concluded("manual", (RolledBack(Rollback(1, "ManualRequest"), failed=False), failed), None),
        ended(status(Phase.DEPLOYED, "ManualRequest")),
    )
    rollbacks = collector.points("helm_rollback.rollbacks")
    assert by(rollbacks, "helm_rollback.outcome") == {"rolled-back": 1, "failed": 1}
    assert by(rollbacks, "helm_rollback.requested") == {True: 1}
    assert len(collector.points("helm_rollback.time_to_restore")) == 1


def test_a_result_is_told_in_the_words_of_the_conventions(collector: Collector) -> None:
    for reason in ("", "UpgradeTimeout", "Cancelled", "HelmFailed"):
        tell(BEGAN, ended(None, reason))
    tell(OperationBegan(Operation.READ, "web", "apps"), ended(status(Phase.FAILED, "x"), "", Operation.READ))
    found = [
        {pair.key: pair.value.string_value for pair in span.attributes}.get("cicd.pipeline.task.run.result")
        for span in collector.spans
    ]
    assert found == ["success", "timeout", "cancellation", "failure", None]


def test_it_hangs_below_the_span_of_the_caller(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    with below(ABOVE):
        tell(BEGAN, ended(None))
    monkeypatch.setenv("TRACEPARENT", ABOVE.replace("b7ad", "c8be"))
    tell(BEGAN, ended(None))
    with TracerProvider(shutdown_on_exit=False).get_tracer("a script").start_as_current_span("deploys"):
        tell(BEGAN, ended(None))
    first, second, third = collector.spans
    assert first.trace_id.hex() == second.trace_id.hex() == ABOVE.split("-")[1]
    assert (first.parent_span_id.hex(), second.parent_span_id.hex()) == (
        "b7ad6b7169203331",
        "c8be6b7169203331",
    )
    assert third.trace_id != first.trace_id


def test_no_attribute_has_a_secret(collector: Collector) -> None:
    tell(BEGAN, ended(status(Phase.ROLLED_BACK, "hunter2")), redact=Redactor(["hunter2"]))
    _, attributes = collector.span("helm_rollback.update")
    assert attributes["error.type"] == MASK
    assert "hunter2" not in str(collector.spans)


def test_who_sends_is_told_as_the_environment_says(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=shop")
    tell(BEGAN, ended(None))
    assert collector.resource["service.name"] == collector.resource["service.instance.id"] == "helm-rollback"
    assert collector.headers["x-tenant"] == "shop"
    exporting.cache_clear()
    monkeypatch.setenv("OTEL_SERVICE_NAME", "ci")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod")
    tell(BEGAN, ended(None))
    assert collector.resource["service.name"] == "ci"
    assert collector.resource["deployment.environment.name"] == "prod"


def test_a_release_that_was_deleted_is_in_no_phase(collector: Collector) -> None:
    tell(OperationBegan(Operation.DELETE, "web", "apps"), ended(None, operation=Operation.DELETE))
    assert set(by(collector.points("helm_rollback.phase"), "helm_rollback.phase").values()) == {0}


def test_a_deletion_that_failed_says_nothing_of_the_phase(collector: Collector) -> None:
    tell(OperationBegan(Operation.DELETE, "web", "apps"), ended(None, "Unreachable", Operation.DELETE))
    assert "helm_rollback.operation.duration" in collector.units()
    assert "helm_rollback.phase" not in collector.units()
