"""When a release's objects are ready, by kstatus' rules."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health.readiness import readiness
from helm_rollback_component.results import Resource
from tests.unit.core.health.health_objects import (
    claim,
    condition,
    daemon_set,
    deployment,
    job,
    seen,
    stateful_set,
    thing,
)

GROWN: dict[str, Any] = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
SET: dict[str, Any] = {
    "replicas": 2,
    "readyReplicas": 2,
    "currentReplicas": 2,
    "updatedReplicas": 2,
    "currentRevision": "two",
}
EVERYWHERE: dict[str, Any] = dict.fromkeys(
    ["desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable", "numberReady"], 3
)


def custom(*conditions: Any, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "apiVersion": "example.com/v1",
        "kind": "Shop",
        "metadata": {"name": "web", "namespace": "apps", "generation": 2, **metadata},
        "status": {"observedGeneration": 2, "conditions": conditions},
    }


def replica_set(**status: Any) -> dict[str, Any]:  # noqa: ANN401
    return thing("ReplicaSet", spec={"replicas": 3}, status={"observedGeneration": 2, **status})


def definition(*conditions: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        "status": {"conditions": conditions},
    }


def strategy(live: dict[str, Any], **how: Any) -> dict[str, Any]:  # noqa: ANN401
    return {**live, "spec": {**live["spec"], "updateStrategy": how}}


@pytest.mark.parametrize(
    ("live", "missing"),
    [
        (deployment(**GROWN), ""),
        (deployment(seen=1, **GROWN), "its controller has not processed its newest spec yet"),
        (deployment(**{**GROWN, "updatedReplicas": 1}), "1 of 3 replicas are updated"),
        (deployment(**{**GROWN, "replicas": 4}), "2 of 3 updated replicas are available"),
        (deployment(**{**GROWN, "availableReplicas": 1}), "1 of 3 updated replicas are available"),
        (deployment(**{**GROWN, "replicas": 4, "availableReplicas": 4}), "replicas still to be removed: 1"),
        (deployment(**{**GROWN, "readyReplicas": 2}), "2 of 3 replicas are ready"),
        (deployment() | {"spec": {"replicas": 3, "paused": True}}, ""),
        (deployment(wanted=0), ""),
        (replica_set(replicas=3, availableReplicas=3, readyReplicas=3), ""),
        (replica_set(replicas=3, availableReplicas=1, readyReplicas=3), "1 of 3 replicas are available"),
        (replica_set(replicas=4, availableReplicas=3, readyReplicas=3), "replicas still to be removed: 1"),
        (stateful_set(**SET), ""),
        (stateful_set(**{**SET, "readyReplicas": 1}), "1 of 2 replicas are ready"),
        (stateful_set(**{**SET, "replicas": 3}), "replicas still to be removed: 1"),
        (
            stateful_set(**{**SET, "currentRevision": "one", "updatedReplicas": 1}),
            "1 of 2 replicas are updated",
        ),
        (stateful_set(**{**SET, "currentRevision": "one"}), "is being rolled out"),
        (strategy(stateful_set(), type="OnDelete"), ""),
        (
            strategy(
                stateful_set(**{**SET, "currentRevision": "one", "updatedReplicas": 1}),
                rollingUpdate={"partition": 1},
            ),
            "",
        ),
        (
            strategy(
                stateful_set(**{**SET, "currentRevision": "one", "updatedReplicas": 0}),
                rollingUpdate={"partition": 1},
            ),
            "0 of 1 replicas are updated",
        ),
        (daemon_set(**EVERYWHERE), ""),
        (thing("DaemonSet", spec={}, status={}), "its controller has not processed it yet"),
        (daemon_set(**{**EVERYWHERE, "updatedNumberScheduled": 1}), "1 of 3 pods are updated"),
        (daemon_set(**{**EVERYWHERE, "numberAvailable": 1}), "1 of 3 pods are available"),
        (daemon_set(**{**EVERYWHERE, "numberReady": 1}), "1 of 3 pods are ready"),
        (strategy(daemon_set(desiredNumberScheduled=3), type="OnDelete"), ""),
        (job(status={"conditions": [condition("Complete")]}), ""),
        (job(status={"succeeded": 1}), "1 of 1 completions"),
        (job(status={"conditions": [condition("Failed", message="Too often.")]}), "has failed (Too often)"),
        (thing("Pod", status={"phase": "Running", "conditions": [condition("Ready")]}), ""),
        (thing("Pod", status={"phase": "Succeeded"}), ""),
        (thing("Pod", status={"phase": "Pending"}), "is not ready (phase Pending)"),
        (claim("Bound"), ""),
        (claim(), "is not bound (phase Pending)"),
        (definition(condition("Established")), ""),
        (definition(), "is not established"),
        (custom(), ""),
        (custom(condition("Ready")), ""),
        (custom(condition("Ready", "False", message="No database.")), "is not ready (No database)"),
        (custom(condition("Ready", "Unknown")), "is not ready"),
        (custom(condition("Reconciling", message="Soon.")), "is being reconciled (Soon)"),
        (custom(condition("Stalled")), "is stalled"),
        (custom(generation=3), "its controller has not processed its newest spec yet"),
        (custom(deletionTimestamp="2026-01-01T00:00:00Z"), "is being deleted"),
        (thing("ConfigMap"), ""),
        (job(hook="pre-upgrade", status={}), ""),
    ],
)
def test_an_object(live: dict[str, Any], missing: str) -> None:
    state = readiness(seen(live), wait_for_jobs=True)
    assert state.ready == (not missing)
    name = live["metadata"]["name"]
    assert state.waiting_for == ((f"{live['kind']} {name}: {missing}",) if missing else ())


def test_jobs_are_waited_for_only_if_asked() -> None:
    assert readiness(seen(job(status={}))).ready


def test_a_configmap_is_not_looked_for() -> None:
    assert readiness(seen(desired=[thing("ConfigMap")])).ready


def test_an_object_that_does_not_exist() -> None:
    state = readiness(seen(desired=[{"kind": "List", "items": [deployment()]}, {"kind": ""}]))
    assert state.waiting_for == ("Deployment web: does not exist",)
    assert state.unready == (Resource("apps/v1", "Deployment", "web", "apps"),)
