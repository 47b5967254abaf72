"""What is kept of an object is all that the rules read, and little more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import mark
from helm_rollback_component.core.health.kept import kept
from helm_rollback_component.core.health.pod_status import claims_of
from helm_rollback_component.core.health.readiness_rules import lack
from helm_rollback_component.core.health.snapshot import applied
from tests.unit.core.health.health_objects import (
    claim,
    condition,
    controller_revision,
    daemon_set,
    deployment,
    event,
    job,
    pod,
    replica_set,
    running,
    stateful_set,
    thing,
)

CUSTOM: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Shop",
    "metadata": {"name": "web", "uid": "1", "generation": 2},
    "spec": {"much": "of it"},
    "status": {"observedGeneration": 2, "conditions": [condition("Ready", "False", message="closed")]},
}
BALANCER: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1", "ports": [{"port": 80}]},
    "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
}
STRATEGY = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
GROWN: dict[str, Any] = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 2, "readyReplicas": 3}
OBJECTS: list[dict[str, Any]] = [
    deployment(**GROWN, conditions=[condition("Progressing", reason="ProgressDeadlineExceeded")]),
    deployment() | {"spec": {"paused": True}},
    replica_set(refused="no quota"),
    stateful_set(readyReplicas=2, replicas=2, updatedReplicas=1, currentRevision="one"),
    stateful_set() | {"spec": {"replicas": 2, "updateStrategy": STRATEGY, "ordinals": {"start": 1}}},
    daemon_set(desiredNumberScheduled=3, updatedNumberScheduled=3, numberAvailable=2, numberReady=3),
    daemon_set() | {"spec": {"updateStrategy": {"type": "OnDelete"}}},
    job(status={"succeeded": 1}) | {"spec": {"completions": 3, "parallelism": 2}},
    job() | {"spec": {"parallelism": 2}},
    pod("ReplicaSet-web-two", running(), phase="Running"),
    claim(),
    controller_revision(1, "one"),
    thing("ConfigMap", data={"a": "b"}),
    CUSTOM,
    BALANCER,
    {**BALANCER, "spec": {"type": "LoadBalancer", "externalIPs": ["192.0.2.2"]}, "status": {}},
    {**BALANCER, "status": {"loadBalancer": {}}},
]
NAMES = [f"{live['kind']}-{number}" for number, live in enumerate(OBJECTS)]


@pytest.mark.parametrize("live", OBJECTS, ids=NAMES)
def test_what_is_kept_means_the_same(live: dict[str, Any]) -> None:
    small = kept(live)
    assert lack(small) == lack(live)
    assert mark(small) == mark(live)
    assert applied(live, small, None) == applied(live, live, None)
    assert objects.controller_uid(small) == objects.controller_uid(live)
    assert objects.key(small, "apps") == objects.key(live, "apps")


@pytest.mark.parametrize("live", OBJECTS, ids=NAMES)
def test_what_was_kept_once_is_kept_again(live: dict[str, Any]) -> None:
    assert kept(kept(live)) == kept(live)


def test_the_selector_and_the_template_of_a_workload_are_kept() -> None:
    selector = {"matchLabels": {"app": "web"}}
    live = deployment()
    live["spec"] |= {"selector": selector, "strategy": {"type": "Recreate"}}
    assert kept(live)["spec"] == {
        "replicas": 3,
        "selector": selector,
        "template": live["spec"]["template"],
    }


def test_of_a_pods_spec_the_claims_are_kept() -> None:
    live = pod()
    mounted = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    live["spec"] = {"containers": [{"image": "one"}], "volumes": [{"name": "tmp", "emptyDir": {}}, mounted]}
    small = kept(live)
    assert [*claims_of(small)] == [*claims_of(live)]
    assert small["spec"] == {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}


def test_a_revision_keeps_its_number() -> None:
    assert kept(controller_revision(7, "one"))["revision"] == 7
    assert kept({**controller_revision(7, "one"), "data": {"spec": {}}}).keys().isdisjoint({"data", "spec"})


def test_an_event_keeps_what_it_says_and_about_what() -> None:
    live = {
        "apiVersion": "v1",
        "kind": "Event",
        "involvedObject": {"uid": "1"},
        **event("FailedCreate", "no"),
    }
    assert kept({**live, "source": {"component": "it"}, "reportingInstance": "it-1"}) == live


def test_of_annotations_only_the_releases_name_is_kept() -> None:
    live = thing("ConfigMap")
    large = {**live["metadata"]["annotations"], "kubectl.kubernetes.io/last-applied-configuration": "much"}
    described = {**live["metadata"], "annotations": large, "managedFields": ["many"]}
    assert kept({**live, "metadata": described})["metadata"] == live["metadata"]
    bare = {**live, "metadata": {"name": "web", "annotations": {"other": "one"}}}
    assert kept(bare)["metadata"] == {"name": "web"}


def test_content_that_is_not_judged_is_not_kept() -> None:
    secret = thing("ConfigMap", data={"password": "hunter2"}, spec={"password": "hunter2"})
    assert "hunter2" not in json.dumps(kept(secret))
