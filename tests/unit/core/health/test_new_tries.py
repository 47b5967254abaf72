"""What an interrupted upgrade left, tried again: old news condemns nothing, a new failure does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, mark
from helm_rollback_component.core.health.new_tries import APPLIED_WITHIN, tried, tried_again
from helm_rollback_component.core.health.pod_status import containers_in_wait
from tests.unit.core.health.health_objects import (
    NAMESPACE,
    NO_IMAGE,
    READY,
    condition,
    controller_revision,
    daemon_set,
    deployment,
    ended,
    event,
    job,
    no_image,
    pod,
    replica_set,
    running,
    seen,
    stateful_set,
    thing,
    waiting,
)
from tests.unit.core.health.time_line import NEW, TimeLine, crashed, play

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

Object = dict[str, Any]

BACK_OFF = waiting("ImagePullBackOff", f'Back-off pulling image "web:two": ErrImagePull: {NO_IMAGE}')
PULL = no_image()
NO_SECRET = waiting("CreateContainerConfigError", 'secret "token" not found')
NO_KEY = waiting("CreateContainerConfigError", "couldn't find key x in Secret apps/token")
CONTENT = {"spec": {"template": {"spec": {"containers": [{"image": "two"}]}}}}
CANNOT_START = {"exitCode": 128, "reason": "StartError", "message": "exec: no such file or directory"}


def never_run(restarts: int) -> Object:
    """A container whose program cannot be executed, between two tries."""
    return waiting("CrashLoopBackOff", restarts=restarts, last=CANNOT_START)


def again(now: Object, before: Object, *, part: str = "containers", **more: Any) -> Snapshot:
    """A Deployment of an interrupted revision and its pod; what its container shows now, and before."""

    def showing(shown: Object) -> Object:
        return pod(NEW, shown) if part == "containers" else pod(NEW, init=[shown])

    return applied_again(deployment(), [replica_set(), showing(now)], [showing(before)], **more)


def applied_again(
    live: Object,
    children: list[Object],
    pods: list[Object],
    good: Object | None = None,
    **more: Any,
) -> Snapshot:
    """Whatever was there before is declared again; the good revision had another template."""
    served = [good or deployment("one")] if objects.kind(live) == "Deployment" or good else []
    found = seen(live, before=[live], children=children, old_pods=[*map(objects.uid, pods)], **more)
    baseline = replace(
        found.baseline,
        tried=tried([[live]], [served], NAMESPACE),
        containers=containers_in_wait(pods),
    )
    return replace(found, baseline=baseline)


@pytest.mark.parametrize("part", ["containers", "init"])
@pytest.mark.parametrize("state", [PULL, BACK_OFF, crashed(9), crashed(9, 127), never_run(4)])
def test_what_failed_before_is_waited_for(state: Object, part: str) -> None:
    assert play({0: again(state, state, part=part)}) is None


@pytest.mark.parametrize("part", ["containers", "init"])
def test_a_pull_that_fails_again_is_certain(part: str) -> None:
    line: TimeLine = {0: again(BACK_OFF, PULL, part=part), 40: again(PULL, PULL, part=part)}
    assert play(line) == ("ImagePullBackOff", 43)


def test_the_back_off_after_a_failure_of_before_is_no_new_try() -> None:
    assert play({0: again(PULL, PULL), 20: again(BACK_OFF, PULL)}) is None
    line: TimeLine = {0: again(PULL, PULL), 20: again(BACK_OFF, PULL), 60: again(PULL, PULL)}
    assert play(line) == ("ImagePullBackOff", 63)


def test_a_pull_that_may_have_begun_before_the_objects_were_applied_is_no_new_try() -> None:
    line: TimeLine = {0: again(BACK_OFF, BACK_OFF), APPLIED_WITHIN - 1: again(PULL, BACK_OFF)}
    assert play({**line, 20: again(BACK_OFF, BACK_OFF)}) is None


def test_a_back_off_that_tells_of_another_failure_is_a_new_try() -> None:
    other = waiting("ImagePullBackOff", 'Back-off pulling image "web:two": ErrImagePull: 401 Unauthorized')
    assert play({0: again(BACK_OFF, BACK_OFF), 50: again(other, BACK_OFF)}) == ("ImagePullBackOff", 53)


def test_an_image_that_was_pushed_meanwhile_is_good() -> None:
    runs, pods = running(ready=False), [pod(NEW, BACK_OFF)]
    ready = applied_again(deployment(), [replica_set(), pod(NEW, running(), conditions=[READY])], pods)
    assert play({0: again(BACK_OFF, BACK_OFF), 200: again(runs, BACK_OFF), 210: ready}) is None


def test_a_pull_that_fails_for_a_passing_reason_has_its_time_again() -> None:
    busy = waiting("ErrImagePull", "429 Too Many Requests")
    line: TimeLine = {0: again(BACK_OFF, BACK_OFF), 40: again(busy, BACK_OFF), 70: again(running(), BACK_OFF)}
    assert play(line) is None
    assert play({0: line[0], 40: line[40]}) == ("ImagePullBackOff", 100)


def test_a_crash_counts_after_two_new_starts() -> None:
    before = crashed(4)
    line: TimeLine = {
        0: again(crashed(4), before),
        100: again(crashed(5), before),
        200: again(crashed(6), before),
    }
    assert play(line) == ("CrashLoopBackOff", 200)


def test_a_program_that_finds_its_fixed_dependency_at_the_second_start_is_good() -> None:
    before = crashed(4)
    runs = running(restarts=6)
    assert (
        play({0: again(crashed(4), before), 90: again(crashed(5), before), 200: again(runs, before)}) is None
    )


def test_few_crashes_of_before_do_not_make_up_for_new_ones() -> None:
    line: TimeLine = {0: again(crashed(0), crashed(0)), 40: again(crashed(2), crashed(0))}
    assert play(line) is None


@pytest.mark.parametrize("now", [crashed(5, 127), crashed(5, 137, "OOMKilled"), never_run(5)])
def test_what_nothing_else_can_cause_counts_after_one_new_end(now: Object) -> None:
    before = {**now, "restartCount": 4}
    found = play({0: again(before, before), 100: again(now, before)})
    assert found is not None
    assert 100 <= found[1] <= 125


def test_a_container_that_ran_before_and_ended_since_has_ended_anew() -> None:
    last = {"exitCode": 127, "reason": "Error", "finishedAt": "2026-01-01T00:00:09Z"}
    before = running(ready=False, restarts=4, last={**last, "finishedAt": "2026-01-01T00:00:01Z"})
    now = waiting("CrashLoopBackOff", restarts=4, last=last)
    assert play({0: again(now, before)}) == ("CrashLoopBackOff", 0)


@pytest.mark.parametrize(
    ("state", "least"),
    [
        (NO_SECRET, 25),
        (NO_KEY, 25),
        (waiting("CreateContainerError", "no command specified"), 25),
        (waiting("ImageInspectError"), 25),
        (waiting("ErrImageNeverPull"), 25),
        (waiting("InvalidImageName"), 0),
    ],
)
def test_what_the_kubelet_tries_every_15_s_counts_after_such_a_try(state: Object, least: float) -> None:
    found = play({0: again(state, state, missing=[("Secret", "apps", "token")])})
    assert found is not None
    assert found[1] == least


def test_a_secret_that_is_there_by_now_is_found_at_the_next_try() -> None:
    runs = again(running(ready=False), NO_SECRET)
    assert play({0: again(NO_SECRET, NO_SECRET), 14: runs}) is None


def test_a_pod_that_replaces_an_old_one_counts_as_any_new_one() -> None:
    fresh = pod(NEW, PULL, name="web-9", uid="fresh")
    shown = applied_again(deployment(), [replica_set(), pod(NEW, BACK_OFF), fresh], [pod(NEW, BACK_OFF)])
    assert play({0: shown}) == ("ImagePullBackOff", 3)


def test_a_pod_that_was_ready_before_and_fails_now_counts() -> None:
    was_ready = pod(NEW, running(), conditions=[READY])
    shown = applied_again(deployment(), [replica_set(), pod(NEW, crashed(5))], [was_ready])
    assert play({0: shown}) == ("CrashLoopBackOff", 0)


def _members(shown: Object) -> dict[str, Snapshot]:
    of_set = pod("StatefulSet-web", shown, revision="two")
    of_daemon = pod("DaemonSet-web", shown, revision="new")
    of_job, alone = pod("Job-migrate", shown), pod("", shown)
    before = pod("", BACK_OFF)

    def was(now: Object) -> list[Object]:
        return [{**now, "status": before["status"]}]

    revision = controller_revision(2, "new")
    return {
        "StatefulSet": applied_again(stateful_set(), [of_set], was(of_set), stateful_set("one")),
        "DaemonSet": applied_again(daemon_set(), [revision, of_daemon], was(of_daemon), daemon_set("one")),
        "Job": applied_again({**job(), **CONTENT}, [of_job], was(of_job)),
        "Pod": applied_again({**alone, "spec": {"containers": [{"image": "two"}]}}, [], was(alone)),
    }


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "Job", "Pod"])
def test_every_kind_is_judged_by_new_tries(kind: str) -> None:
    waits, fails = _members(BACK_OFF)[kind], _members(PULL)[kind]
    assert play({0: waits}) is None
    assert play({0.0: waits, 60.0: fails}) == ("ImagePullBackOff", 63)


def test_a_job_that_had_failed_and_is_declared_again_has_failed() -> None:
    failed = job(status={"conditions": [condition("Failed", reason="BackoffLimitExceeded")]})
    failed = {**failed, "spec": {"template": {"spec": {"restartPolicy": "Never"}}}}
    assert play({0: applied_again(failed, [], [])}) == ("JobFailed", 0)


def test_a_pod_that_had_failed_for_good_and_is_declared_again_has_failed() -> None:
    over = {**pod("", ended(), phase="Failed"), "spec": {"containers": [{"image": "two"}]}}
    assert play({0: applied_again(over, [], [over])}) == ("PodFailed", 0)


def test_refusals_of_before_are_no_new_ones() -> None:
    refused = {
        "StatefulSet-web": (event("FailedCreate", "pods is forbidden: exceeded quota: small", count=4),)
    }
    shown = applied_again(
        stateful_set(replicas=0), [], [], stateful_set("one"), events=refused, old_events={"e1": 4}
    )
    assert play({0: shown}) is None
    more = replace(shown, baseline=replace(shown.baseline, events={"e1": 3}))
    assert play({0: more}) == ("QuotaExceeded", 12)


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ([[deployment("two")]], [[deployment("two")]]),
        ([], [[deployment("one")]]),
        ([[deployment("three")]], []),
    ],
)
def test_what_a_good_revision_had_and_what_none_had_before_is_pardoned_still(
    bad: list[list[Object]], good: list[list[Object]]
) -> None:
    found = again(crashed(9), crashed(2))
    known = replace(found.baseline, tried=tried(bad, good, NAMESPACE))
    assert play({0: replace(found, baseline=known)}) is None


def test_while_hooks_run_before_the_objects_nothing_from_before_is_judged() -> None:
    hook = job("fix", hook="pre-upgrade")
    found = again(crashed(9), crashed(2))
    assert play({0: replace(found, desired=(*found.desired, hook))}) is None
    after = job("report", hook="post-upgrade")
    assert play({0: replace(found, desired=(*found.desired, after))}) is not None


def _is_tried_again(live: Object, bad: Object, good: Object, **changes: Object) -> bool:
    key = objects.key(bad, NAMESPACE)
    before = Baseline(marks={key: mark(live)}, tried=tried([[bad]], [[good]], NAMESPACE))
    return tried_again(bad, {**live, **changes}, key, before)


def test_an_object_that_is_not_yet_as_the_bad_revision_has_it_is_not_judged() -> None:
    assert _is_tried_again(deployment("two"), deployment("two"), deployment("one"))
    assert not _is_tried_again(deployment("one"), deployment("two"), deployment("one"))


def test_an_object_that_still_has_what_the_bad_revision_leaves_out_is_not_judged() -> None:
    more, less = deployment("one"), deployment("one")
    more["spec"] = {"template": {"spec": {"containers": [{"image": "one", "command": ["run"]}]}}}
    less["spec"] = {"template": {"spec": {"containers": [{"image": "one"}]}}}
    assert not _is_tried_again(more, less, more)
    assert _is_tried_again(less, less, more)


def test_an_object_that_was_made_anew_or_is_not_observed_or_goes_is_not_from_before() -> None:
    live, good = deployment("two"), deployment("one")
    anew = {**live["metadata"], "uid": "other"}
    going = {**live["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}
    assert not _is_tried_again(live, live, good, metadata=anew)
    assert not _is_tried_again(live, live, good, metadata=going)
    assert not _is_tried_again(live, live, good, status={"observedGeneration": 1})


def test_objects_without_a_spec_and_hooks_are_never_tried_again() -> None:
    config, hook = thing("ConfigMap", data={}), {**job(hook="post-upgrade"), **CONTENT}
    assert tried([[config, hook]], [], NAMESPACE) == {}
