"""What else has to be read of the cluster before a snapshot can be judged. Pure.

Most looks need nothing beyond the objects and their pods. What is slow to read, or large, is asked for only
while something is wrong that it explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.container_rules import needed
from helm_rollback_component.core.health.pod_status import claims_of, unschedulable
from helm_rollback_component.core.health.pods_lacking import short_of_pods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Case, Snapshot

_CLAIM = ("", "PersistentVolumeClaim")


@dataclass(frozen=True)
class Questions:
    """What else has to be read.

    Attributes:
        claims: namespace and name of claims.
        events: namespace and UID of objects whose events may explain something.
        needed: kind, namespace and name of objects whose existence must be checked.
        crowded: whether it must be known which pods are terminating.
    """

    claims: frozenset[tuple[str, str]] = frozenset()
    events: frozenset[tuple[str, str]] = frozenset()
    needed: frozenset[tuple[str, str, str]] = frozenset()
    crowded: bool = False

    def __bool__(self) -> bool:
        return bool(self.claims or self.events or self.needed or self.crowded)


def questions(snapshot: Snapshot) -> Questions:
    """Return what else has to be read."""
    seen = snapshot.cases
    unready = [pod for case in seen for pod in case.unready]
    unplaced = [*filter(unschedulable, unready)]
    short = [case.live for case in seen if _short(case)]
    pending = [claim for claim in _claims(snapshot) if _pending(claim)]
    return Questions(
        claims=frozenset(claim for pod in unplaced for claim in claims_of(pod)),
        events=frozenset(map(_event_key, (*unplaced, *short, *pending))),
        needed=frozenset(name for pod in unready for name in needed(pod)),
        crowded=bool(unplaced or short),
    )


def _short(case: Case) -> bool:
    return short_of_pods(case) or objects.is_true(case.live, "ReplicaFailure")


def _claims(snapshot: Snapshot) -> Iterator[Manifest]:
    own = (live for key, live in snapshot.live.items() if (key.group, key.kind) == _CLAIM)
    return chain(own, snapshot.claims.values())


def _pending(claim: Manifest) -> bool:
    return objects.status(claim).get("phase") == "Pending"


def _event_key(manifest: Manifest) -> tuple[str, str]:
    return objects.namespace_of(manifest), objects.uid(manifest)
