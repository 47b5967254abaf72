"""Pods that keep a StatefulSet from being rolled back. Pure.

A StatefulSet's controller replaces pods one by one and waits for each to be ready first; a pod of a bad
template that never becomes ready blocks everything, also after the template is good again: "you must also
delete any Pods that StatefulSet had already attempted to run with the bad configuration" (Kubernetes'
documentation, "Forced rollback").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.pod_status import containers, unschedulable
from helm_rollback_component.core.health.template_revisions import has_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot

_ORDINAL = re.compile(r"-([0-9]{1,9})\Z")


@dataclass(frozen=True)
class Obstruction:
    """What one look gives.

    Attributes:
        pods: the pods that certainly block the rollback.
        since: when each suspected pod was first seen, by its UID; an argument of the next look.
    """

    pods: tuple[Manifest, ...]
    since: Mapping[str, float]


def obstruction(
    snapshot: Snapshot, health: HealthConfig, now: float, since: Mapping[str, float]
) -> Obstruction:
    """Return the pods of old templates that are not ready and will not become ready.

    It does not say that they are to be deleted.

    Args:
        snapshot: what is seen of the release's objects.
        health: `HealthConfig.grace` is how long a pod that may still become ready has to do so.
        now: the time in seconds, on any clock that only goes forward.
        since: what the last look gave; empty at first.
    """
    suspects = {objects.uid(pod): pod for pod in _suspects(snapshot)}
    seen = {uid: since.get(uid, now) for uid in suspects}
    certain = (pod for uid, pod in suspects.items() if _broken(pod) or now >= seen[uid] + health.grace)
    return Obstruction(tuple(certain), seen)


def _suspects(snapshot: Snapshot) -> Iterator[Manifest]:
    for live in snapshot.live.values():
        if objects.kind(live) == "StatefulSet" and _rolls(live):
            yield from (pod for pod in snapshot.pods_of(live) if _obstructs(pod, live))


def _rolls(stateful_set: Manifest) -> bool:
    strategy = foreign.mapping(objects.spec(stateful_set), "updateStrategy")
    return (
        objects.observed(stateful_set)
        and not objects.terminating(stateful_set)
        and foreign.text(strategy, "type", "RollingUpdate") == "RollingUpdate"
    )


def _obstructs(pod: Manifest, stateful_set: Manifest) -> bool:
    strategy = foreign.mapping(objects.spec(stateful_set), "updateStrategy")
    partition = foreign.number(foreign.mapping(strategy, "rollingUpdate"), "partition")
    first = foreign.number(foreign.mapping(objects.spec(stateful_set), "ordinals"), "start")
    newest = foreign.text(objects.status(stateful_set), "updateRevision")
    return (
        not objects.terminating(pod)
        and not objects.is_true(pod, "Ready")
        and bool(newest)
        and not has_hash(pod, newest)
        and _ordinal(pod) >= first + partition
    )


def _broken(pod: Manifest) -> bool:
    """Whether the pod is not just starting: a container waits for another reason, or there is no node."""
    starting = ("", "ContainerCreating", "PodInitializing")
    waits = any(foreign.text(each.waiting, "reason") not in starting for each in containers(pod))
    return waits or bool(unschedulable(pod))


def _ordinal(pod: Manifest) -> int:
    """Return a pod's number; -1 of one that its StatefulSet has not named."""
    found = _ORDINAL.search(objects.name(pod))
    return int(found.group(1)) if found else -1
