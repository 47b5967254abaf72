"""What else of the release a failing container may be waiting for. Pure.

A program that exits while its database starts is not broken, nor is one whose Secret a controller is about to
make. So such faults are not certain while something else that the same revision has applied may still get
ready by itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.container_rules import may_depend
from helm_rollback_component.core.health.readiness import needs_a_look
from helm_rollback_component.core.health.readiness_rules import lack
from helm_rollback_component.core.health.snapshot import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Case, Snapshot
    from helm_rollback_component.results import Resource


def with_dependencies(found: Sequence[Fault], snapshot: Snapshot) -> Iterable[Fault]:
    """Return the faults, those that may wait for something else with what that is.

    An object that fails as often, and may be waiting as well, is no hope: two that wait for each other, or
    that both lack the same, get ready never.

    Args:
        found: all that is wrong.
        snapshot: where that was seen.
    """
    if not any(fault.dependent for fault in found):
        return found
    unready = frozenset(_unready(snapshot))
    failing: dict[Resource, float] = defaultdict(lambda: -1)
    for fault in filter(lambda each: each.dependent, found):
        failing[fault.object] = max(failing[fault.object], _often(fault))
    return [_told(fault, unready, failing) if fault.dependent else fault for fault in found]


def others_to_read(snapshot: Snapshot, manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield objects that are not in a snapshot, but that a failing container in it may be waiting for.

    Args:
        snapshot: what is seen of those that can fail.
        manifests: all objects of the release.
    """
    if any(may_depend(pod) for case in snapshot.cases for pod in case.unready):
        yield from (
            desired
            for desired in objects.flatten(manifests)
            if _new_and_awaited(desired, snapshot.namespace, snapshot.baseline)
        )


def _told(fault: Fault, unready: frozenset[Resource], failing: dict[Resource, float]) -> Fault:
    others = unready - {fault.object}
    hope = any(failing[other] < _often(fault) for other in others)
    return replace(fault, awaits=others, deferred=fault.deferred or hope)


def _often(fault: Fault) -> float:
    """Return how often a container has failed; one that cannot be configured fails until it can."""
    return math.inf if fault.restarts is None else fault.restarts


def _unready(snapshot: Snapshot) -> Iterator[Resource]:
    yield from (case.object for case in snapshot.cases if _serves(case) and lack(case.live))
    for desired in objects.flatten(snapshot.desired):
        if _new_and_awaited(desired, snapshot.namespace, snapshot.baseline):
            key = objects.key(desired, snapshot.namespace)
            if lack(snapshot.live.get(key)):
                yield objects.resource(desired, snapshot.namespace)


def _serves(case: Case) -> bool:
    """Whether others may wait for an object: not for a claim, a hook, or a Job that is to wait."""
    suspended = foreign.flag(objects.spec(case.live), "suspend")
    return case.object.kind != "PersistentVolumeClaim" and not objects.is_hook(case.desired) and not suspended


def _new_and_awaited(desired: Manifest, namespace: str, before: Baseline) -> bool:
    """Whether it is a custom resource that this revision brings; an old one has made what it makes."""
    custom = not judged(desired) and needs_a_look(desired)
    return custom and objects.key(desired, namespace) not in before.declared
