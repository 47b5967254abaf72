"""What is seen of a release, and where it is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, mark
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.clock import CLOCK, Clock
from helm_rollback_component.kube.health.observer import Observer, baseline
from helm_rollback_component.kube.health.queries import ANSWERS_LAST
from helm_rollback_component.kube.informers.informer import Informer
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
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, fail_with, labelled, select

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

NEW = "ReplicaSet-web-two"


def named(found: dict[str, Any], name: str, about: str) -> dict[str, Any]:
    """Make an event an object of the cluster."""
    metadata = {**found["metadata"], "name": name}
    about_what = {"involvedObject": {"uid": about}}
    return {"apiVersion": "v1", "kind": "Event", **found, "metadata": metadata, **about_what}


def observer(cluster: Town, *before: dict[str, Any], clock: Clock = CLOCK) -> Observer:
    marks = {objects.key(each, NAMESPACE): mark(each) for each in before}
    return Observer(Onlookers(cluster), NAMESPACE, Baseline(marks=marks), clock=clock)


def children(found: Snapshot) -> list[str]:
    return [objects.name(child) for child in found.children]


def test_of_what_was_not_changed_no_children_are_looked_for() -> None:
    live = select(deployment())
    cluster = Town(live, labelled(replica_set()), labelled(pod(NEW, running())))
    assert observer(cluster, live).look([deployment()]).children == ()
    assert cluster.requests() == ("list deployments",)


def test_of_a_deployment_its_replica_sets_and_their_pods_are_seen() -> None:
    cluster = Town(
        select(deployment()),
        labelled(select(replica_set())),
        labelled(pod(NEW, running(), name="web-0")),
        labelled(pod("ReplicaSet-other", running(), name="other-0")),
    )
    assert children(observer(cluster).look([deployment()])) == ["web-two", "web-0"]


def test_a_replica_set_that_is_refused_is_seen_to_be_and_to_be_no_longer() -> None:
    live = select(deployment(conditions=[condition("ReplicaFailure")]))
    cluster = Town(live, labelled(select(replica_set(refused="no"))))
    looking = observer(cluster)
    (known, *_) = looking.look([deployment()]).children
    assert objects.is_true(known, "ReplicaFailure")
    cluster.put(labelled(select(replica_set())))
    (known, *_) = looking.look([deployment()]).children
    assert not objects.is_true(known, "ReplicaFailure")


def test_of_a_daemon_set_revisions_and_pods_are_seen() -> None:
    cluster = Town(
        select(daemon_set()),
        labelled(controller_revision(1, "one")),
        labelled(controller_revision(2, "two")),
        labelled(pod("DaemonSet-web", name="old", revision="one")),
        labelled(pod("DaemonSet-web", name="new", revision="two")),
    )
    found = observer(cluster).look([daemon_set()])
    assert children(found) == ["web-one", "web-two", "old", "new"]


@pytest.mark.parametrize("live", [stateful_set("two"), thing("ReplicaSet", spec={})])
def test_of_others_their_pods_are_seen(live: dict[str, Any]) -> None:
    own = [labelled(pod(objects.uid(live), name=name)) for name in ("one", "two")]
    cluster = Town(select(live), *own)
    assert children(observer(cluster).look([live])) == ["one", "two"]


def test_objects_that_are_not_judged_are_not_looked_for() -> None:
    cluster = Town(thing("ConfigMap"))
    observer(cluster).look([thing("ConfigMap"), job(hook="test")])
    assert cluster.asked == []


def test_why_a_pod_finds_no_node_is_seen_and_what_may_make_room_for_it() -> None:
    unplaced = labelled(pod(NEW, name="new", uid="Pod-web-0", conditions=[NO_NODE]))
    unplaced["spec"] = {"volumes": [{"persistentVolumeClaim": {"claimName": name}} for name in ("data", "x")]}
    leaving = labelled(pod("ReplicaSet-other-one", name="old", deletionTimestamp="2026-01-01T00:00:00Z"))
    other = thing("ReplicaSet", "other-one", spec={})
    cluster = Town(
        select(deployment()),
        labelled(select(replica_set())),
        select(other),
        unplaced,
        leaving,
        claim(),
        named(event("FailedBinding", "no"), "a", "PersistentVolumeClaim-data"),
        named(event("FailedScheduling", "no"), "b", "Pod-web-0"),
    )
    found = observer(cluster, other).look([deployment(), other])
    assert sorted(children(found)) == ["data", "new", "old", "web-two"]
    assert {uid: [each["reason"] for each in events] for uid, events in found.events.items()} == {
        "Pod-web-0": ["FailedScheduling"],
        "PersistentVolumeClaim-data": ["FailedBinding"],
    }


def test_whether_what_a_container_lacks_exists_is_asked_again_after_two_seconds() -> None:
    clock = ManualClock()
    lacking = waiting("CreateContainerConfigError", 'configmap "settings" not found')
    cluster = Town(select(deployment()), labelled(select(replica_set())), labelled(pod(NEW, lacking)))
    looking = observer(cluster, clock=clock)
    assert looking.look([deployment()]).missing == {("ConfigMap", NAMESPACE, "settings")}
    assert looking.worth_another() == clock.now() + ANSWERS_LAST
    cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "uid": "1"}})
    assert looking.look([deployment()]).missing
    clock.advance(ANSWERS_LAST)
    assert looking.look([deployment()]).missing == frozenset()


def test_what_no_watch_has_told_of_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    began, refresh = clock.now(), Informer.refresh
    read: list[float] = []

    def note(informer: Informer) -> int:
        read.append(clock.now() - began)
        return refresh(informer)

    monkeypatch.setattr(Informer, "refresh", note)
    with Observer(Onlookers(Town(deployment())), NAMESPACE, Baseline(), clock=clock) as looking:
        looking.look([deployment()])
        for _ in range(3):
            clock.advance(looking.worth_another() - clock.now())
            looking.look([deployment()])
            looking.look([deployment()])
    assert read == [20, 60, 140]


def test_a_kind_that_the_cluster_does_not_have_is_looked_for_again() -> None:
    clock = ManualClock()
    shop = {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "web"}}
    cluster = Town(deployment())
    looking = Observer(Onlookers(cluster), NAMESPACE, Baseline(), wants=lambda _: True, clock=clock)
    assert looking.worth_another() == clock.now() + 20
    assert looking.look([shop]).absent == frozenset()
    assert clock.now() < looking.worth_another() < clock.now() + 5


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
    found = baseline(Onlookers(cluster), NAMESPACE, desired)
    assert found.pods == {"p0", "Pod-smoke"}
    assert found.events == {"e7": 4}
    assert sorted(map(str, found.marks)) == ["PersistentVolumeClaim data", "Pod smoke", "StatefulSet web"]


def test_a_baseline_of_nothing_asks_for_nothing() -> None:
    cluster = Town()
    assert baseline(Onlookers(cluster), NAMESPACE, ()) == Baseline()
    assert cluster.asked == []


def test_a_cluster_that_does_not_tell_its_kinds_is_not_one_that_lacks_them() -> None:
    cluster = Town()
    cluster.before = fail_with("Unreachable", temporary=True)
    with pytest.raises(OperationError, match="it is Unreachable"):
        observer(cluster).look([deployment()])
