"""Pods that keep a StatefulSet from being rolled back. Pure.

A StatefulSet's controller looks at its pods by their ordinals and waits at the first that is not ready; also
at one of a bad template after the template is good again: "you must also delete any Pods that StatefulSet had
already attempted to run with the bad configuration" (Kubernetes' documentation, "Forced rollback";
kubernetes/kubernetes#67250). With ``podManagementPolicy: Parallel`` it does not wait, and replaces such a pod
itself.

A template is bad if it is not the one to go back to (``updateRevision``) and was never rolled out in whole
(``currentRevision``), or if it is that of a revision that was found bad. A member of any other, and one that
was ready before, may get ready again by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.pod_status import containers, unschedulable
from helm_rollback_component.core.health.template_revisions import has_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot

_ORDINAL = re.compile(r"-([0-9]{1,9})\Z")


@dataclass(frozen=True)
class Obstruction:
    """What one look gives.

    Attributes:
        pods: the pods that certainly block the rollback, one of each StatefulSet at most.
        since: when each suspected pod was first seen, by its UID; an argument of the next look.
    """

    pods: tuple[Manifest, ...]
    since: Mapping[str, float]


def obstruction(
    snapshot: Snapshot, health: HealthConfig, now: float, since: Mapping[str, float]
) -> Obstruction:
    """Return the pods of bad templates that block a rollback and will not become ready: one a StatefulSet.

    It does not say that they are to be deleted.

    Args:
        snapshot: what is seen of the release's objects; `Baseline.ready_pods` are left alone.
        health: `HealthConfig.grace` is how long a pod that may still become ready has to do so.
        now: the time in seconds, on any clock that only goes forward.
        since: what the last look gave; empty at first.
    """
    suspects = {objects.uid(pod): pod for pod in _suspects(snapshot)}
    seen = {uid: since.get(uid, now) for uid in suspects}
    certain = (pod for uid, pod in suspects.items() if _broken(pod) or now >= seen[uid] + health.grace)
    return Obstruction(tuple(certain), seen)


def _suspects(snapshot: Snapshot) -> Iterator[Manifest]:
    ready_before = snapshot.baseline.ready_pods
    for key, live in snapshot.live.items():
        if key.kind == "StatefulSet" and _rolls(live):
            pod, bad = _first_unready(snapshot.pods_of(live)), _condemned_template(snapshot, key)
            if pod and _obstructs(pod, live, bad) and objects.uid(pod) not in ready_before:
                yield pod


def _condemned_template(snapshot: Snapshot, key: Key) -> str:
    before = snapshot.baseline.marks.get(key)
    return before.revision if before and snapshot.baseline.condemned else ""


def _first_unready(pods: Iterable[Manifest]) -> Manifest | None:
    """Return the pod that the controller waits for; one that is being deleted as well."""
    unready = (pod for pod in pods if objects.terminating(pod) or not objects.is_true(pod, "Ready"))
    return min(unready, key=_ordinal, default=None)


def _rolls(stateful_set: Manifest) -> bool:
    strategy = foreign.mapping(objects.spec(stateful_set), "updateStrategy")
    return (
        objects.observed(stateful_set)
        and not objects.terminating(stateful_set)
        and objects.spec(stateful_set).get("podManagementPolicy") != "Parallel"
        and strategy.get("type", "RollingUpdate") == "RollingUpdate"
    )


def _obstructs(pod: Manifest, stateful_set: Manifest, bad: str) -> bool:
    strategy = foreign.mapping(objects.spec(stateful_set), "updateStrategy")
    partition = foreign.number(foreign.mapping(strategy, "rollingUpdate"), "partition")
    first = foreign.number(foreign.mapping(objects.spec(stateful_set), "ordinals"), "start")
    return (
        not objects.terminating(pod)
        and _of_bad_template(pod, stateful_set, bad)
        and _ordinal(pod) >= first + partition
    )


def _of_bad_template(pod: Manifest, stateful_set: Manifest, bad: str) -> bool:
    status = objects.status(stateful_set)
    newest, whole = foreign.text(status, "updateRevision"), foreign.text(status, "currentRevision")
    if not newest or not whole or has_hash(pod, newest):
        return False
    return has_hash(pod, bad) or not has_hash(pod, whole)


def _broken(pod: Manifest) -> bool:
    """Whether the pod is not just starting: a container waits for another reason, or there is no node."""
    starting = ("", "ContainerCreating", "PodInitializing")
    waits = any(foreign.text(each.waiting, "reason") not in starting for each in containers(pod))
    return waits or bool(unschedulable(pod))


def _ordinal(pod: Manifest) -> int:
    """Return a pod's number; -1 of one that its StatefulSet has not named."""
    found = _ORDINAL.search(objects.name(pod))
    return int(found.group(1)) if found else -1
