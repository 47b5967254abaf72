"""When a release's objects are ready, by kstatus' rules."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health.readiness import Unready, readiness, settled
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


def custom(*conditions: Any, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Shop",
        "metadata": {"name": "web", "namespace": "apps", "generation": 2, **metadata},
        "status": {"observedGeneration": 2, "conditions": conditions},
    }


def replica_set(**status: Any) -> dict[str, Any]:
    return thing("ReplicaSet", spec={"replicas": 3}, status={"observedGeneration": 2, **status})


def definition(*conditions: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        "status": {"conditions": conditions},
    }


def strategy(live: dict[str, Any], **how: Any) -> dict[str, Any]:
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
        (definition(condition("NamesAccepted", message="no conflicts found")), "is not established"),
        (
            definition(condition("NamesAccepted", "False", message='"shops" is already in use')),
            'is not established ("shops" is already in use)',
        ),
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
    assert [*map(str, state.unready)] == ([f"{live['kind']} {name}: {missing}"] if missing else [])


def test_jobs_are_waited_for_only_if_asked() -> None:
    assert readiness(seen(job(status={}))).ready


def test_a_configmap_is_not_looked_for() -> None:
    assert readiness(seen(desired=[thing("ConfigMap")])).ready


def balancer(**parts: Any) -> dict[str, Any]:
    return {**thing("Service"), "apiVersion": "v1", "spec": {"type": "LoadBalancer"}, **parts}


@pytest.mark.parametrize(
    ("live", "ready"),
    [
        (balancer(), False),
        (balancer(status={"loadBalancer": {}}), False),
        (balancer(status={"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}), True),
        (balancer(spec={"type": "LoadBalancer", "externalIPs": ["192.0.2.1"]}), True),
        (balancer(spec={"type": "ClusterIP"}), True),
    ],
)
def test_a_load_balancer_is_waited_for_only_if_asked(live: dict[str, Any], *, ready: bool) -> None:
    assert readiness(seen(live)).ready
    state = readiness(seen(live), load_balancers=True)
    told = [] if ready else ["Service web: its load balancer has no address yet"]
    assert [*map(str, state.unready)] == told


def test_a_service_that_has_become_a_cluster_address_by_now_has_no_balancer_to_wait_for() -> None:
    now = balancer(spec={"type": "ClusterIP"})
    assert readiness(seen(now, desired=[balancer()]), load_balancers=True).ready


def plain(version: str, kind: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, **parts}


ACCEPTED = condition("NamesAccepted")
ESTABLISHED = condition("Established")


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param(definition(ESTABLISHED, ACCEPTED), True, id="an established definition"),
        pytest.param(definition(ESTABLISHED), False, id="a definition of contested names"),
        pytest.param(definition(ACCEPTED), False, id="a definition that is being installed"),
        pytest.param(
            definition(ESTABLISHED, ACCEPTED) | {"metadata": {"name": "x", "deletionTimestamp": "now"}},
            False,
            id="a definition that is being deleted",
        ),
        pytest.param(plain("v1", "ConfigMap"), True, id="a ConfigMap"),
        pytest.param(plain("v1", "Secret"), True, id="a Secret"),
        pytest.param(plain("v1", "ServiceAccount"), True, id="a ServiceAccount"),
        pytest.param(plain("v1", "Service"), True, id="a Service"),
        pytest.param(plain("v1", "Namespace", status={"phase": "Active"}), True, id="a Namespace"),
        pytest.param(plain("rbac.authorization.k8s.io/v1", "ClusterRole"), True, id="a ClusterRole"),
        pytest.param(plain("networking.k8s.io/v1", "NetworkPolicy"), True, id="a NetworkPolicy"),
        pytest.param(job(hook="test", status={}), True, id="a test"),
        pytest.param(job(hook="pre-upgrade", status={}), False, id="a hook that may fail"),
        pytest.param(job(status={"conditions": [condition("Complete")]}), False, id="a complete Job"),
        pytest.param(deployment(**GROWN), False, id="a ready Deployment"),
        pytest.param(thing("Pod", status={"phase": "Succeeded"}), False, id="a Pod that has ended"),
        pytest.param(claim("Bound"), False, id="a bound claim, which may lose its volume"),
        pytest.param(custom(condition("Ready")), False, id="a custom resource that is ready"),
        pytest.param(plain("example.com/v1", "Shop"), False, id="a custom resource without a status yet"),
    ],
)
def test_what_need_not_be_read_again(live: dict[str, Any], *, expected: bool) -> None:
    assert settled(live) == expected


def test_an_object_that_does_not_exist() -> None:
    state = readiness(seen(desired=[{"kind": "List", "items": [deployment()]}, {"kind": ""}]))
    web = Resource("apps/v1", "Deployment", "web", "apps")
    assert state.unready == (Unready(web, "does not exist"),)
    assert str(state.unready[0]) == "Deployment web: does not exist"
