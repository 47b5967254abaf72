"""Taking away the pods that keep a StatefulSet from going back (`core.health.blocked_rollback`).

They are evicted, so that a PodDisruptionBudget holds; without that right only a pod that never ran, which no
budget protects, is deleted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health.blocked_rollback import obstruction
from helm_rollback_component.core.health.objects import name, namespace_of, status, uid
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.kube.health.examiner import HealthContext

AGAIN = 5.0
"""Seconds until a pod is tried again that could not be evicted."""

_LACKING = frozenset({Reason.FORBIDDEN, Reason.METHOD_NOT_ALLOWED})


class Clearing:
    """Evicts the pods that keep the StatefulSets of one release from going back, one of each at a time."""

    def __init__(self, context: HealthContext) -> None:
        self._context = context
        self._since: Mapping[str, float] = {}
        self._told: set[str] = set()

    def clear(self, seen: Snapshot) -> float:
        """Evict what blocks, and return when what may block is to be looked at again."""
        now, grace = self._context.clock.now(), self._context.health.grace
        found = obstruction(seen, self._context.health, now, self._since)
        self._since = found.since
        kept = [pod for pod in found.pods if not self._evict(pod)]
        waiting = set(found.since) - set(map(uid, found.pods))
        due = min((found.since[each] + grace for each in waiting), default=math.inf)
        return min(due, self._context.clock.now() + AGAIN) if kept else due

    def _evict(self, pod: Manifest) -> bool:
        """Return whether the pod goes, or is gone."""
        where = paths.pods(namespace_of(pod), name(pod))
        try:
            self._context.cluster.create(f"{where}/eviction", _eviction(pod))
        except OperationError as error:
            return self._refused(pod, where, error)
        self._tell(f"Pod {name(pod)} blocked its StatefulSet and was evicted")
        return True

    def _refused(self, pod: Manifest, where: str, error: OperationError) -> bool:
        match error.reason:
            case Reason.NOT_FOUND | Reason.CONFLICT:
                return True
            case reason if reason in _LACKING and status(pod).get("phase") == "Pending":
                return self._delete(pod, where, error)
            case _:
                self._tell(_blocks(pod, error))
                return False

    def _delete(self, pod: Manifest, where: str, lacking: OperationError) -> bool:
        try:
            self._context.cluster.delete(
                where, {"apiVersion": "v1", "kind": "DeleteOptions", **_precisely(pod)}
            )
        except OperationError:
            self._tell(_blocks(pod, lacking))
            return False
        self._tell(f"Pod {name(pod)} blocked its StatefulSet and was deleted ({lacking.message})")
        return True

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            (self._context.on_change or self._context.on_progress)(sentence)


def _blocks(pod: Manifest, error: OperationError) -> str:
    return f"Pod {name(pod)} blocks its StatefulSet and cannot be evicted: {error.message}"


def _eviction(pod: Manifest) -> dict[str, Any]:
    metadata = {"name": name(pod), "namespace": namespace_of(pod)}
    return {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": metadata,
        "deleteOptions": _precisely(pod),
    }


def _precisely(pod: Manifest) -> dict[str, Any]:
    """Mean this pod and not another of its name."""
    return {"preconditions": {"uid": uid(pod)}}
