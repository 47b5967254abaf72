"""One look at a release after the other: what is there, what it means, what has to be remembered of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import chain
from typing import TYPE_CHECKING

from helm_rollback_component.core.health.judge import FaultMemory, faults, judge, progress
from helm_rollback_component.core.health.known_shortage import excuse
from helm_rollback_component.core.health.readiness import readiness
from helm_rollback_component.core.health.timeout import Wait
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.kube.health.polling import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.judge import Judgement
    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.readiness import Readiness
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock
    from helm_rollback_component.kube.health.observer import Observer
    from helm_rollback_component.kube.health.polling import Pace
    from helm_rollback_component.kube.informers.informers import Informers


@dataclass(frozen=True)
class HealthContext:
    """What every look at a release's health needs.

    Attributes:
        informers: those of the cluster where the release lives.
        namespace: the release's.
        health: how patient to be.
        on_progress: called with one short line whenever what is waited for has changed.
        wait_for_jobs: whether the release is ready only once its Jobs are complete.
        clock: tells the time, and waits.
        told: what the user has been told to lack rights for; told once.
        on_change: called with one sentence for each thing that was changed; `on_progress` is, without it.
    """

    informers: Informers
    namespace: str
    health: HealthConfig
    on_progress: Callable[[str], None]
    wait_for_jobs: bool = False
    clock: Clock = CLOCK
    told: set[str] = field(default_factory=set)
    on_change: Callable[[str], None] | None = None

    @property
    def cluster(self) -> Cluster:
        """Where the release lives."""
        return self.informers.cluster


@dataclass(frozen=True)
class Finding:
    """What one look gives.

    Attributes:
        snapshot: what was seen.
        judgement: what follows from it.
        readiness: how far the release is.
        wait: what is waited for, and since when.
        due: when another look is worth the while even if nothing changes.
    """

    snapshot: Snapshot
    judgement: Judgement
    readiness: Readiness
    wait: Wait
    due: float


class Doubt(Enum):
    """What is read anew before a finding counts as the last: the informers may be late without knowing it."""

    NONE = auto()
    OWN = auto()
    """The release's own objects: by them alone it is ready (`core.health.readiness`)."""
    ALL = auto()
    """Their pods as well, and all that is said of them."""


def condemned(finding: Finding) -> bool:
    """Return whether the release has certainly failed."""
    return finding.judgement.verdict is not None


def doubt_failure(finding: Finding) -> Doubt:
    """Doubt a finding by which the release has certainly failed."""
    return Doubt.ALL if condemned(finding) else Doubt.NONE


class Examiner:
    """Looks, judges, remembers and tells. Not safe to use from more than one thread."""

    def __init__(
        self,
        context: HealthContext,
        observer: Observer,
        doubt: Callable[[Finding], Doubt] = doubt_failure,
        memory: FaultMemory | None = None,
    ) -> None:
        """Look at nothing yet.

        Args:
            context: the release, and how patient to be.
            observer: what looks.
            doubt: says whether a finding would be the last, and what is read anew before it is.
            memory: that of another examiner, to go on from.
        """
        self._context = context
        self._observer = observer
        self._doubt = doubt
        self._tell = Teller(context.on_progress, context.clock)
        self.memory = memory or FaultMemory()
        """What was seen to be wrong, and since when."""
        self.wait = Wait()
        """What is waited for, and since when."""

    def look(
        self,
        manifests: Sequence[Manifest],
        also: Callable[[Snapshot], Iterable[Fault]] | None = None,
    ) -> Finding:
        """Return what there is now of these objects; `also` finds faults beyond those of a roll-out.

        Raises:
            OperationError: what the cluster refused.
        """
        finding = self._look(manifests, also)
        doubt = self._doubt(finding)
        if doubt is Doubt.NONE:
            return finding
        refresh = self._observer.refresh if doubt is Doubt.ALL else self._observer.refresh_own
        refresh()
        return self._look(manifests, also)

    def _look(
        self, manifests: Sequence[Manifest], also: Callable[[Snapshot], Iterable[Fault]] | None
    ) -> Finding:
        seen = replace(self._observer.look(manifests), earlier=self.memory.applied)
        more = also(seen) if also else ()
        found = chain(faults(seen, self._context.health), more)
        now = self._context.clock.now()
        judgement = judge(found, seen, now, self.memory)
        state = excuse(readiness(seen, wait_for_jobs=self._context.wait_for_jobs), seen)
        self.memory, self.wait = judgement.memory, self.wait.after(state, now)
        self._tell_what_is_lacking()
        self._tell(progress(state, judgement.faults))
        due = min(judgement.due, self._observer.worth_another(), self._tell.due)
        return Finding(seen, judgement, state, self.wait, due)

    def _tell_what_is_lacking(self) -> None:
        told = self._context.told
        for sentence in self._observer.lacking():
            if sentence not in told:
                told.add(sentence)
                self._context.on_progress(sentence)


def looks(pace: Pace, look: Callable[[], Finding]) -> Iterator[Finding]:
    """Yield what each look gives, at that pace; a look that failed but may succeed later yields nothing.

    Raises:
        OperationError: what the cluster refused for good, or still refused when time was out.
    """
    failure: OperationError | None = None
    while pace.next():
        try:
            finding, failure = look(), None
        except OperationError as error:
            if not error.temporary:
                raise
            failure = error
            pace.retry()
            continue
        pace.due = finding.due
        yield finding
    if failure is not None and not pace.stopped:
        raise failure
