"""What a look costs grows with the number of objects and pods, and not faster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.blocked_rollback import obstruction
from helm_rollback_component.core.health.judge import FaultMemory, faults, judge, progress
from helm_rollback_component.core.health.queries import questions
from helm_rollback_component.core.health.readiness import readiness
from helm_rollback_component.core.health.soak import degradation, start
from tests.unit.core.health.health_objects import (
    NO_NODE,
    event,
    owner,
    pod,
    seen,
    template,
    thing,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.health.snapshot import Snapshot

FEW = 20
USES_DATA = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}
NEW = {"labels": {"controller-revision-hash": "new"}}
LACKS = waiting("CreateContainerConfigError", 'secret "token" not found')


class Counting(dict[str, Any]):
    """A mapping that counts how often something is looked up in any of them."""

    lookups = 0

    def get(self, key: str, default: Any = None) -> Any:
        Counting.lookups += 1
        return super().get(key, default)


def counting(part: Any) -> Any:
    if isinstance(part, dict):
        return Counting({key: counting(value) for key, value in part.items()})
    return [*map(counting, part)] if isinstance(part, list) else part


def pods_of(workload: str, count: int) -> list[dict[str, Any]]:
    """Make pods of which half find no node, all lack a Secret, and each third is of an old template."""
    return [
        pod(
            workload,
            LACKS,
            name=f"{workload}-{number}",
            conditions=[NO_NODE][: number % 2],
            revision="new" if number % 3 else "old",
        )
        | {"spec": USES_DATA}
        for number in range(count)
    ]


def workload(kind: str, name: str, pods: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Make a workload with so many pods, and what belongs to it."""
    status = {"observedGeneration": 2, "updateRevision": "new", "desiredNumberScheduled": pods + 1}
    live = thing(kind, name, spec={"replicas": pods + 1, "template": template()}, status=status)
    mine = {"ownerReferences": [owner(f"{kind}-{name}")]}
    between = {
        "Deployment": thing("ReplicaSet", name, metadata=mine, spec={"template": template()}),
        "DaemonSet": thing("ControllerRevision", name, metadata=mine | NEW, revision=1),
    }
    creator = f"ReplicaSet-{name}" if kind == "Deployment" else f"{kind}-{name}"
    return live, [*([between[kind]] if kind in between else []), *pods_of(creator, pods)]


def many_workloads(count: int) -> Snapshot:
    """Make so many workloads of each kind with three pods each, and a claim for each."""
    kinds = ("DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet")
    made = [workload(kind, f"{kind}{number}", 3) for kind in kinds for number in range(count)]
    claims = [thing("PersistentVolumeClaim", f"claim-{number}", status={}) for number in range(count)]
    return snapshot([live for live, _ in made], [*claims, *(child for _, those in made for child in those)])


def one_workload(kind: str, count: int) -> Snapshot:
    """Make one workload with three times as many pods, and for each an event of when it was refused."""
    live, children = workload(kind, "web", 3 * count)
    refused = tuple(
        event("FailedCreate", f"create Pod {each['metadata']['name']} in StatefulSet web failed")
        for each in children
    )
    return snapshot([live], children, {f"{kind}-web": refused})


def snapshot(live: list[Any], children: list[Any], events: dict[str, Any] | None = None) -> Snapshot:
    return seen(
        *map(counting, live),
        children=[*map(counting, children)],
        events=events,
        missing=[("Secret", "apps", "token")],
    )


def cost(seen: Snapshot) -> int:
    """Return how many lookups one look at a snapshot takes, whatever is to be known of it."""
    health, before = HealthConfig(), Counting.lookups
    questions(seen)
    judgement = judge(faults(seen, health), seen, 0, FaultMemory())
    assert judgement.faults
    progress(readiness(seen, wait_for_jobs=True), judgement.faults)
    assert not [*degradation(seen, start(seen), health)]
    obstruction(seen, health, 0, {})
    return Counting.lookups - before


@pytest.mark.parametrize(
    "make",
    [
        many_workloads,
        *(partial(one_workload, kind) for kind in ("DaemonSet", "Deployment", "Job", "StatefulSet")),
    ],
)
def test_twice_as_much_costs_twice_as_much(make: Callable[[int], Snapshot]) -> None:
    fewer, more = cost(make(FEW)), cost(make(2 * FEW))
    assert more <= 2.2 * fewer


def test_what_is_judged_is_found_once() -> None:
    seen = many_workloads(FEW)
    assert len(seen.cases) == 5 * FEW
    before = Counting.lookups
    assert len(seen.cases) == 5 * FEW
    assert Counting.lookups == before
