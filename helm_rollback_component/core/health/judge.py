"""Whether a release that is being rolled out is certain to fail. Pure.

What is wrong now are `Fault`s (`pod_rules`, `workload_rules`; `snapshot` says of which objects). A
fault becomes a verdict once it has lasted its grace. How long it has lasted is measured from when it was
first seen, on the caller's own clock; the `FaultMemory` of that goes in and comes out as a value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.deletions import SeenApplied, deletions
from helm_rollback_component.core.health.dependencies import with_dependencies
from helm_rollback_component.core.health.model import Fault, HealthVerdict
from helm_rollback_component.core.health.new_tries import PullMemory
from helm_rollback_component.core.health.pod_rules import pod_faults
from helm_rollback_component.core.health.sight import Sight
from helm_rollback_component.core.health.workload_rules import View, workload_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.readiness import Readiness
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.results import Resource

_TOLD = 3

OWN_TRIES = 2
"""So often a container is started again once what it may have waited for is ready; the first of these starts
may have begun before, or may not find it yet (endpoints, DNS)."""


@dataclass(frozen=True)
class FaultMemory:
    """What has to be remembered from one look to the next.

    Attributes:
        since: when each fault that is still there was first seen, by its subject.
        deferring: those that something in progress may fix.
        resumed: when that ended, for those that it has not fixed. Looks are made when something changes, so
            it was in progress from one look to the next.
        said: their graces, as they were when they last said their cause.
        awaited: what a dependent one awaited when it was last there, kept when it goes.
        helped_at: the number of restarts when something of that had become ready, kept as well.
        pulls: what pulls that had failed before have said since.
        applied: what Helm was seen to have applied.
    """

    since: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    deferring: frozenset[tuple[str, ...]] = frozenset()
    resumed: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    said: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    awaited: Mapping[tuple[str, ...], frozenset[Resource]] = field(default_factory=dict)
    helped_at: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    pulls: PullMemory = field(default_factory=PullMemory)
    applied: SeenApplied = field(default_factory=SeenApplied)


@dataclass(frozen=True)
class Judgement:
    """What one look gives.

    Attributes:
        verdict: why the release has certainly failed, if it has.
        memory: an argument of the next look.
        faults: all that is wrong now, certain or not.
        due: when the first of these will be certain unless it goes away, infinity if none will.
    """

    verdict: HealthVerdict | None
    memory: FaultMemory
    faults: tuple[Fault, ...] = ()
    due: float = math.inf


def faults(snapshot: Snapshot, health: HealthConfig) -> Iterable[Fault]:
    """Return all that is wrong with the newest revision now; nothing gets certain without `fail_fast`."""
    found = with_dependencies([*_found(snapshot, health)], snapshot)
    return found if health.fail_fast else [replace(fault, grace=math.inf) for fault in found]


def _found(snapshot: Snapshot, health: HealthConfig) -> Iterator[Fault]:
    yield from deletions(snapshot, health)
    for case in snapshot.cases:
        yield from workload_faults(View(case, snapshot, health))
        for pod in case.unready:
            yield from pod_faults(Sight(pod, case, snapshot, health))


def judge(seen: Iterable[Fault], snapshot: Snapshot, now: float, memory: FaultMemory) -> Judgement:
    """Return whether the release is certain to fail; of several faults, the one that became certain first.

    Args:
        seen: all that is wrong with it now.
        snapshot: what is seen of its objects.
        now: the time in seconds, on any clock that only goes forward.
        memory: what the last look gave; an empty one at first.
    """
    told = tuple(seen)
    pulls = memory.pulls.after(told, now)
    present = tuple(filter(pulls.counts, told))
    crowded = any(map(objects.terminating, snapshot.pods()))
    helped = [fault for fault in present if memory.awaited.get(fault.about, frozenset()) - fault.awaits]
    helped_at = {
        **memory.helped_at,
        **{each.about: each.restarts for each in helped if each.restarts is not None},
    }
    deferring = frozenset(
        each.about
        for each in present
        if each.deferred or (each.crowded and crowded) or _has_tries(each, helped_at)
    )
    ended = (memory.deferring - deferring) | {fault.about for fault in helped}
    over = {**memory.resumed, **dict.fromkeys(ended, now)}
    kept = FaultMemory(
        since={fault.about: memory.since.get(fault.about, now) for fault in present},
        deferring=deferring,
        resumed={
            fault.about: over[fault.about]
            for fault in present
            if fault.about in over and fault.restarts is None
        },
        said={fault.about: _grace(fault, memory) for fault in present},
        awaited={**memory.awaited, **{fault.about: fault.awaits for fault in present if fault.dependent}},
        helped_at=helped_at,
        pulls=pulls,
        applied=snapshot.earlier.after(snapshot),
    )
    waiting = [(_due(fault, kept), fault) for fault in present if fault.about not in deferring]
    due, first = min(waiting, key=lambda each: each[0], default=(math.inf, None))
    return Judgement(verdict_of(first) if first and due <= now else None, kept, told, due)


def _has_tries(fault: Fault, helped_at: Mapping[tuple[str, ...], int]) -> bool:
    """Whether a container was not started often enough yet since what it awaited is ready."""
    if fault.restarts is None or fault.about not in helped_at:
        return False
    return fault.restarts < helped_at[fault.about] + OWN_TRIES


def _grace(fault: Fault, memory: FaultMemory) -> float:
    return memory.said.get(fault.about, fault.grace) if fault.unsaid else fault.grace


def progress(state: Readiness, seen: Iterable[Fault]) -> str:
    """Return what is waited for, in one short line, or an empty string if nothing is."""
    wrong = [f"{fault.pod or fault.object.name}: {fault.reason}" for fault in seen]
    told = [*map(str, state.unready[:_TOLD]), *wrong[:_TOLD]]
    more = len(state.unready) + len(wrong) - len(told)
    line = "; ".join(told) + (f"; {more} more" if more else "")
    return f"waiting for {line}" if state.unready else line


def _due(fault: Fault, memory: FaultMemory) -> float:
    """Return when a fault becomes certain that is not deferred now.

    When the cause of the deferral has ended, the controller has to try again first. Its pauses double each
    time, so that may take as long again as it had failed until then; the grace begins after that.
    """
    since, grace = memory.since[fault.about], memory.said[fault.about]
    if fault.about not in memory.resumed:
        return since + grace
    resumed = memory.resumed[fault.about]
    return resumed + (resumed - since) + grace


def verdict_of(fault: Fault) -> HealthVerdict:
    """Return a fault as a verdict."""
    return HealthVerdict(fault.reason, fault.message, fault.object, fault.pod, fault.container)
