"""Objects that another client deletes while they are waited for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.deletions import SeenApplied, deletions
from helm_rollback_component.core.health.judge import FaultMemory, faults
from helm_rollback_component.core.health.readiness import readiness
from tests.unit.core.health.health_objects import (
    NAMESPACE,
    Object,
    condition,
    deployment,
    job,
    judge_snapshot,
    pod,
    seen,
    stateful_set,
    thing,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

WEB = deployment()
HOOK = job("hook", hook="pre-upgrade")
POD = thing("Pod", "worker", status={"phase": "Running"})
ENDED_POD = thing("Pod", "worker", status={"phase": "Succeeded"})
COMPLETE = job(status={"conditions": [condition("Complete")]})
BRIEF = {**job(), "spec": {"ttlSecondsAfterFinished": 0}}
PATIENCE = HealthConfig()


def after(*looks: Snapshot) -> SeenApplied:
    """Return what is known after these looks."""
    known = SeenApplied()
    for look in looks:
        known = known.after(look)
    return known


def without(*gone: Object, left: tuple[Object, ...] = (), known: SeenApplied) -> Snapshot:
    """Make what is seen once some objects are not there any more."""
    absent = frozenset(objects.key(each, NAMESPACE) for each in gone)
    return replace(seen(*left, desired=[*gone, *left]), absent=absent, earlier=known)


def terminating(live: Object) -> Object:
    return {**live, "metadata": {**live["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}


def told(snapshot: Snapshot, health: HealthConfig = PATIENCE) -> list[tuple[str, str, float]]:
    return [(each.reason, each.message, each.grace) for each in deletions(snapshot, health)]


def test_what_was_applied_and_is_gone_is_deleted() -> None:
    gone = without(WEB, known=after(seen(WEB)))
    assert told(gone) == [
        ("ObjectDeleted", "Deployment web: was deleted by another client while it was waited for", 10)
    ]
    assert told(gone, HealthConfig(grace=4))[0][2] == 4


@pytest.mark.parametrize("one", [WEB, POD, job()])
def test_so_is_what_ends_by_itself_and_has_not_ended(one: Object) -> None:
    assert len(told(without(one, known=after(seen(one))))) == 1


@pytest.mark.parametrize("one", [WEB, stateful_set(), POD])
def test_what_is_being_deleted_has_time_to_come_back(one: Object) -> None:
    going = seen(terminating(one))
    ((reason, message, grace),) = told(replace(going, earlier=after(seen(one))))
    assert (reason, grace) == ("ObjectDeleted", 60)
    assert message.endswith("is being deleted by another client while it was waited for")


def test_what_helm_may_not_have_come_to_has_longer() -> None:
    data = stateful_set()
    assert [each[2] for each in told(without(data, left=(WEB,), known=after(seen(WEB))))] == [60]


@pytest.mark.parametrize(
    "snapshot",
    [
        pytest.param(without(WEB, known=SeenApplied()), id="nothing was applied yet"),
        pytest.param(without(HOOK, left=(WEB,), known=after(seen(WEB, HOOK))), id="Helm deletes its hooks"),
        pytest.param(without(COMPLETE, left=(WEB,), known=after(seen(WEB, COMPLETE))), id="it had ended"),
        pytest.param(without(ENDED_POD, left=(WEB,), known=after(seen(WEB, ENDED_POD))), id="the pod too"),
        pytest.param(without(job(), left=(WEB,), known=after(seen(WEB))), id="it may have ended unseen"),
        pytest.param(without(BRIEF, left=(WEB,), known=after(seen(WEB, BRIEF))), id="it removes itself"),
        pytest.param(replace(seen(WEB), earlier=after(seen(WEB))), id="it is there"),
        pytest.param(
            replace(seen(WEB, desired=[WEB, stateful_set()]), earlier=after(seen(WEB))), id="it is not seen"
        ),
    ],
)
def test_nothing_else_is(snapshot: Snapshot) -> None:
    assert told(snapshot) == []


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(seen(WEB, before=[WEB]), id="unchanged"),
        pytest.param(seen(deployment(seen=1)), id="not observed"),
        pytest.param(seen(HOOK), id="hook"),
        pytest.param(seen(terminating(WEB)), id="on its way out"),
    ],
)
def test_what_is_not_known_to_be_applied_does_not_count(look: Snapshot) -> None:
    assert after(look) == SeenApplied()


def test_what_was_seen_once_stays_known() -> None:
    one, two = seen(WEB, COMPLETE), seen()
    assert after(one, two) == after(one)
    assert {each.kind for each in after(one).there} == {"Deployment", "Job"}
    assert [each.kind for each in after(one).ended] == ["Job"]


def test_once_helm_has_ended_all_is_applied_but_for_what_may_have_ended_since() -> None:
    declared: list[Any] = [WEB, {"kind": "List", "items": [stateful_set()]}, job(), POD, HOOK]
    known = SeenApplied(ended=frozenset({objects.key(COMPLETE, NAMESPACE)})).with_all(declared, NAMESPACE)
    assert {each.kind for each in known.there} == {"Deployment", "StatefulSet"}
    assert [each.kind for each in known.ended] == ["Job"]


def test_it_is_certain_after_its_grace_and_not_if_it_is_created_again() -> None:
    memory = judge_snapshot(seen(WEB), PATIENCE, 0, FaultMemory()).memory

    def look(now: float, memory: FaultMemory, *, there: bool = False) -> Any:
        found = seen(WEB) if there else without(WEB, known=SeenApplied())
        return judge_snapshot(replace(found, earlier=memory.applied), PATIENCE, now, memory)

    gone = look(10, memory)
    assert (gone.verdict, gone.due) == (None, 20)
    verdict = look(20, gone.memory).verdict
    assert verdict is not None
    assert (verdict.reason, verdict.object.kind, verdict.object.name) == (
        "ObjectDeleted",
        "Deployment",
        "web",
    )
    back = look(19, gone.memory, there=True)
    assert look(20, back.memory).due == 30


def test_the_end_of_a_deletion_begins_the_time_anew() -> None:
    known = after(seen(WEB))
    going = judge_snapshot(replace(seen(terminating(WEB)), earlier=known), PATIENCE, 0, FaultMemory())
    assert going.due == 60
    assert judge_snapshot(without(WEB, known=known), PATIENCE, 50, going.memory).due == 60


def test_nothing_is_certain_where_that_is_not_wanted() -> None:
    gone = without(WEB, known=after(seen(WEB)))
    assert [each.grace for each in faults(gone, HealthConfig(fail_fast=False))] == [math.inf]


def test_a_job_that_ended_well_and_is_gone_is_ready() -> None:
    known = after(seen(COMPLETE))
    assert readiness(without(COMPLETE, known=known), wait_for_jobs=True).ready
    assert not readiness(without(job(), known=after(seen(job()))), wait_for_jobs=True).ready
    assert not readiness(replace(seen(job()), earlier=known), wait_for_jobs=True).ready


def test_a_pod_of_a_workload_is_none_of_the_release() -> None:
    web_0 = pod()
    assert told(replace(seen(WEB, children=[terminating(web_0)]), earlier=after(seen(WEB)))) == []
