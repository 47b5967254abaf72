"""Waiting until a release that was applied is ready, and watching whether it stays so."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import soak as soaking
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.judge import FaultMemory
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.objects import flatten, resource
from helm_rollback_component.core.health.snapshot import judged
from helm_rollback_component.core.health.timeout import Wait, timed_out
from helm_rollback_component.kube.health import container_logs
from helm_rollback_component.kube.health.clearing import Clearing
from helm_rollback_component.kube.health.examiner import Doubt, Examiner, Finding, condemned, looks
from helm_rollback_component.kube.health.observer import Observer, judged_or_awaited
from helm_rollback_component.kube.health.polling import Pace
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.core.health.timeout import Limit
    from helm_rollback_component.kube.health.examiner import HealthContext


@dataclass(frozen=True)
class Beginning:
    """What a wait goes on from.

    Attributes:
        before: what there was before the objects were applied, which is not counted against them. Without it
            every pod of the newest templates is.
        since: when its time began to run; None for now.
        memory: what was seen to be wrong until now.
    """

    before: Baseline = field(default_factory=Baseline)
    since: float | None = None
    memory: FaultMemory = field(default_factory=FaultMemory)


def wait_ready(
    context: HealthContext,
    objects: Sequence[Manifest],
    limit: Limit,
    stop: Cancellation,
    beginning: Beginning,
) -> HealthVerdict | Finding:
    """Wait until a release that was applied is ready, and return how it is then; or return why it is not.

    A pod of a bad template that keeps a StatefulSet from getting there is evicted (`blocked_rollback`).

    Args:
        context: the release, and how patient to be.
        objects: the objects of the revision that was applied.
        limit: how long it may take; then it is the verdict's reason.
        stop: ends the wait; then the verdict's reason is ``Cancelled``.
        beginning: what was before.

    Raises:
        OperationError: what the cluster refused; transient errors are retried until the time is over.
    """
    clock = context.clock
    until = (clock.now() if beginning.since is None else beginning.since) + limit.seconds
    pace = Pace(stop, until=until, clock=clock)
    clearing = Clearing(context)
    finding = None

    def doubt(finding: Finding) -> Doubt:
        if condemned(finding) or finding.readiness.excused or clock.now() >= until:
            return Doubt.ALL
        return Doubt.OWN if finding.readiness.ready else Doubt.NONE

    with _observer(context, pace, beginning.before, judged_or_awaited) as observer:
        applied = beginning.memory.applied.with_all(objects, context.namespace)
        examiner = Examiner(context, observer, doubt, replace(beginning.memory, applied=applied))
        for finding in looks(pace, lambda: examiner.look(objects)):
            if finding.judgement.verdict is not None:
                return container_logs.attach(context.cluster, finding.judgement.verdict)
            if finding.readiness.ready:
                return finding
            pace.due = min(finding.due, clearing.clear(finding.snapshot))
    first = _first(objects, context.namespace)
    return _cancelled(first) if pace.stopped else _late(finding, limit, clock.now(), first)


def soak(
    context: HealthContext,
    objects: Sequence[Manifest],
    stop: Cancellation,
) -> HealthVerdict | None:
    """Watch a ready release for a while, and return None if it stays as good; or return why it does not.

    It is watched for `HealthConfig.soak`; where that is 0, not at all. A container that lost its readiness
    near the end has its grace to get it back.

    Args:
        context: the release, and how patient to be.
        objects: the objects of its newest revision.
        stop: ends the watch; then the verdict's reason is ``Cancelled``.

    Raises:
        OperationError: what the cluster refused; transient errors are retried until the time is over.
    """
    health, clock = context.health, context.clock
    ending = clock.now() + health.soak
    worse = _Worse(health)
    pace = Pace(stop, until=ending + health.grace if health.soak else 0, clock=clock)

    def over(finding: Finding) -> bool:
        return clock.now() >= ending and finding.judgement.due > ending + health.grace

    def doubt(finding: Finding) -> Doubt:
        return Doubt.ALL if condemned(finding) or over(finding) else Doubt.NONE

    with _observer(context, pace, Baseline(), judged) as observer:
        observer.refresh()
        examiner = Examiner(context, observer, doubt)
        for finding in looks(pace, lambda: examiner.look(objects, also=worse.than_at_first)):
            if finding.judgement.verdict is not None:
                return container_logs.attach(context.cluster, finding.judgement.verdict)
            if over(finding):
                return None
            pace.due = min(finding.due, ending)
    return _cancelled(_first(objects, context.namespace)) if pace.stopped else None


@contextmanager
def _observer(
    context: HealthContext, pace: Pace, before: Baseline, wants: Callable[[Manifest], bool]
) -> Iterator[Observer]:
    """Give what looks at what there is from now on, and wakes the pace when it changes."""
    with Observer(
        context.informers,
        context.namespace,
        before,
        wants=wants,
        on_change=pace.wake,
        clock=context.clock,
    ) as observer:
        yield observer


class _Worse:
    """What has become worse since the first look."""

    def __init__(self, health: HealthConfig) -> None:
        self._health = health
        self._began: soaking.Start | None = None

    def than_at_first(self, seen: Snapshot) -> Iterable[Fault]:
        if self._began is None:
            self._began = soaking.start(seen)
        return soaking.degradation(seen, self._began, self._health)


def _late(finding: Finding | None, limit: Limit, now: float, first: Resource) -> HealthVerdict:
    wait, faults = (finding.wait, finding.judgement.faults) if finding else (Wait(), ())
    return timed_out(limit, wait, now, first, faults)


def _cancelled(first: Resource) -> HealthVerdict:
    return HealthVerdict(Reason.CANCELLED, "the wait was cancelled", first)


def _first(objects: Sequence[Manifest], namespace: str) -> Resource:
    first = next(flatten(objects), None)
    return resource(first, namespace) if first else Resource("", "", "", namespace)
