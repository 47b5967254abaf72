"""What is read of the cluster to judge a release, and that it is no more than is needed."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.snapshot import Baseline, Snapshot, mark
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.clock import CLOCK, Clock
from helm_rollback_component.kube.health.observer import Observer, baseline
from helm_rollback_component.kube.health.queries import ANSWERS_LAST
from tests.support.manual_clock import ManualClock
from tests.unit.core.health.health_objects import (
    NO_NODE,
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
    waiting,
)
from tests.unit.kube.health.health_cluster import NAMESPACE, Town, fail_with, labelled, select

NEW = "ReplicaSet-web-two"


def named(found: dict[str, Any], name: str, about: str) -> dict[str, Any]:
    """Make an event an object of the cluster."""
    return {**found, "metadata": {**found["metadata"], "name": name}, "involvedObject": {"uid": about}}


def observer(cluster: Town, *before: dict[str, Any], clock: Clock = CLOCK) -> Observer:
    marks = {objects.key(each, NAMESPACE): mark(each) for each in before}
    return Observer(cluster, NAMESPACE, Baseline(marks=marks), clock=clock)


def children(found: Snapshot) -> list[str]:
    return [objects.name(child) for child in found.children]


def test_what_was_not_changed_is_one_request() -> None:
    live = select(deployment())
    cluster = Town(live, labelled(replica_set()), labelled(pod(NEW, running())))
    assert observer(cluster, live).look([deployment()]).children == ()
    assert cluster.requests() == ("get web",)


def test_what_is_rolled_out_is_two_requests_once_its_replica_set_is_known() -> None:
    cluster = Town(
        select(deployment()), labelled(select(replica_set())), labelled(pod(NEW, running(), name="web-0"))
    )
    looking = observer(cluster)
    for _ in range(3):
        assert children(looking.look([deployment()])) == ["web-two", "web-0"]
    assert cluster.requests() == ("get web", "list replicasets", "list pods", *("get web", "list pods") * 2)


def test_a_replica_set_that_is_refused_is_read_again() -> None:
    live = select(deployment(conditions=[condition("ReplicaFailure")]))
    cluster = Town(live, labelled(select(replica_set(refused="no"))))
    looking = observer(cluster)
    for _ in range(2):
        (known, *_) = looking.look([deployment()]).children
        assert objects.is_true(known, "ReplicaFailure")
    cluster.put(select(deployment()))
    (known, *_) = looking.look([deployment()]).children
    assert not objects.is_true(known, "ReplicaFailure")


def test_a_replica_set_that_does_not_exist_yet_is_looked_for_again() -> None:
    cluster = Town(select(deployment()))
    looking = observer(cluster)
    assert children(looking.look([deployment()])) == []
    cluster.put(labelled(select(replica_set())))
    assert children(looking.look([deployment()])) == ["web-two"]


def test_of_a_daemon_set_only_the_newest_pods_are_read() -> None:
    cluster = Town(
        select(daemon_set()),
        labelled(controller_revision(1, "one")),
        labelled(controller_revision(2, "two")),
        labelled(pod("DaemonSet-web", name="old", revision="one")),
        labelled(pod("DaemonSet-web", name="new", revision="two")),
    )
    assert children(observer(cluster).look([daemon_set()])) == ["web-two", "new"]


def test_of_a_daemon_set_without_revisions_no_pod_is_read() -> None:
    cluster = Town(select(daemon_set()), labelled(pod("DaemonSet-web")))
    assert children(observer(cluster).look([daemon_set()])) == []


@pytest.mark.parametrize("live", [stateful_set("two"), thing("ReplicaSet", spec={})])
def test_of_others_all_pods_are_read(live: dict[str, Any]) -> None:
    cluster = Town(select(live), labelled(pod(name="one")), labelled(pod(name="two")))
    assert children(observer(cluster).look([live])) == ["one", "two"]


def test_objects_that_are_not_judged_are_not_read() -> None:
    cluster = Town(thing("ConfigMap"))
    observer(cluster).look([thing("ConfigMap"), job(hook="test")])
    assert cluster.asked == []


def test_why_a_pod_finds_no_node_is_asked_once_in_two_seconds() -> None:
    clock = ManualClock()
    unplaced = labelled(pod(NEW, name="new", conditions=[NO_NODE]))
    unplaced["spec"] = {"volumes": [{"persistentVolumeClaim": {"claimName": name}} for name in ("data", "x")]}
    leaving = labelled(pod("ReplicaSet-web-one", name="old", deletionTimestamp="2026-01-01T00:00:00Z"))
    unplaced["metadata"]["labels"]["hash"] = "two"
    newest = labelled(select(replica_set()))
    newest["spec"]["selector"] = {"matchLabels": {"app": "web", "hash": "two"}}
    cluster = Town(
        select(deployment()),
        newest,
        unplaced,
        leaving,
        claim(),
        named(event("FailedBinding", "no"), "a", "PersistentVolumeClaim-data"),
        named(event("FailedScheduling", "no"), "b", "Pod-web-0"),
    )
    unplaced["metadata"]["uid"] = "Pod-web-0"
    cluster.put(unplaced)
    looking = observer(cluster, clock=clock)
    found = looking.look([deployment()])
    assert children(found) == ["web-two", "new", "data", "old"]
    assert {uid: [each["reason"] for each in events] for uid, events in found.events.items()} == {
        "Pod-web-0": ["FailedScheduling"],
        "PersistentVolumeClaim-data": ["FailedBinding"],
    }
    asked = len(cluster.requests())
    assert looking.look([deployment()]).events == found.events
    assert len(cluster.requests()) == asked + 2
    clock.advance(ANSWERS_LAST)
    looking.look([deployment()])
    assert len(cluster.requests()) > asked + 4


def test_whether_what_a_container_lacks_exists_is_looked_up() -> None:
    lacking = waiting("CreateContainerConfigError", 'configmap "settings" not found')
    cluster = Town(select(deployment()), labelled(select(replica_set())), labelled(pod(NEW, lacking)))
    assert observer(cluster).look([deployment()]).missing == {("ConfigMap", NAMESPACE, "settings")}
    cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "uid": "1"}})
    assert observer(cluster).look([deployment()]).missing == frozenset()


def test_a_baseline_holds_all_that_cannot_be_the_next_actions_doing() -> None:
    single = thing("Pod", "smoke")
    cluster = Town(
        select(stateful_set("one")),
        labelled(pod("StatefulSet-web", name="web-0", uid="p0")),
        labelled(single) | {"metadata": {**single["metadata"], "labels": {}}},
        named(event("FailedCreate", uid="e7", count=4), "a", "StatefulSet-web"),
        claim(),
    )
    desired = [stateful_set("one"), single, claim(), deployment(), thing("ConfigMap")]
    found = baseline(cluster, NAMESPACE, desired)
    assert found.pods == {"p0", "Pod-smoke"}
    assert found.events == {"e7": 4}
    assert sorted(map(str, found.marks)) == ["PersistentVolumeClaim data", "Pod smoke", "StatefulSet web"]


def test_a_baseline_of_nothing_asks_for_nothing() -> None:
    cluster = Town()
    assert baseline(cluster, NAMESPACE, ()) == Baseline()
    assert cluster.asked == []


def test_a_cluster_that_does_not_tell_its_kinds_is_not_one_that_lacks_them() -> None:
    cluster = Town()
    cluster.before = fail_with("Unreachable", temporary=True)
    with pytest.raises(OperationError, match="it is Unreachable"):
        observer(cluster).look([deployment()])


@pytest.mark.parametrize(("number", "elsewhere"), [(2, False), (3, True)])
def test_many_objects_are_read_by_several_threads(number: int, *, elsewhere: bool) -> None:
    many = [thing("ReplicaSet", f"web-{each}", spec={}) for each in range(number)]
    cluster = Town(*map(select, many))
    readers: set[bool] = set()
    cluster.before = lambda *_: readers.add(threading.current_thread() is not threading.main_thread())
    assert len(observer(cluster).look(many).live) == number
    assert readers == {elsewhere}
