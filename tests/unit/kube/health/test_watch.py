"""The watch beside Helm: when it speaks, when it keeps silent, and what it does without an answer."""

from __future__ import annotations

import math
import threading
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health import silence
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.silence import Silence
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import showing
from helm_rollback_component.kube.health.examiner import HealthContext
from helm_rollback_component.kube.health.watch import Applied, HealthWatch
from tests.support.fake_cluster import failure
from tests.support.manual_clock import HastyClock
from tests.support.waiting import HANG_LIMIT, await_that
from tests.unit.core.health.health_objects import deployment, job, pod, replica_set, running, waiting
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, fail_with, labelled, select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.cancellation import Cancellation


LOOP = waiting("CrashLoopBackOff", restarts=4, last={"exitCode": 1, "reason": "Error"})
DESIRED = [deployment()]
GONE = "the health of the release is no longer watched: it is Gone"


def town(*containers: Any) -> Town:
    return Town(
        select(deployment()),
        labelled(select(replica_set())),
        labelled(pod("ReplicaSet-web-two", *containers)),
    )


class Observed:
    """A watch, and what it said."""

    def __init__(
        self,
        cluster: Town,
        objects: Callable[[Cancellation], Sequence[Any]] = lambda _: DESIRED,
        settings: HealthConfig | None = None,
        *,
        limit: float | None = None,
        applied: Callable[[], object] = lambda: 1,
    ) -> None:
        self.said: list[str] = []
        self.times_told = 0
        self.spoke = threading.Event()
        self.condemned = threading.Event()
        context = HealthContext(
            Onlookers(cluster), NAMESPACE, settings or HealthConfig(), self._say, clock=HastyClock()
        )
        silence = None if limit is None else Silence(limit)
        self.applied = applied
        self.watch = HealthWatch(context, lambda stop: Applied(objects(stop)), Baseline(), silence=silence)

    def start(self) -> HealthWatch:
        return self.watch.start(self._condemn, self.applied)

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.spoke.set()

    def _condemn(self) -> None:
        self.times_told += 1
        self.condemned.set()


def test_a_verdict_comes_once_and_with_the_log() -> None:
    cluster = town(LOOP)
    observed = Observed(cluster)
    with observed.start() as watch:
        assert observed.condemned.wait(HANG_LIMIT)
    verdict = watch.last_verdict()
    assert verdict is not None
    assert (observed.times_told, verdict.reason, verdict.log) == (1, "CrashLoopBackOff", ("one", "two"))
    path, query = cluster.queries[-1]
    assert path.endswith("/pods/web-0/log")
    assert (query["container"], query["previous"]) == ("app", "true")
    assert observed.said == [
        "waiting for Deployment web: 0 of 3 replicas are updated; web-0: CrashLoopBackOff"
    ]


def test_a_verdict_does_not_wait_for_the_log() -> None:
    cluster = town(LOOP)
    observed = Observed(cluster)
    told: list[int] = []
    cluster.before = lambda verb, _: told.append(observed.times_told) if verb == "text" else None
    observed.start()._thread.join(HANG_LIMIT)  # type: ignore[union-attr]  # noqa: SLF001  # ends by itself
    assert told == [1]


def test_a_verdict_without_a_log_that_cannot_be_read() -> None:
    cluster = town(LOOP)
    cluster.before = lambda verb, path: fail_with("NotFound")(verb, path) if verb == "text" else None
    observed = Observed(cluster)
    with observed.start() as watch:
        assert observed.condemned.wait(HANG_LIMIT)
    verdict = watch.last_verdict()
    assert verdict is not None
    assert verdict.log == ()


def test_a_container_that_never_ran_has_no_log_to_ask_for() -> None:
    cluster = town(waiting("InvalidImageName"))
    observed = Observed(cluster)
    with observed.start():
        assert observed.condemned.wait(HANG_LIMIT)
    assert "text log" not in cluster.requests()


