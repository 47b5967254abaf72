"""Waiting until a release is ready, and watching whether it stays so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health.examiner import HealthContext
from helm_rollback_component.kube.health.wait import Beginning, soak, wait_ready
from helm_rollback_component.kube.informers.informer import Informer
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Resource
from tests.support.fake_cluster import failure
from tests.support.manual_clock import SleepingClock
from tests.unit.core.health.health_objects import (
    condition,
    deployment,
    pod,
    replica_set,
    running,
    stateful_set,
    thing,
    waiting,
)
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, fail_with, labelled, select

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.kube.clock import Clock

GROWN: dict[str, Any] = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
NEW = "ReplicaSet-web-two"
WEB = Resource("apps/v1", "Deployment", "web", NAMESPACE)


@pytest.fixture
def clock() -> SleepingClock:
    return SleepingClock()


def town(live: Any, *pods: Any) -> Town:
    return Town(select(live), labelled(select(replica_set())), *map(labelled, pods))


def wait(
    cluster: Town,
    *declared: dict[str, Any],
    timeout: float = 60,
    stop: Cancellation | None = None,
    clock: Clock | None = None,
    beginning: Beginning | None = None,
) -> tuple[HealthVerdict | None, list[str]]:
    said: list[str] = []
    context = HealthContext(
        Onlookers(cluster), NAMESPACE, HealthConfig(), said.append, clock=clock or SleepingClock()
    )
    limit = Limit(Reason.READINESS_TIMEOUT, timeout)
    found = wait_ready(context, declared, limit, stop or Cancellation(), beginning or Beginning())
    told = [line for line in said if not re.search(r", \d+ s$", line)]  # again, while it lasts
    return (found if isinstance(found, HealthVerdict) else None), told


def watch(
    cluster: Town, seconds: float = 60, stop: Cancellation | None = None, clock: Clock | None = None
) -> HealthVerdict | None:
    health = HealthConfig(soak=seconds, grace=10)
    context = HealthContext(
        Onlookers(cluster), NAMESPACE, health, lambda _: None, clock=clock or SleepingClock()
    )
    return soak(context, [deployment()], stop or Cancellation())


def test_what_is_ready_is_not_waited_for() -> None:
    assert wait(town(deployment(**GROWN)), deployment(), thing("ConfigMap")) == (None, [])


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The collections that were read anew so far, by the last part of their path."""
    collections, refresh = list[str](), Informer.refresh

    def note(informer: Informer) -> int:
        collections.append(informer.collection.path.rpartition("/")[2])
        return refresh(informer)

    monkeypatch.setattr(Informer, "refresh", note)
    return collections


def test_a_release_is_ready_by_its_own_objects_read_anew(read_anew: list[str]) -> None:
    assert wait(town(deployment(**GROWN), pod(NEW, running())), deployment()) == (None, [])
    assert read_anew == ["deployments"]


def test_where_something_is_excused_its_pods_are_read_anew_as_well(read_anew: list[str]) -> None:
    short = town(deployment(**{**GROWN, "availableReplicas": 2}), pod(NEW, running()))
    before = Baseline(allowed={objects.key(deployment(), NAMESPACE): 1})
    assert wait(short, deployment(), beginning=Beginning(before))[0] is None
    assert sorted(read_anew) == ["deployments", "pods", "replicasets"]


def test_what_gets_ready_is_waited_for(clock: SleepingClock) -> None:
    cluster = town(deployment(**{**GROWN, "updatedReplicas": 1}))
    clock.after(20, lambda: cluster.put(select(deployment(**GROWN))))
    said = ["waiting for Deployment web: 1 of 3 replicas are updated"]
    assert wait(cluster, deployment(), clock=clock) == (None, said)


def test_what_became_unready_while_it_was_waited_for_is_told_with_since_when(clock: SleepingClock) -> None:
    cluster = town(deployment(**{**GROWN, "updatedReplicas": 1}))
    other = thing("StatefulSet", "db", spec={}, status={"readyReplicas": 1, "replicas": 1})
    cluster.put(select(other))
    clock.after(20, lambda: cluster.put(select(other | {"status": {"replicas": 1}})))
    verdict, _ = wait(cluster, deployment(), other, timeout=30, clock=clock)
    assert verdict is not None
    assert "StatefulSet db: 0 of 1 replicas are ready for the last " in verdict.message


