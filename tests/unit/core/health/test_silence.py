"""When what is ready is shown to a Helm that goes on waiting."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.deletions import SeenApplied
from helm_rollback_component.core.health.silence import FIRST, Silence
from helm_rollback_component.core.health.snapshot import Snapshot
from tests.unit.core.health.health_objects import (
    NAMESPACE,
    Object,
    daemon_set,
    deployment,
    job,
    stateful_set,
    thing,
)

READY = deployment(replicas=3, updatedReplicas=3, availableReplicas=3, readyReplicas=3)
RUNNING = job(hook="post-upgrade", status={"active": 1})
ENDED = job(hook="post-upgrade", status={"conditions": [{"type": "Complete", "status": "True"}]})


def seen(*live: Object) -> Snapshot:
    return Snapshot(NAMESPACE, live, {objects.key(each, NAMESPACE): each for each in live})


def after(silence: Silence, now: float, *live: Object, wait_for_jobs: bool = False) -> Silence:
    return silence.after(seen(*live), now, wait_for_jobs=wait_for_jobs)


def test_it_begins_when_all_is_ready_and_lasts_while_it_is() -> None:
    begun = after(Silence(), 10.0, READY)
    assert begun.due == 10.0 + FIRST
    assert after(begun, 12.0, READY) == begun


def test_what_is_shown_in_vain_is_shown_again_after_pauses_that_double() -> None:
    silence, pauses = after(Silence(), 0.0, READY), []
    for _ in range(4):
        due = silence.due
        silence = silence.broken()
        pauses.append(silence.due - due)
    assert pauses == [2 * FIRST, 4 * FIRST, 8 * FIRST, 16 * FIRST]


@pytest.mark.parametrize("awaited", [deployment(), RUNNING])
def test_there_is_none_while_helm_has_something_to_wait_for(awaited: Object) -> None:
    others = (READY,) if awaited is RUNNING else ()
    silent = after(Silence(), 0.0, READY).broken()
    assert after(silent, 5.0, *others, awaited).due == math.inf


def test_a_hook_that_has_ended_is_not_waited_for() -> None:
    assert after(Silence(), 1.0, READY, ENDED).due == 1.0 + FIRST


def test_jobs_are_waited_for_where_helm_does() -> None:
    unfinished = job(status={"active": 1})
    assert after(Silence(), 0.0, READY, unfinished).due == FIRST
    assert after(Silence(), 0.0, READY, unfinished, wait_for_jobs=True).due == math.inf


def test_for_a_job_that_ended_well_and_is_gone_helm_that_watches_waits_in_vain() -> None:
    key = objects.key(job(), NAMESPACE)
    gone = replace(seen(READY), absent=frozenset({key}), earlier=SeenApplied(ended=frozenset({key})))
    begun = Silence().within(300).after(gone, 10.0, wait_for_jobs=False)
    assert begun.over == 15.0
    assert begun.after(gone, 12.0, wait_for_jobs=False) == begun
    assert Silence(polls=True).within(300).after(gone, 10.0, wait_for_jobs=False).over == 70.0


def test_those_workloads_are_shown_that_helm_judges_by_lists() -> None:
    there = seen(READY, stateful_set(), daemon_set(), job())
    assert [objects.kind(each) for each in Silence().to_show(there)] == ["Deployment", "StatefulSet"]
    assert [*Silence().to_show(Snapshot(NAMESPACE, there.desired, {}))] == []
    assert [*Silence(polls=True).to_show(there)] == []


@pytest.mark.parametrize(("timeout", "limit"), [(60, 30), (300, 60)])
def test_it_is_over_while_there_is_time_for_another_try(timeout: int, limit: int) -> None:
    begun = after(Silence().within(timeout), 10.0, READY)
    assert begun.over == 10.0 + limit
    assert begun.ended() == Silence().within(timeout)
    assert Silence().within(timeout).over == math.inf
    assert after(Silence(), 10.0, READY).over == math.inf


def test_what_cannot_be_read_or_is_being_deleted_may_be_waited_for() -> None:
    there = seen(READY)
    going = {**ENDED, "metadata": {**ENDED["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    assert not Silence().excludes(there, wait_for_jobs=False)
    assert Silence().excludes(replace(there, unseen={("jobs", ""): "not read"}), wait_for_jobs=False)
    assert Silence().excludes(seen(READY, going), wait_for_jobs=False)
    assert Silence().excludes(seen(deployment()), wait_for_jobs=False)


@pytest.mark.parametrize("polls", [True, False])
def test_a_helm_that_polls_may_wait_for_the_address_of_a_load_balancer(*, polls: bool) -> None:
    balancer = thing("Service") | {"apiVersion": "v1", "spec": {"type": "LoadBalancer"}, "status": {}}
    there = seen(READY, balancer)
    assert Silence(polls=polls).excludes(there, wait_for_jobs=False) is polls