def test_nothing_is_looked_at_before_there_are_objects() -> None:
    cluster = town(LOOP)
    asked = []
    enough = threading.Event()

    def objects(_: Cancellation) -> Sequence[Any]:
        asked.append(len(cluster.asked))
        if len(asked) == 5:
            enough.set()
        return DESIRED if len(asked) >= 5 else ()

    observed = Observed(cluster, objects)
    with observed.start():
        assert enough.wait(HANG_LIMIT)
        assert observed.condemned.wait(HANG_LIMIT)
    assert asked == [0, 0, 0, 0, 0]


def test_a_request_that_fails_for_a_moment_is_made_again() -> None:
    cluster = town(LOOP)
    cluster.before = fail_with("Unreachable", temporary=True, times=3)
    observed = Observed(cluster)
    with observed.start():
        assert observed.condemned.wait(HANG_LIMIT)


def test_a_request_that_is_refused_ends_the_watch_and_says_so() -> None:
    cluster = town(LOOP)
    cluster.before = fail_with("Forbidden")
    observed = Observed(cluster)
    with observed.start() as watch:
        assert observed.spoke.wait(HANG_LIMIT)
    assert observed.said == ["the health of the release is no longer watched: it is Forbidden"]
    assert watch.last_verdict() is None


def test_no_verdict_is_given_after_the_end() -> None:
    cluster = town(LOOP)
    observed = Observed(cluster)
    cluster.before = lambda verb, _: observed.watch.stop() if verb == "list" else None
    observed.start()._thread.join(HANG_LIMIT)  # type: ignore[union-attr]  # noqa: SLF001  # ends by itself
    assert observed.times_told == 0


def test_a_watch_may_be_ended_before_it_began_and_from_its_own_verdict() -> None:
    idle = Observed(town(LOOP))
    idle.watch.stop()
    observed = Observed(town(LOOP))
    ended = threading.Event()

    def end() -> None:
        observed.watch.stop()
        ended.set()

    observed.watch.start(end)
    assert ended.wait(HANG_LIMIT)


def test_the_last_verdict_is_the_first() -> None:
    cluster = town(LOOP)
    observed = Observed(cluster)
    with observed.start() as watch:
        assert observed.condemned.wait(HANG_LIMIT)
        cluster.put(labelled(pod("ReplicaSet-web-two", waiting("InvalidImageName"))))
        verdict = watch.last_verdict()
    assert verdict is not None
    assert verdict.reason == "CrashLoopBackOff"


def test_the_last_verdict_may_come_from_a_last_look() -> None:
    cluster = town(running(ready=False))
    observed = Observed(cluster)
    with observed.start() as watch:
        assert observed.spoke.wait(HANG_LIMIT)
        watch.stop()
        cluster.put(labelled(pod("ReplicaSet-web-two", LOOP)))
        last = watch.last_verdict()
    assert last is not None
    assert last.reason == "CrashLoopBackOff"
    assert last.log == ("one", "two")
    assert observed.times_told == 0


@pytest.mark.parametrize("reason", ["", "Forbidden"])
def test_a_last_look_may_find_nothing(reason: str) -> None:
    cluster = town(running(ready=False))
    observed = Observed(cluster)
    with observed.start() as watch:
        assert observed.spoke.wait(HANG_LIMIT)
        watch.stop()
        if reason:
            cluster.before = fail_with(reason)
        assert watch.last_verdict() is None


def test_nothing_is_condemned_where_that_is_off_but_what_is_wrong_is_told() -> None:
    observed = Observed(town(LOOP), settings=HealthConfig(fail_fast=False))
    with observed.start() as watch:
        assert observed.spoke.wait(HANG_LIMIT)
        assert watch.last_verdict() is None
    assert observed.said == [
        "waiting for Deployment web: 0 of 3 replicas are updated; web-0: CrashLoopBackOff"
    ]