def test_what_is_bad_is_not_waited_for() -> None:
    verdict, _ = wait(town(deployment(), pod(NEW, waiting("InvalidImageName"))), deployment())
    assert verdict is not None
    assert verdict.reason == "InvalidImageName"


def test_what_is_deleted_is_not_waited_for_longer_than_its_client_may_need(clock: SleepingClock) -> None:
    cluster = town(deployment(**{**GROWN, "updatedReplicas": 1}))
    clock.after(20, lambda: cluster.take_away(select(deployment())))
    verdict, _ = wait(cluster, deployment(), clock=clock)
    assert verdict is not None
    assert (verdict.reason, verdict.object) == ("ObjectDeleted", WEB)


def test_what_is_not_there_from_the_beginning_was_deleted_before() -> None:
    verdict, _ = wait(town(deployment(**GROWN)), deployment(), thing("StatefulSet", "db"))
    assert verdict is not None
    assert (verdict.reason, verdict.object.name) == ("ObjectDeleted", "db")


def test_time_runs_out() -> None:
    verdict, _ = wait(town(deployment(**{**GROWN, "updatedReplicas": 1})), deployment(), timeout=30)
    assert verdict is not None
    assert verdict.reason == "ReadinessTimeout"
    assert verdict.message == "not ready after 30 s: Deployment web: 1 of 3 replicas are updated"
    assert verdict.object == WEB


def test_an_object_of_an_unknown_kind_is_not_there_yet() -> None:
    shop = {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "web"}}
    verdict, said = wait(town(deployment()), shop, timeout=0)
    assert verdict is not None
    assert said == ["waiting for Shop web: does not exist"]


def test_a_wait_can_be_cancelled(clock: SleepingClock) -> None:
    stop = Cancellation()
    clock.after(20, stop.request)
    verdict, _ = wait(town(deployment()), deployment(), stop=stop, clock=clock)
    assert verdict is not None
    assert (verdict.reason, verdict.object) == ("Cancelled", WEB)


def test_of_a_release_of_nothing_a_cancelled_wait_names_the_namespace() -> None:
    stop = Cancellation()
    stop.request()
    verdict, _ = wait(Town(), stop=stop)
    assert verdict is not None
    assert verdict.object == Resource("", "", "", NAMESPACE)


def test_a_cluster_that_is_away_for_a_moment_is_waited_for() -> None:
    cluster = town(deployment(**GROWN))
    cluster.before = fail_with("Unreachable", temporary=True, times=3)
    assert wait(cluster, deployment())[0] is None


@pytest.mark.parametrize(("temporary", "timeout"), [(True, 30), (False, 60)])
def test_a_cluster_that_does_not_answer(*, temporary: bool, timeout: float) -> None:
    cluster = town(deployment(**GROWN))
    cluster.before = fail_with("Away", temporary=temporary)
    with pytest.raises(OperationError, match="it is Away"):
        wait(cluster, deployment(), timeout=timeout)


def stuck(phase: str = "Pending") -> Town:
    live = stateful_set("one", wanted=1, readyReplicas=0, currentRevision="one")
    held = pod("StatefulSet-web", waiting("ErrImagePull"), name="web-0", revision="two", phase=phase)
    return Town(select(live), labelled(held))


def refusing(reason: str, *requests: str) -> Callable[[str, str], None]:
    """Refuse these requests, each a verb and the last part of a path."""

    def refuse(verb: str, path: str) -> None:
        if f"{verb} {path.rpartition('/')[2]}" in requests:
            raise failure(reason)

    return refuse


def takings(cluster: Town) -> list[str]:
    return [each for each in cluster.requests() if each.startswith(("delete", "create"))]


def test_a_pod_that_holds_up_a_stateful_set_is_evicted_itself_and_no_other_of_its_name() -> None:
    cluster = stuck()
    _, said = wait(cluster, stateful_set("one"), timeout=30)
    assert "Pod web-0 blocked its StatefulSet and was evicted" in said
    assert takings(cluster) == ["create eviction"]
    (eviction,) = cluster.evictions
    assert eviction["apiVersion"] == "policy/v1"
    assert eviction["deleteOptions"]["preconditions"] == {"uid": "Pod-web-0"}


