"""How much an object lacks, as a number."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health.shortage import shortage
from tests.unit.core.health.health_objects import claim, condition, pod, thing

LEAVING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


def deployment(**status: Any) -> dict[str, Any]:
    return thing("Deployment", spec={"replicas": 3}, status={"observedGeneration": 2, **status})


def replica_set(**status: Any) -> dict[str, Any]:
    return thing("ReplicaSet", spec={"replicas": 3}, status={"observedGeneration": 2, **status})


def stateful_set(partition: int = 0, **status: Any) -> dict[str, Any]:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    spec = {"replicas": 3, "updateStrategy": strategy}
    return thing("StatefulSet", spec=spec, status={"observedGeneration": 2, **status})


def daemon_set(wanted: int, updated: int, available: int) -> dict[str, Any]:
    counts = {"desiredNumberScheduled": wanted, "updatedNumberScheduled": updated}
    more = {"numberAvailable": available, "numberReady": available, "observedGeneration": 2}
    return thing("DaemonSet", spec={}, status={**counts, **more})


def job(*conditions: dict[str, Any], **status: Any) -> dict[str, Any]:
    return thing("Job", spec={"completions": 3}, status={"conditions": [*conditions], **status})


def widget(*conditions: dict[str, Any], generation: int = 2) -> dict[str, Any]:
    status = {"conditions": [*conditions], "observedGeneration": 2}
    metadata = {"name": "own", "generation": generation}
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "status": status}


NOT_READY = condition("Ready", "False")


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (deployment(replicas=3, updatedReplicas=3, availableReplicas=3, readyReplicas=3), 0),
        (deployment(replicas=3, updatedReplicas=3, availableReplicas=2, readyReplicas=2), 1),
        (deployment(replicas=2, updatedReplicas=2, availableReplicas=1, readyReplicas=1), 2),
        (replica_set(replicas=3, availableReplicas=2, readyReplicas=2), 1),
        (stateful_set(replicas=3, updatedReplicas=3, readyReplicas=2), 1),
        (stateful_set(replicas=2, updatedReplicas=2, readyReplicas=1), 2),
        (stateful_set(2, replicas=3, updatedReplicas=1, readyReplicas=2), 1),
        (daemon_set(3, 3, 3), 0),
        (daemon_set(3, 3, 2), 1),
        (daemon_set(3, 2, 2), 2),
        (job(succeeded=1), 2),
        (job(condition("Failed"), succeeded=1), 3),
        (job(condition("Complete"), succeeded=3), 0),
        (pod(phase="Running"), 1),
        (pod(phase="Failed"), 2),
        (claim("Bound"), 0),
        (claim("Pending"), 1),
        (claim("Lost"), 2),
        (widget(), 0),
        (widget(NOT_READY), 1),
        (widget(condition("Reconciling")), 1),
        (widget(condition("Stalled"), NOT_READY), 2),
        (widget(NOT_READY, generation=3), 3),
        ({**widget(), "metadata": {"name": "own", **LEAVING}}, 4),
    ],
)
def test_what_an_object_lacks(live: dict[str, Any], expected: int) -> None:
    assert shortage(live) == expected


@pytest.mark.parametrize(
    "live",
    [
        pytest.param(deployment(replicas=4, updatedReplicas=3, availableReplicas=3), id="one too many"),
        pytest.param(deployment(replicas=3, updatedReplicas=2, availableReplicas=3), id="an old pod"),
        pytest.param(replica_set(replicas=4, availableReplicas=3, readyReplicas=3), id="to be removed"),
        pytest.param(stateful_set(replicas=4, updatedReplicas=3, readyReplicas=3), id="one member too many"),
        pytest.param(stateful_set(replicas=3, updatedReplicas=2, readyReplicas=2), id="an old member"),
        pytest.param(deployment() | {"status": {"observedGeneration": 1}}, id="not processed"),
        pytest.param({**deployment(), "metadata": {"name": "web", **LEAVING}}, id="leaving"),
    ],
)
def test_while_pods_are_replaced_a_number_says_nothing(live: dict[str, Any]) -> None:
    assert shortage(live) is None


def test_what_is_not_ready_for_another_reason_than_its_pods_lacks_something() -> None:
    whole = deployment(replicas=3, updatedReplicas=3, availableReplicas=3, readyReplicas=2)
    assert shortage(whole) == 1
