"""How much an object lacks to be ready, as a number, so that two looks at it can be compared. Pure.

What is rolled out counts as many as it lacks. Other kinds are either ready or not; of them, the number grows
with how far they are from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.readiness_rules import lack

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.health.objects import Manifest

_UNREADY, _BROKEN, _UNSEEN, _LEAVING = 1, 2, 3, 4


def shortage(live: Manifest) -> int | None:
    """Return how much an object lacks.

    Returns:
        0 if it is ready; None while its pods are being replaced, because a number says nothing then.
    """
    if not lack(live):
        return 0
    count = _COUNTS.get((objects.group(live), objects.kind(live)))
    if count is None:
        return _grade(live)
    if objects.terminating(live) or not objects.observed(live):
        return None
    number = count(live)
    return None if number is None else max(number, _UNREADY)


def _grade(live: Manifest) -> int:
    if objects.terminating(live):
        return _LEAVING
    if not objects.observed(live):
        return _UNSEEN
    over = foreign.text(objects.status(live), "phase") in ("Failed", "Lost")
    return _BROKEN if over or objects.is_true(live, "Stalled") else _UNREADY


def _deployment(live: Manifest) -> int | None:
    wanted, status = _replicas(live), objects.status(live)
    total = foreign.number(status, "replicas")
    if total > wanted or foreign.number(status, "updatedReplicas") < total:
        return None
    return wanted - foreign.number(status, "availableReplicas")


def _replica_set(live: Manifest) -> int | None:
    wanted, status = _replicas(live), objects.status(live)
    if foreign.number(status, "replicas") > wanted:
        return None
    return wanted - foreign.number(status, "availableReplicas")


def _stateful_set(live: Manifest) -> int | None:
    wanted, status = _replicas(live), objects.status(live)
    strategy = foreign.mapping(objects.spec(live), "updateStrategy")
    partition = foreign.number(foreign.mapping(strategy, "rollingUpdate"), "partition")
    total = foreign.number(status, "replicas")
    if total > wanted or foreign.number(status, "updatedReplicas") < total - partition:
        return None
    return wanted - foreign.number(status, "readyReplicas")


def _daemon_set(live: Manifest) -> int:
    """A pod on a dead node is not replaced: it may be of an old template for as long as it is unavailable."""
    status = objects.status(live)
    served = foreign.number(status, "updatedNumberScheduled") + foreign.number(status, "numberAvailable")
    return 2 * foreign.number(status, "desiredNumberScheduled") - served


def _job(live: Manifest) -> int:
    spec = objects.spec(live)
    wanted = foreign.number(spec, "completions") or foreign.number(spec, "parallelism", 1)
    return wanted - foreign.number(objects.status(live), "succeeded") + objects.is_true(live, "Failed")


def _replicas(live: Manifest) -> int:
    return foreign.number(objects.spec(live), "replicas", 1)


_COUNTS: dict[tuple[str, str], Callable[[Manifest], int | None]] = {
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
}