def test_what_a_budget_forbids_is_tried_again_and_told_once(clock: SleepingClock) -> None:
    cluster = stuck()
    cluster.before = refusing("TooManyRequests", "create eviction")
    clock.after(12, lambda: setattr(cluster, "before", lambda *_: None))
    _, said = wait(cluster, stateful_set("one"), timeout=30, clock=clock)
    assert set(takings(cluster)) == {"create eviction"}
    assert 3 <= len(takings(cluster)) <= 6, "every 5 s, and when something has changed"
    assert said[1:] == [
        "Pod web-0 blocks its StatefulSet and cannot be evicted: it is TooManyRequests",
        "Pod web-0 blocked its StatefulSet and was evicted",
    ]


@pytest.mark.parametrize("reason", ["NotFound", "Conflict"])
def test_a_pod_that_is_gone_already_is_no_news(reason: str) -> None:
    cluster = stuck()
    cluster.before = refusing(reason, "create eviction")
    _, said = wait(cluster, stateful_set("one"), timeout=3)
    assert said == ["waiting for StatefulSet web: 0 of 1 replicas are ready"]


class TestWithoutTheRightToEvict:
    def test_a_pod_that_never_ran_is_deleted_as_no_budget_protects_it(self) -> None:
        cluster = stuck()
        cluster.before = refusing("Forbidden", "create eviction")
        _, said = wait(cluster, stateful_set("one"), timeout=30)
        assert "Pod web-0 blocked its StatefulSet and was deleted (it is Forbidden)" in said
        assert takings(cluster) == ["create eviction", "delete web-0"]

    def test_a_pod_that_runs_stays_and_what_is_lacking_is_told(self) -> None:
        cluster = stuck("Running")
        cluster.before = refusing("Forbidden", "create eviction")
        verdict, said = wait(cluster, stateful_set("one"), timeout=30)
        assert verdict is not None
        assert said[1:] == ["Pod web-0 blocks its StatefulSet and cannot be evicted: it is Forbidden"]
        assert "delete web-0" not in takings(cluster)

    def test_a_pod_that_may_not_be_deleted_either_is_told_of(self) -> None:
        cluster = stuck()
        cluster.before = refusing("Forbidden", "create eviction", "delete web-0")
        verdict, said = wait(cluster, stateful_set("one"), timeout=30)
        assert verdict is not None
        assert said[1:] == ["Pod web-0 blocks its StatefulSet and cannot be evicted: it is Forbidden"]


def test_no_soak_asks_for_nothing() -> None:
    cluster = town(deployment(**GROWN))
    assert watch(cluster, 0) is None


def test_a_soak_that_goes_well() -> None:
    assert watch(town(deployment(**GROWN), pod(NEW, running(restarts=5)))) is None


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (running(restarts=1), "ContainerRestarted"),
        (running(ready=False), "ReadinessLost"),
        (waiting("InvalidImageName"), "InvalidImageName"),
    ],
)
def test_a_soak_that_goes_badly(later: dict[str, Any], reason: str, clock: SleepingClock) -> None:
    cluster = town(deployment(**GROWN), pod(NEW, running()))
    clock.after(20, lambda: cluster.put(labelled(pod(NEW, later))))
    verdict = watch(cluster, clock=clock)
    assert verdict is not None
    assert verdict.reason == reason


def test_readiness_that_is_lost_near_the_end_may_come_back(clock: SleepingClock) -> None:
    cluster = town(deployment(**GROWN), pod(NEW, running(), conditions=[condition("Ready")]))
    clock.after(55, lambda: cluster.put(labelled(pod(NEW, running(ready=False)))))
    clock.after(64, lambda: cluster.put(labelled(pod(NEW, running()))))
    ending = clock.now() + 64
    assert watch(cluster, 60, clock=clock) is None
    assert clock.now() >= ending


def test_a_soak_can_be_cancelled(clock: SleepingClock) -> None:
    stop = Cancellation()
    clock.after(20, stop.request)
    verdict = watch(town(deployment(**GROWN)), stop=stop, clock=clock)
    assert verdict is not None
    assert verdict.reason == "Cancelled"
