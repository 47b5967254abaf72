"""What a cluster shows over time, and what the product's own judge says of it with a clock of its own."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.judge import FaultMemory
from tests.unit.core.health.health_objects import (
    deployment,
    judge_snapshot,
    pod,
    replica_set,
    running,
    seen,
    stateful_set,
    thing,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.core.health.snapshot import Snapshot

Object = dict[str, Any]
TimeLine = dict[float, "Snapshot"]

END = 3600.0
NEW = "ReplicaSet-web-two"
GROWN: dict[str, Any] = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}


def play(line: Mapping[float, Snapshot], settings: HealthConfig | None = None) -> tuple[str, float] | None:
    """Return the verdict's reason and when it comes; each snapshot stays until the next one."""
    memory, times = FaultMemory(), [*line, END]
    for begin, end in pairwise(times):
        now = begin
        while now < end:
            judgement = judge_snapshot(line[begin], settings or HealthConfig(), now, memory)
            if judgement.verdict:
                return judgement.verdict.reason, now
            memory, now = judgement.memory, min(judgement.due, end)
    return None


def web(*containers: Object, first: bool = False, others: tuple[Object, ...] = (), **more: Any) -> Snapshot:
    """A Deployment that is upgraded, or made first, with one pod, beside other objects of the release."""
    before = [] if first else [deployment("one"), *more.pop("before", ())]
    children = [replica_set(), pod(NEW, *containers), *more.pop("children", ())]
    return seen(deployment(), *others, before=before, children=children, **more)


def database(*, ready: bool) -> Object:
    """A StatefulSet of the release, as long as it starts or once it is ready."""
    members = {"readyReplicas": 2, "replicas": 2, "currentRevision": "two"} if ready else {"replicas": 1}
    return {**stateful_set(**members), "metadata": {**stateful_set()["metadata"], "name": "db", "uid": "db"}}


def resource(ready: str) -> Object:
    """A custom resource of the release."""
    conditions = [{"type": "Ready", "status": ready}] if ready else []
    return thing("Certificate", "tls", status={"conditions": conditions}) | {
        "apiVersion": "cert-manager.io/v1"
    }


def crashed(restarts: int, code: int = 1, reason: str = "Error") -> Object:
    """A container that waits to be started again."""
    return waiting("CrashLoopBackOff", restarts=restarts, last={"exitCode": code, "reason": reason})


def started(restarts: int) -> Object:
    """A container that runs, but is not ready yet."""
    return running(ready=False, restarts=restarts)
