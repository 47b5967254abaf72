"""What keeps a StatefulSet from being rolled back: pods of a bad template, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.blocked_rollback import obstruction
from tests.unit.core.health.health_objects import (
    NO_NODE,
    READY,
    condition,
    deployment,
    pod,
    running,
    seen,
    stateful_set,
    waiting,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

SETTINGS = HealthConfig(grace=10)
GOOD, BAD = "one", "two"


def restored(*pods: dict[str, Any], current: str = GOOD, **spec: Any) -> Snapshot:
    live = stateful_set(GOOD, wanted=3, currentRevision=current)
    return seen({**live, "spec": {**live["spec"], **spec}}, children=pods)


def member(number: int, *containers: dict[str, Any], revision: str = BAD, **more: Any) -> dict[str, Any]:
    name = f"web-{number}"
    return pod("StatefulSet-web", *containers, name=name, revision=revision, uid=f"uid-of-{name}", **more)


def stuck(*containers: dict[str, Any], number: int = 2, **more: Any) -> dict[str, Any]:
    return member(number, *containers, **more)


def names(snapshot: Snapshot, since: float = 0) -> list[str]:
    """Return what certainly blocks of what has been suspected for as long as that."""
    suspected = {objects.uid(each): 100 - since for each in snapshot.children}
    return [*map(objects.name, obstruction(snapshot, SETTINGS, 100, suspected).pods)]


@pytest.mark.parametrize(
    ("bad", "after"),
    [
        (stuck(waiting("ImagePullBackOff")), 0),
        (stuck(waiting("CrashLoopBackOff", restarts=1)), 0),
        (stuck(conditions=[NO_NODE]), 0),
        (stuck(running(ready=False), conditions=[condition("Ready", "False")]), 10),
        (stuck(waiting("ContainerCreating")), 10),
    ],
)
def test_a_pod_that_holds_up_a_stateful_set(bad: dict[str, Any], after: float) -> None:
    found = obstruction(restored(bad), SETTINGS, 100, {})
    if after:
        assert found.pods == ()
        found = obstruction(restored(bad), SETTINGS, 100 + after, found.since)
    assert [*map(objects.name, found.pods)] == [objects.name(bad)]


IN_THE_WAY = stuck(waiting("ErrImagePull"))


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param(restored(stuck(running(), conditions=[READY])), id="ready, so it is replaced in turn"),
        pytest.param(
            restored(stuck(waiting("ErrImagePull"), deletionTimestamp="2026-01-01T00:00:00Z")), id="leaving"
        ),
        pytest.param(restored(stuck(waiting("ErrImagePull"), revision=GOOD)), id="of the template"),
        pytest.param(restored(IN_THE_WAY, current=BAD), id="of a template that was once rolled out in whole"),
        pytest.param(restored(IN_THE_WAY, current=""), id="of a StatefulSet that does not tell"),
        pytest.param(
            restored(IN_THE_WAY, podManagementPolicy="Parallel"), id="of what does not wait for its pods"
        ),
        pytest.param(
            restored(stuck(waiting("ErrImagePull")), updateStrategy={"type": "OnDelete"}), id="on delete"
        ),
        pytest.param(
            restored(stuck(waiting("ErrImagePull")), updateStrategy={"rollingUpdate": {"partition": 3}}),
            id="below the partition",
        ),
        pytest.param(
            restored(
                stuck(waiting("ErrImagePull"), number=5),
                ordinals={"start": 4},
                updateStrategy={"rollingUpdate": {"partition": 2}},
            ),
            id="below the partition, counted from the first ordinal",
        ),
        pytest.param(restored(pod("ReplicaSet-web-two", waiting("ErrImagePull"))), id="of something else"),
        pytest.param(
            seen(stateful_set(GOOD, seen=1, currentRevision=GOOD), children=[IN_THE_WAY]), id="unseen"
        ),
        pytest.param(
            seen(deployment(), children=[pod("ReplicaSet-web-two", waiting("ErrImagePull"))]),
            id="of a Deployment",
        ),
    ],
)
def test_a_pod_that_holds_nothing_up(harmless: Snapshot) -> None:
    assert names(harmless, since=60) == []


def test_of_several_only_the_one_that_the_controller_waits_for() -> None:
    several = (stuck(waiting("ErrImagePull"), number=each) for each in (2, 0, 1))
    assert names(restored(*several)) == ["web-0"]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(member(0, running(ready=False), revision=GOOD), id="which is getting ready"),
        pytest.param(
            member(0, running(), conditions=[READY], deletionTimestamp="2026-01-01T00:00:00Z"),
            id="which is leaving",
        ),
    ],
)
def test_nothing_is_taken_while_the_controller_waits_for_another(first: dict[str, Any]) -> None:
    assert names(restored(first, IN_THE_WAY)) == []


def test_a_member_that_was_ready_before_is_left_alone() -> None:
    found = restored(IN_THE_WAY)
    before = replace(found.baseline, ready_pods=frozenset({objects.uid(IN_THE_WAY)}))
    assert names(replace(found, baseline=before)) == []


@pytest.mark.parametrize(("condemned", "expected"), [(True, ["web-2"]), (False, [])])
def test_a_template_that_worked_at_first_is_bad_only_if_its_revision_was_found_bad(
    *, condemned: bool, expected: list[str]
) -> None:
    before = stateful_set(BAD, wanted=3, currentRevision=BAD)
    found = seen(stateful_set(GOOD, wanted=3, currentRevision=BAD), children=[IN_THE_WAY], before=[before])
    baseline = replace(found.baseline, condemned=condemned)
    assert names(replace(found, baseline=baseline)) == expected


def test_members_of_a_healthy_set_that_is_rolled_back_on_request_are_left_alone() -> None:
    """Quorum is lost while one restarts: all of them are not ready for a while."""
    before = stateful_set(BAD, wanted=3, currentRevision=BAD)
    live = stateful_set(GOOD, wanted=3, currentRevision=BAD)
    members = [member(each, running(ready=False)) for each in (0, 1, 2)]
    assert names(seen(live, children=members, before=[before]), since=60) == []