@pytest.mark.parametrize(("temporary", "told"), [(True, []), (False, [GONE])])
def test_records_that_cannot_be_read_are_read_again_only_if_that_may_help(
    *, temporary: bool, told: list[str]
) -> None:
    answers: list[Any] = [failure("Gone", temporary=temporary), DESIRED]

    def objects(_: Cancellation) -> Sequence[Any]:
        answer = answers.pop(0)
        if isinstance(answer, OperationError):
            raise answer
        return cast("Sequence[Any]", answer)

    observed = Observed(town(LOOP), objects)
    with observed.start():
        await_that(lambda: observed.condemned.is_set() or GONE in observed.said, "a verdict or the end")
    assert [line for line in observed.said if line == GONE] == told
    assert observed.condemned.is_set() is temporary


class TestSilence:
    GROWN: ClassVar[dict[str, Any]] = dict.fromkeys(
        ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 3
    )

    @pytest.fixture
    def shown(self, monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
        shown: list[list[Any]] = []
        monkeypatch.setattr(silence, "FIRST", 0.01)
        monkeypatch.setattr(showing, "show", lambda _cluster, _namespace, which: shown.append([*which]))
        return shown

    def _town(self, *others: Any) -> Town:
        return Town(select(deployment(**self.GROWN)), labelled(select(replica_set())), *others)

    def test_helm_that_goes_on_waiting_is_shown_what_is_ready(self, shown: list[list[Any]]) -> None:
        observed = Observed(self._town(), limit=math.inf)
        with observed.start() as watch:
            await_that(lambda: len(shown) > 1, "it to be shown twice")
        assert shown[:2] == [DESIRED, DESIRED]
        assert (observed.times_told, watch.lost_sight) == (0, False)

    def test_not_where_it_waits_in_another_way(self, shown: list[list[Any]]) -> None:
        observed = Observed(self._town())
        with observed.start() as watch:
            await_that(lambda: watch._examiner.wait.began is not None, "a first look")  # noqa: SLF001
        assert shown == []

    def test_helm_that_is_shown_it_in_vain_has_lost_sight(self, shown: list[list[Any]]) -> None:
        observed = Observed(self._town(), limit=0.1)
        with observed.start() as watch:
            assert observed.condemned.wait(HANG_LIMIT)
        assert shown
        assert (observed.times_told, watch.lost_sight, watch.last_verdict()) == (1, True, None)

    def test_it_has_not_while_something_else_may_be_waited_for(self, shown: list[list[Any]]) -> None:
        bakery = {"apiVersion": "example.com/v1", "kind": "Bakery", "metadata": {"name": "web", "uid": "b"}}
        unready = {**bakery, "status": {"conditions": [{"type": "Ready", "status": "False"}]}}
        observed = Observed(self._town(unready), lambda _: [*DESIRED, bakery], limit=0.05)
        with observed.start() as watch:
            await_that(lambda: len(shown) > 2, "several looks")
            assert not watch.lost_sight

    @pytest.mark.parametrize("fail_fast", [True, False])
    def test_what_is_not_followed_was_deleted_if_it_is_not_there(
        self, shown: list[list[Any]], *, fail_fast: bool
    ) -> None:
        bakery = {"apiVersion": "example.com/v1", "kind": "Bakery", "metadata": {"name": "web"}}
        settings = HealthConfig(fail_fast=fail_fast)
        observed = Observed(self._town(), lambda _: [*DESIRED, bakery], settings, limit=0.05)
        with observed.start() as watch:
            await_that(lambda: len(shown) > 2 or observed.condemned.is_set(), "several looks")
            assert not watch.lost_sight
        verdict = watch.last_verdict()
        told = (verdict.reason, verdict.object.kind) if verdict else None
        assert told == (("ObjectDeleted", "Bakery") if fail_fast else None)

    def test_it_has_not_while_it_applies(self, shown: list[list[Any]]) -> None:
        objects = count()
        observed = Observed(self._town(), limit=0.05, applied=lambda: next(objects))
        with observed.start() as watch:
            await_that(lambda: next(objects) > 5, "it to be asked again and again")
            assert not watch.lost_sight
        assert shown

    def test_nothing_is_said_after_the_end(self, shown: list[list[Any]]) -> None:
        asked: list[int] = []

        def applied() -> int:
            asked.append(1)
            if len(asked) > 1:
                observed.watch._stop.request()  # noqa: SLF001  # at just that moment
            return 1

        observed = Observed(self._town(), limit=0.05, applied=applied)
        with observed.start() as watch:
            await_that(lambda: len(asked) > 1, "all to be looked at once more")
        assert shown
        assert (observed.times_told, watch.lost_sight) == (0, False)


class TestGone:
    def test_what_was_deleted_is_known_at_once(self) -> None:
        cluster = town(running(ready=False))
        observed = Observed(cluster)
        with observed.start() as watch:
            assert observed.spoke.wait(HANG_LIMIT)
            assert watch.deletion() is None
            cluster.take_away(select(deployment()))
            assert watch.last_verdict() is None
        found = watch.deletion()
        assert found is not None
        assert (found.reason, found.object.name) == ("ObjectDeleted", "web")
        assert watch.ended_and_gone == frozenset()

    def test_what_had_ended_before_is_no_failure(self) -> None:
        complete = job(status={"conditions": [{"type": "Complete", "status": "True"}]})
        cluster = town(running(ready=False))
        cluster.put(select(complete))
        observed = Observed(cluster, lambda _: [*DESIRED, job()])
        with observed.start() as watch:
            assert observed.spoke.wait(HANG_LIMIT)
            cluster.take_away(select(complete))
            assert watch.last_verdict() is None
        assert watch.deletion() is None
        assert [each.kind for each in watch.ended_and_gone] == ["Job"]

    def test_before_a_first_look_nothing_is(self) -> None:
        watch = Observed(Town()).watch
        assert (watch.deletion(), watch.ended_and_gone) == (None, frozenset())


class TestOverdue:
    LIMIT = Limit("UpgradeTimeout", 30)

    def test_what_helm_waited_for_is_told_with_how_much_of_it_there_is(self) -> None:
        watch = Observed(town(running(ready=False))).watch
        verdict = watch.overdue(self.LIMIT, DESIRED)
        assert verdict is not None
        assert (verdict.reason, verdict.object.name) == ("UpgradeTimeout", "web")
        assert verdict.message == "not ready after 30 s: Deployment web: 0 of 3 replicas are updated"

    def test_what_is_wrong_with_it_is_told_too(self) -> None:
        verdict = Observed(town(LOOP)).watch.overdue(self.LIMIT, DESIRED)
        assert verdict is not None
        assert "container app ends again and again" in verdict.message

    def test_since_when_is_known_from_the_looks_before(self) -> None:
        grown: dict[str, Any] = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), 3)
        cluster = Town(
            select(deployment(**grown, availableReplicas=3)),
            labelled(select(replica_set())),
            labelled(pod("ReplicaSet-web-two", running())),
        )
        observed = Observed(cluster)
        with observed.start() as watch:
            await_that(lambda: watch._examiner.wait.began is not None, "a first look")  # noqa: SLF001
            cluster.put(select(deployment(**grown, availableReplicas=1)))
            assert observed.spoke.wait(HANG_LIMIT)
            verdict = watch.overdue(self.LIMIT, DESIRED)
        assert verdict is not None
        assert "1 of 3 updated replicas are available for the last" in verdict.message

    def test_a_load_balancer_without_an_address_is_waited_for(self) -> None:
        service: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "uid": "1"},
            "spec": {"type": "LoadBalancer"},
        }
        verdict = Observed(Town(service)).watch.overdue(self.LIMIT, [service])
        assert verdict is not None
        assert "its load balancer has no address yet" in verdict.message

    def test_where_all_is_ready_by_now_nothing_can_be_told(self) -> None:
        grown = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
        cluster = Town(select(deployment(**cast("dict[str, Any]", grown))))
        assert Observed(cluster).watch.overdue(self.LIMIT, DESIRED) is None

    def test_where_the_cluster_does_not_tell_nothing_can_be_told(self) -> None:
        cluster = town(running(ready=False))
        cluster.before = fail_with("Unreachable", temporary=True)
        assert Observed(cluster).watch.overdue(self.LIMIT, DESIRED) is None
