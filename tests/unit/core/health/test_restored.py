"""Whether what is live is what a revision declares."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from helm_rollback_component.core.health.objects import key
from helm_rollback_component.core.health.restored import unrestored

NAMESPACE = "apps"
Object = dict[str, Any]


def workload(tag: str, kind: str = "Deployment", **spec: Any) -> Object:
    containers = [{"name": "main", "image": f"web:{tag}", "resources": {"limits": {"cpu": "1000m"}}}]
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": containers, **spec}}},
    }


def live_workload(tag: str, kind: str = "Deployment") -> Object:
    found = deepcopy(workload(tag, kind, restartPolicy="Always"))
    found["spec"]["replicas"] = 7
    found["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1"}}
    return found


def other(kind: str, **content: Any) -> Object:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "data"}, **content}


def claim(size: str) -> Object:
    return other("PersistentVolumeClaim", spec={"resources": {"requests": {"storage": size}}})


def found(
    declared: list[Object], live: list[Object], replaced: list[Object] | None = None
) -> list[str] | None:
    there = {key(each, NAMESPACE): each for each in live}
    left = unrestored(declared, replaced or declared, there, NAMESPACE)
    return None if left is None else [str(each) for each in left]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_a_workload_with_the_declared_template_serves(kind: str) -> None:
    assert found([workload("1", kind)], [live_workload("1", kind)]) == []
    assert found([workload("1", kind)], [live_workload("2", kind)]) is None
    assert found([workload("1", kind)], []) is None


def test_a_bare_pod_serves_too() -> None:
    pod = other("Pod", spec={"containers": [{"name": "main", "image": "web:1"}]})
    live = other("Pod", spec={"containers": [{"name": "main", "image": "web:1"}], "nodeName": "a"})
    assert found([pod], [live]) == []
    assert found([pod], [other("Pod", spec={"containers": [{"name": "main", "image": "web:2"}]})]) is None


def test_a_workload_that_still_has_what_only_the_bad_revision_added_does_not_serve() -> None:
    bad = workload("1", nodeSelector={"disk": "none"})
    assert found([workload("1")], [bad], [bad]) is None
    assert found([workload("1")], [live_workload("1")], [bad]) == []


def test_a_workload_from_which_the_bad_revision_removed_something_serves() -> None:
    good = workload("1", nodeSelector={"disk": "ssd"})
    assert found([good], [good], [workload("1")]) == []


def test_one_more_container_is_another_template() -> None:
    sidecar = deepcopy(live_workload("1"))
    sidecar["spec"]["template"]["spec"]["containers"].append({"name": "sidecar"})
    assert found([workload("1")], [sidecar]) is None


def test_all_workloads_have_to_serve() -> None:
    second = deepcopy(workload("1"))
    second["metadata"]["name"] = "worker"
    assert found([workload("1"), second], [live_workload("1")]) is None


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        (claim("1Gi"), claim("2Gi")),
        (other("ConfigMap", data={"a": "1"}), other("ConfigMap", data={"a": "2"}, immutable=True)),
        (other("Secret", stringData={"a": "1"}), other("Secret", data={"a": "Mg=="})),
        (other("Service", spec={"clusterIP": "None"}), other("Service", spec={"clusterIP": "10.0.0.1"})),
        (other("Job", spec={"template": {"a": 1}}), other("Job", spec={"template": {"a": 2}})),
        (other("Thing", spec={"list": [1, 2]}), other("Thing", spec={"list": [1]})),
        (other("Thing", spec={"list": [1]}), other("Thing", spec={"list": "one"})),
        (other("Thing", spec={"map": {"a": 1}}), other("Thing", spec={"map": "one"})),
        (other("Thing", spec={"version": "1.2.3"}), other("Thing", spec={"version": "1.2.4"})),
        (other("Thing", spec={"text": "-"}), other("Thing", spec={"text": "."})),
    ],
)
def test_any_other_object_is_named_and_the_workloads_serve(declared: Object, live: Object) -> None:
    assert found([workload("1"), declared], [live_workload("1"), live]) == [f"{declared['kind']} data"]
    assert found([workload("1"), declared], [live_workload("1")]) == [f"{declared['kind']} data"]


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        (claim("1024Mi"), claim("1Gi")),
        (other("Secret", stringData={"a": "1"}), other("Secret", data={"a": "MQ=="})),
        (other("Thing", spec={"empty": {}, "none": None, "off": False}), other("Thing", spec={})),
        (other("Thing", spec={"cpu": 1}), other("Thing", spec={"cpu": "1"})),
        (other("Thing", status={"seen": 1}), other("Thing")),
    ],
)
def test_what_is_only_spelled_otherwise_is_the_same(declared: Object, live: Object) -> None:
    assert found([workload("1"), declared], [live_workload("1"), live]) == []


def test_without_a_workload_everything_has_to_be_as_declared() -> None:
    config = other("ConfigMap", data={"a": "1"})
    assert found([config], [config]) == []
    assert found([config], [other("ConfigMap", data={"a": "2"})]) is None
