"""Whether a release stays as good after a roll-out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.judge import FaultMemory, judge
from helm_rollback_component.core.health.soak import degradation, start
from tests.unit.core.health.health_objects import (
    deployment,
    job,
    pod,
    replica_set,
    running,
    seen,
    waiting,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

NEW = "ReplicaSet-web-two"
SETTINGS = HealthConfig(grace=10)
CRASHED = {"exitCode": 1, "reason": "Error"}


def serving(*pods: Any) -> Snapshot:
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
