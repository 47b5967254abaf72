"""What is looked at after a roll-out: whether a release stays as good, and what keeps it from going back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.blocked_rollback import obstruction
from helm_rollback_component.core.health.judge import FaultMemory, judge
from helm_rollback_component.core.health.soak import degradation, start
from tests.unit.core.health.health_objects import (
    NO_NODE,
    READY,
    condition,
    deployment,
    job,
    pod,
    replica_set,
    running,
    seen,
    stateful_set,
    waiting,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

NEW = "ReplicaSet-web-two"
SETTINGS = HealthConfig(grace=10)
CRASHED = {"exitCode": 1, "reason": "Error"}


def serving(*pods: Any) -> Snapshot:  # noqa: ANN401
    return seen(deployment(), children=[replica_set(), *pods])


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (pod(NEW, running(restarts=3)), None),
        (pod(NEW, running(restarts=4, last=CRASHED)), ("ContainerRestarted", 0)),
        (pod(NEW, waiting("CrashLoopBackOff", restarts=4, last=CRASHED)), ("ContainerRestarted", 0)),
        (pod(NEW, running(restarts=3, ready=False)), ("ReadinessLost", 10)),
        (pod(NEW, running(restarts=0, ready=False), uid="another"), None),
        (pod(NEW, running(restarts=9), uid="another"), None),
        (pod(NEW, running(ready=False), deletionTimestamp="2026-01-01T00:00:00Z"), None),
    ],
)
def test_a_soak(later: dict[str, Any], expected: tuple[str, float] | None) -> None:
    began = start(serving(pod(NEW, running(restarts=3))))
    after = serving(later)
    judgement = judge(degradation(after, began, SETTINGS), after, 0, FaultMemory())
    assert [(fault.reason, fault.grace) for fault in judgement.faults] == ([expected] if expected else [])


def test_what_was_unready_when_the_soak_began_is_not_held_against_it() -> None:
    same = serving(pod(NEW, running(ready=False)))
    assert [*degradation(same, start(same), SETTINGS)] == []


def test_a_jobs_pods_may_end_while_it_soaks() -> None:
    began = seen(job(), children=[pod("Job-migrate", running())])
    after = seen(job(), children=[pod("Job-migrate", running(ready=False, restarts=1))])
    assert [*degradation(after, start(began), SETTINGS)] == []


def test_a_restart_is_told() -> None:
    began, after = serving(pod(NEW, running())), serving(pod(NEW, running(restarts=1, last=CRASHED)))
    (fault,) = degradation(after, start(began), SETTINGS)
    assert fault.message == (
        "Pod web-0 of Deployment web: container app restarted after it was ready (Error, exit code 1)"
    )


def restored(*pods: dict[str, Any], **spec: Any) -> Snapshot:  # noqa: ANN401
    live = stateful_set("one", wanted=3)
    return seen({**live, "spec": {**live["spec"], **spec}}, children=pods)


def stuck(*containers: dict[str, Any], name: str = "web-2", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return pod("StatefulSet-web", *containers, name=name, revision="two", **more)


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


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param(restored(stuck(running(), conditions=[READY])), id="ready, so it is replaced in turn"),
        pytest.param(
            restored(stuck(waiting("ErrImagePull"), deletionTimestamp="2026-01-01T00:00:00Z")), id="leaving"
        ),
        pytest.param(
            restored(pod("StatefulSet-web", waiting("ErrImagePull"), revision="one")), id="of the template"
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
                stuck(waiting("ErrImagePull"), name="web-5"),
                ordinals={"start": 4},
                updateStrategy={"rollingUpdate": {"partition": 2}},
            ),
            id="below the partition, counted from the first ordinal",
        ),
        pytest.param(restored(pod(NEW, waiting("ErrImagePull"))), id="of something else"),
        pytest.param(
            seen(stateful_set("one", seen=1), children=[stuck(waiting("ErrImagePull"))]), id="unseen"
        ),
        pytest.param(serving(pod(NEW, waiting("ErrImagePull"))), id="of a Deployment"),
    ],
)
def test_a_pod_that_holds_nothing_up(harmless: Snapshot) -> None:
    assert obstruction(harmless, SETTINGS, 100, {"Pod-web-2": 0, "Pod-web-0": 0}).pods == ()
