"""When Helm may have lost sight of what it waits for, and which objects are to be shown to it again. Pure.

Every Helm watches the Jobs and pods of its hooks, and a connection that tells nothing any more tells no end.
Helm 4 lists a workload's ReplicaSets and pods once for each change that it is told of. If a list fails, the
workload counts as not ready until its next change, or for three minutes
(``errResourceToResourceStatus`` in ``kstatus``). A ready workload does not change any more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.timeout import awaited_by_helm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot

FIRST = 3.0
"""Seconds: Helm that sees all ends its wait, or begins a hook, some tens of milliseconds after readiness."""

_LONGEST = 60.0
"""Seconds: Helm finds out within 45 that a connection has died (``readIdleTimeout`` in apimachinery)."""

_BLIND = 5.0
"""Seconds: Helm that watches waits on for a Job that has ended well and is not there any more."""

_LISTED = frozenset({("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet")})


@dataclass(frozen=True)
class Silence:
    """How long Helm has had nothing to wait for and has gone on nevertheless.

    Attributes:
        limit: how long it may last, in seconds; then Helm does not see what is there, and never will.
        polls: whether Helm asks again and again what is ready, as Helm 3 does: then it loses sight of
            hooks alone, there is nothing to show, and load balancers are to have an address.
        since: when that began, None while there is something to wait for.
        shown: how often its objects were shown to it since then.
    """

    limit: float = math.inf
    polls: bool = False
    since: float | None = None
    shown: int = 0

    def within(self, timeout: float) -> Silence:
        """Return the one for a Helm that was given so many seconds: half of them are for another try."""
        return replace(self, limit=min(_LONGEST, timeout / 2))

    @property
    def over(self) -> float:
        """When it has lasted too long; infinity if there is none."""
        return math.inf if self.since is None else self.since + self.limit

    @property
    def due(self) -> float:
        """When the objects are to be shown next, with pauses that double; infinity if they are not."""
        return math.inf if self.since is None else self.since + FIRST * (2.0 ** (self.shown + 1) - 1)

    def after(self, seen: Snapshot, now: float, *, wait_for_jobs: bool) -> Silence:
        """Return what follows from another look, which found this."""
        if not awaited_by_helm(seen, wait_for_jobs=wait_for_jobs, load_balancers=False).ready:
            return self.ended()
        blind = not self.polls and bool(seen.ended_and_gone)
        limit = min(self.limit, _BLIND) if blind else self.limit
        return replace(self, limit=limit, since=now if self.since is None else self.since)

    def ended(self) -> Silence:
        """Return what follows where there is something to wait for."""
        return Silence(self.limit, self.polls)

    def broken(self) -> Silence:
        """Return what follows once the objects were shown."""
        return replace(self, shown=self.shown + 1)

    def excludes(self, seen: Snapshot, *, wait_for_jobs: bool) -> bool:
        """Return whether Helm waits for something after all, deletions and what may not be read included.

        Args:
            seen: all that it may wait for.
            wait_for_jobs: whether it was told to wait for Jobs.
        """
        hidden = bool(seen.unseen) or any(map(objects.terminating, seen.live.values()))
        awaited = awaited_by_helm(seen, wait_for_jobs=wait_for_jobs, load_balancers=self.polls)
        return hidden or not awaited.ready

    def to_show(self, seen: Snapshot) -> Iterator[Manifest]:
        """Yield those workloads, as declared, that Helm judges by lists, and of which there is a live one."""
        for desired in () if self.polls else seen.desired:
            kind = (objects.group(desired), objects.kind(desired))
            there = objects.key(desired, seen.namespace) in seen.live
            if kind in _LISTED and there and not objects.is_hook(desired):
                yield desired
