"""Objects that another client deletes while Helm waits for them. Pure.

Helm creates an object once in an operation, and never again: what is deleted after that stays away until the
timeout, unless whoever deleted it creates it again. Nobody can take a deletion back that has begun.

A hook is left to Helm, which deletes it itself. What ends by itself may be cleaned up once it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.model import Fault
from helm_rollback_component.core.health.readiness_rules import lack
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot

CREATED_WITHIN = 60.0
"""Seconds until an object that was not seen since Helm began is there, if Helm has not come to it yet: an
admission webhook may take 30 (``timeoutSeconds``)."""

GONE_WITHIN = 60.0
"""Seconds for the end of a deletion, after which its client may create the object again: pods are given 30
(``terminationGracePeriodSeconds``)."""

_ENDING = frozenset({("batch", "Job"), ("", "Pod")})


@dataclass(frozen=True)
class SeenApplied:
    """What Helm was seen to have applied of a revision.

    Attributes:
        there: the objects that were seen since then.
        ended: those of them that had ended well.
    """

    there: frozenset[Key] = frozenset()
    ended: frozenset[Key] = frozenset()

    def after(self, seen: Snapshot) -> SeenApplied:
        """Return what follows from another look."""
        own = [each for each in seen.cases if not (each.again or objects.is_hook(each.desired))]
        there = {objects.key(each.desired, seen.namespace): each.live for each in own}
        return SeenApplied(
            self.there | frozenset(there), self.ended | {key for key, live in there.items() if _ended(live)}
        )

    def with_all(self, declared: Iterable[Manifest], namespace: str) -> SeenApplied:
        """Return what follows from Helm's having ended: all is applied; what ends by itself may have."""
        lasting = (each for each in objects.flatten(declared) if not (objects.is_hook(each) or _ends(each)))
        return SeenApplied(self.there | {objects.key(each, namespace) for each in lasting}, self.ended)


def deletions(seen: Snapshot, health: HealthConfig) -> Iterator[Fault]:
    """Yield which objects are deleted, or are being deleted, and are waited for in vain."""
    earlier = seen.earlier
    missed = seen.absent or any(map(objects.terminating, seen.live.values()))
    for desired in objects.flatten(seen.desired) if earlier.there and missed else ():
        key = objects.key(desired, seen.namespace)
        known = key in earlier.there
        if objects.is_hook(desired) or key in earlier.ended or (_ends(desired) and not known):
            continue
        if key in seen.absent and not _removes_itself(desired):
            grace = health.grace if known else CREATED_WITHIN
            yield _fault(desired, seen, "was deleted by another client", grace)
        elif objects.terminating(seen.live.get(key, {})):
            yield _fault(desired, seen, "is being deleted by another client", GONE_WITHIN)


def _fault(desired: Manifest, seen: Snapshot, what: str, grace: float) -> Fault:
    found = objects.resource(desired, seen.namespace)
    return Fault(
        reason=Reason.OBJECT_DELETED,
        message=f"{found.kind} {found.name}: {what} while it was waited for",
        object=found,
        about=(found.api_version, found.kind, found.namespace, found.name, what),
        grace=grace,
    )


def _ends(desired: Manifest) -> bool:
    return (objects.group(desired), objects.kind(desired)) in _ENDING


def _ended(live: Manifest) -> bool:
    if objects.kind(live) == "Pod":
        return objects.status(live).get("phase") == "Succeeded"
    return _ends(live) and not lack(live)


def _removes_itself(desired: Manifest) -> bool:
    """Whether Kubernetes deletes the object, a Job, some time after its end."""
    return foreign.spelled_number(objects.spec(desired), "ttlSecondsAfterFinished") is not None
