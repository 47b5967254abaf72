"""A right that the user lacks costs what needs it, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.unseen import of_objects, sentences
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health.observer import Observer, baseline
from tests.support.fake_cluster import failure
from tests.unit.core.health.health_objects import (
    NO_NODE,
    deployment,
    pod,
    replica_set,
    running,
    stateful_set,
    waiting,
)
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, labelled, select

NEW = "ReplicaSet-web-two"
LOST = waiting("CreateContainerConfigError", message='secret "token" not found')


def town(live: dict[str, Any], owner: str, container: dict[str, Any], **more: Any) -> Town:
    """A cluster with a workload, its revision and its pod."""
    return Town(select(live), labelled(replica_set()), labelled(pod(owner, container, **more)))


def refusing(cluster: Town, *plurals: str, reason: str = "Forbidden", temporary: bool = False) -> Town:
    """Have the cluster refuse to tell of these."""

    def refuse(_verb: str, path: str) -> None:
        if path.rpartition("/")[2] in plurals:
            raise failure(reason, temporary=temporary)

    cluster.before = refuse
    return cluster


def observer(cluster: Town, before: Baseline | None = None) -> Observer:
    return Observer(Onlookers(cluster), NAMESPACE, before or Baseline())


def asked(cluster: Town, what: str) -> int:
    return sum(request.endswith(f" {what}") for request in cluster.requests())


@pytest.mark.parametrize("reason", ["Forbidden", "MethodNotAllowed"])
def test_of_objects_that_may_not_be_read_nothing_is_said(reason: str) -> None:
    looking = observer(refusing(town(deployment(), NEW, running()), "deployments", reason=reason))
    seen = looking.look([deployment(), stateful_set()])
    assert ([*seen.live], [each["kind"] for each in seen.desired]) == ([], ["StatefulSet"])
    assert of_objects(seen.unseen) == f"it is {reason}"
    assert [each.kind for each in seen.absent] == ["StatefulSet"]


def test_without_pods_there_are_the_workload_and_its_revisions() -> None:
    looking = observer(refusing(town(deployment(), NEW, running()), "pods"))
    seen = looking.look([deployment()])
    assert [each["kind"] for each in seen.children] == ["ReplicaSet"]
    assert (of_objects(seen.unseen), sentences(seen.unseen)) == ("", ("it is Forbidden",))


def test_without_events_an_autoscaler_may_be_at_work() -> None:
    cluster = town(deployment(), NEW, running(ready=False), conditions=[NO_NODE])
    seen = observer(refusing(cluster, "events")).look([deployment()])
    assert dict(seen.events) == {}


def test_what_may_not_be_looked_for_exists() -> None:
    seen = observer(refusing(town(deployment(), NEW, LOST), "secrets")).look([deployment()])
    assert seen.missing == frozenset()


def test_what_is_refused_is_asked_once() -> None:
    cluster = refusing(town(deployment(), NEW, running()), "pods")
    looking = observer(cluster)
    for _ in range(3):
        looking.look([deployment()])
    assert asked(cluster, "pods") == 1
    assert [*looking.lacking()] == ["it is Forbidden"]


@pytest.mark.parametrize("refused", ["statefulsets", "pods", "events"])
def test_an_update_begins_whatever_may_not_be_read_and_does_not_look_there_later(refused: str) -> None:
    live = stateful_set("one")
    cluster = refusing(town(live, "StatefulSet-web", running()), refused)
    before = baseline(Onlookers(cluster), NAMESPACE, [live])
    assert sentences(before.unseen) == ("it is Forbidden",)
    times = asked(cluster, refused)
    cluster.before = _allow
    looking = observer(cluster, before)
    looking.look([stateful_set("two")])
    assert refused == "events" or asked(cluster, refused) == times
    assert [*looking.lacking()] == ["it is Forbidden"]


def _allow(_verb: str, _path: str) -> None:
    """Refuse nothing."""


def test_a_refusal_that_may_pass_is_an_error() -> None:
    looking = observer(refusing(town(deployment(), NEW, running()), "pods", temporary=True))
    with pytest.raises(OperationError, match="it is Forbidden"):
        looking.look([deployment()])


def test_no_more_is_watched_than_a_release_has() -> None:
    metadata = [{"name": "web", "namespace": f"n{number}"} for number in range(200)]
    declared = [{**deployment(), "metadata": each} for each in metadata]
    cluster = Town()
    seen = observer(cluster).look(declared)
    assert asked(cluster, "deployments") == 150
    assert len(seen.desired) == 150
    (told,) = sentences(seen.unseen)
    assert told.endswith("of more than 150 kinds and namespaces; the others are not seen")
