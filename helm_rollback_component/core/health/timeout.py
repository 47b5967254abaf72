"""Why a release was not ready in time: which object, how many of how many, since when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.readiness import Readiness, Unready, readiness
from helm_rollback_component.core.health.readiness_rules import lack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.snapshot import Case, Snapshot
    from helm_rollback_component.results import Resource

_TOLD = 3


@dataclass(frozen=True)
class Wait:
    """What is waited for, and since when; the times are seconds, on any clock that only goes forward.

    Attributes:
        unready: what is not ready, in the order of the release's record.
        since: when each of these was first seen so, and never otherwise since then.
        began: when the first look was, None before it.
    """

    unready: tuple[Unready, ...] = ()
    since: Mapping[Resource, float] = field(default_factory=dict)
    began: float | None = None

    def after(self, state: Readiness, now: float) -> Wait:
        """Return what is waited for after another look, which found this state."""
        since = {each.object: self.since.get(each.object, now) for each in state.unready}
        return Wait(state.unready, since, now if self.began is None else self.began)


@dataclass(frozen=True)
class Limit:
    """What a wait was not to exceed.

    Attributes:
        reason: the verdict's reason where it does.
        seconds: how long it may last.
    """

    reason: str
    seconds: float


def awaited_by_helm(snapshot: Snapshot, *, wait_for_jobs: bool, load_balancers: bool) -> Readiness:
    """Return what Helm waits for: hooks that have not ended, else what of the release is not ready.

    While a hook runs, Helm has not applied the other objects yet, or has seen them ready already.

    Args:
        snapshot: what is seen of the release's objects.
        wait_for_jobs: whether Helm was told to wait for Jobs.
        load_balancers: whether this Helm waits for the addresses of load balancers, as Helm 3 does.
    """
    hooks = tuple(_running_hooks(snapshot))
    if hooks:
        return Readiness(hooks)
    return readiness(snapshot, wait_for_jobs=wait_for_jobs, load_balancers=load_balancers)


def timed_out(
    limit: Limit, wait: Wait, now: float, first: Resource, seen: Iterable[Fault] = ()
) -> HealthVerdict:
    """Return the verdict on a release that was not ready in time.

    It names what is wrong with an object before what is only not ready, and what has been waited for longest
    before the rest.

    Args:
        limit: which time is over.
        wait: what is waited for.
        now: the time.
        first: the object that the verdict is about if nothing is waited for.
        seen: all that is wrong with the release now, though not for certain.
    """
    faults = {fault.object: fault for fault in reversed([*seen])}
    unready = sorted(wait.unready, key=lambda each: (each.object not in faults, wait.since[each.object]))
    told = [_told(each, wait, now, faults.get(each.object)) for each in unready[:_TOLD]]
    more = [f"{len(unready) - _TOLD} more"] if len(unready) > _TOLD else []
    return HealthVerdict(
        reason=limit.reason,
        message=f"not ready after {limit.seconds:g} s: {'; '.join([*told, *more])}",
        object=unready[0].object if unready else first,
    )


def _told(unready: Unready, wait: Wait, now: float, fault: Fault | None) -> str:
    """What was so from the first look on was so all the time; since when what is new is so, nobody knows."""
    since = wait.since[unready.object]
    lasting = f" for the last {_spelled(now - since)}" if since not in {wait.began, now} else ""
    return f"{unready}{lasting}{f' ({fault.message})' if fault else ''}"


def _spelled(seconds: float) -> str:
    """Return a duration as Helm and Kubernetes spell it: ``1h2m10s``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    larger = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{larger}{rest}s"


def _running_hooks(snapshot: Snapshot) -> Iterator[Unready]:
    for case in snapshot.cases:
        lacks = _unended(case) if objects.is_hook(case.desired) else ""
        if lacks:
            yield Unready(case.object, lacks)


def _unended(case: Case) -> str:
    """Return what a hook lacks to have ended; Helm waits for Jobs and Pods, and for no other kind."""
    match case.object.kind:
        case "Job":
            return lack(case.live)
        case "Pod":
            phase = foreign.text(objects.status(case.live), "phase", "Unknown")
            return "" if phase == "Succeeded" else f"has not ended (phase {phase})"
        case _:
            return ""
