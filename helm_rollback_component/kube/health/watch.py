"""Watching a release's health while Helm works on it. `core.health.judge` judges."""

from __future__ import annotations

import math
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Self

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health.baseline import Stored
from helm_rollback_component.core.health.deletions import deletions
from helm_rollback_component.core.health.judge import faults, verdict_of
from helm_rollback_component.core.health.timeout import awaited_by_helm, timed_out
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import container_logs, showing
from helm_rollback_component.kube.health.examiner import Examiner, Finding, looks
from helm_rollback_component.kube.health.observer import Observer, judged_or_awaited
from helm_rollback_component.kube.health.polling import Pace
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.judge import FaultMemory
    from helm_rollback_component.core.health.model import HealthVerdict
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.silence import Silence
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.core.health.timeout import Limit
    from helm_rollback_component.kube.health.examiner import HealthContext


@dataclass(frozen=True)
class Applied:
    """What Helm applies.

    Attributes:
        objects: the objects of the revision, hooks included; none while it has no record.
        stored: since when it has one.
    """

    objects: Sequence[Manifest] = ()
    stored: Stored = field(default_factory=Stored)


class HealthWatch:
    """Watches one release while Helm works on it, in a thread of its own; it says what it saw, no more."""

    def __init__(
        self,
        context: HealthContext,
        applied: Callable[[Cancellation], Applied],
        before: Baseline,
        *,
        silence: Silence | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            context: the release, and how patient to be; without `HealthConfig.fail_fast` it condemns nothing.
            applied: waits for the record of the revision that Helm applies and gives what it has; gives
                nothing if there is none when it is told to wait no longer.
            before: what there was before Helm was started (`baseline`); an empty one for an install.
            silence: how long Helm may go on with nothing to wait for; None for one that never loses sight.
        """
        self._context = context
        self._find_applied = applied
        self._before = before
        self._stop = Cancellation()
        self._pace = Pace(self._stop, clock=context.clock)
        self._observer = Observer(
            context.informers, context.namespace, before, on_change=self._pace.wake, clock=context.clock
        )
        self._examiner = Examiner(context, self._observer)
        self._silence = silence
        self._tell_applied: Callable[[], object] = object
        self._applied: object = None
        self.lost_sight = False
        """Whether `on_verdict` was called because Helm does not see that all is ready."""
        self._objects: Sequence[Manifest] = ()
        self._thread: threading.Thread | None = None
        self._verdict: HealthVerdict | None = None
        self._last: Finding | None = None

    def start(self, on_verdict: Callable[[], None], applied: Callable[[], object] = object) -> Self:
        """Begin; `on_verdict` is called once at most, from the watching thread, and never after `stop`.

        It means that the release has certainly failed, and `last_verdict` says why; or that Helm has
        `lost_sight` of it, which is said only where `applied`, what Helm has applied so far, stays the same.
        """
        self._tell_applied = applied
        self._thread = threading.Thread(target=self._watch, args=(on_verdict,), name="health", daemon=True)
        self._thread.start()
        return self

    def last_verdict(self) -> HealthVerdict | None:
        """Return the verdict; if there is none, look once more, because Helm may have failed first.

        Helm may see first that a hook or a deadline failed, but its message says little about it.
        """
        self.stop()
        if self._verdict is None:
            with suppress(OperationError), self._observer:
                self._observer.refresh()
                if not self._objects:
                    self._look_for_objects()
                verdict = self._look().judgement.verdict
                self._verdict = verdict and self._with_log(verdict)
        return self._verdict

    @property
    def ended_and_gone(self) -> frozenset[Key]:
        """Which objects had ended well and were not there any more when they were last looked at."""
        return self._last.snapshot.ended_and_gone if self._last else frozenset()

    def deletion(self) -> HealthVerdict | None:
        """Return which object was deleted when they were last looked at, for certain or not; None if none."""
        faults = self._last.judgement.faults if self._last else ()
        found = (each for each in faults if each.reason == Reason.OBJECT_DELETED)
        return next(map(verdict_of, found), None)

    @property
    def memory(self) -> FaultMemory:
        """What was seen to be wrong until the watch was stopped, and since when."""
        return self._examiner.memory

    def overdue(self, limit: Limit, objects: Sequence[Manifest]) -> HealthVerdict | None:
        """Return what Helm has waited for in vain until its time was over; None if that cannot be seen.

        Args:
            limit: which time is over.
            objects: the objects of the revision that Helm applied, load balancers in whole.
        """
        self.stop()
        context, now = self._context, self._context.clock.now()
        try:
            seen = self._all_of(objects)
        except OperationError:
            return None
        awaited = awaited_by_helm(seen, wait_for_jobs=context.wait_for_jobs, load_balancers=True)
        if awaited.ready:
            return None
        wait = self._examiner.wait.after(awaited, now)
        return timed_out(limit, wait, now, awaited.unready[0].object, faults(seen, context.health))

    def stop(self) -> None:
        """End the watch and wait until its thread has ended; harmless if it has."""
        self._stop.request()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self, on_verdict: Callable[[], None]) -> None:
        try:
            with self._observer:
                self._await_objects()
                for finding in looks(self._pace, self._look):
                    if finding.judgement.verdict is not None:
                        self._verdict = finding.judgement.verdict
                        self._call(on_verdict)
                        self._verdict = self._with_log(self._verdict)
                        return
                    self._pace.due = min(finding.due, self._show(finding.snapshot))
                    if self._is_in_vain():
                        self._call(on_verdict)
                        return
        except OperationError as error:
            self._context.on_progress(f"the health of the release is no longer watched: {error.message}")

    def _show(self, seen: Snapshot) -> float:
        """Show Helm what it seems to have lost sight of; return when that is to be done next."""
        if self._silence is None:
            return math.inf
        context, now = self._context, self._context.clock.now()
        self._silence = self._silence.after(seen, now, wait_for_jobs=context.wait_for_jobs)
        if self._silence.due <= now:
            self._applied = self._applied if self._silence.shown else self._tell_applied()
            showing.show(context.cluster, context.namespace, self._silence.to_show(seen))
            self._silence = self._silence.broken()
        return min(self._silence.due, self._silence.over)

    def _is_in_vain(self) -> bool:
        """Whether Helm waits for what was deleted, or does not see that all is ready.

        All is looked at once more before that is said.
        """
        if self._silence is None or self._context.clock.now() < self._silence.over:
            return False
        context, seen = self._context, self._all_of(self._objects)
        unchanged = self._applied == self._tell_applied() and not self._stop.requested
        if unchanged and context.health.fail_fast:
            self._verdict = next(map(verdict_of, deletions(seen, context.health)), None)
        waits = self._silence.excludes(seen, wait_for_jobs=context.wait_for_jobs)
        self.lost_sight = unchanged and not waits
        self._silence = self._silence if self.lost_sight else self._silence.ended()
        return self.lost_sight or self._verdict is not None

    def _all_of(self, objects: Sequence[Manifest]) -> Snapshot:
        """Return what there is now of all that Helm may wait for."""
        context, wants = self._context, partial(judged_or_awaited, load_balancers=True)
        with Observer(
            context.informers, context.namespace, self._before, wants=wants, clock=context.clock
        ) as observer:
            observer.refresh()
            return replace(observer.look(objects), earlier=self.memory.applied)

    def _await_objects(self) -> None:
        """Wait until it is known what Helm applies."""
        pace = Pace(self._stop, clock=self._context.clock)
        while not self._objects and pace.next():
            try:
                self._look_for_objects()
            except OperationError as error:
                if not error.temporary:
                    raise
            pace.retry()

    def _look_for_objects(self) -> None:
        found = self._find_applied(self._stop)
        self._objects = found.objects
        self._observer.expect(found.stored)

    def _look(self) -> Finding:
        self._last = self._examiner.look(self._objects)
        return self._last

    def _with_log(self, verdict: HealthVerdict) -> HealthVerdict:
        return container_logs.attach(self._context.cluster, verdict)

    def _call(self, on_verdict: Callable[[], None]) -> None:
        if not self._stop.requested:
            on_verdict()
