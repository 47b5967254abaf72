"""Watching a release's health while Helm works on it. `core.health.judge` judges."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import container_logs
from helm_rollback_component.kube.health.examiner import Examiner, Finding, looks
from helm_rollback_component.kube.health.observer import Observer
from helm_rollback_component.kube.health.polling import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.health.model import HealthVerdict
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Baseline
    from helm_rollback_component.kube.health.examiner import HealthContext


class HealthWatch:
    """Watches one release while Helm works on it, in a thread of its own; it says what it saw, no more."""

    def __init__(
        self, context: HealthContext, objects: Callable[[], Sequence[Manifest]], before: Baseline
    ) -> None:
        """Start nothing yet.

        Args:
            context: the release, and how patient to be; without `HealthConfig.fail_fast` nothing is judged.
            objects: gives the objects of the revision that Helm applies, hooks included, and nothing until
                its record exists; called until it gives some, from the watching thread.
            before: what there was before Helm was started (`baseline`); an empty one for an install.
        """
        self._context = context
        self._find_objects = objects
        observer = Observer(context.cluster, context.namespace, before, clock=context.clock)
        self._examiner = Examiner(context, observer)
        self._objects: Sequence[Manifest] = ()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._verdict: HealthVerdict | None = None

    def start(self, on_verdict: Callable[[], None]) -> Self:
        """Begin; `on_verdict` is called once at most, from the watching thread, and never after `stop`.

        It means that the release has certainly failed; `last_verdict` says why.
        """
        self._thread = threading.Thread(target=self._watch, args=(on_verdict,), name="health", daemon=True)
        self._thread.start()
        return self

    def last_verdict(self) -> HealthVerdict | None:
        """Return the verdict; if there is none, look once more, because Helm may have failed first.

        Helm may see first that a hook or a deadline failed, but its message says little about it.
        """
        self.stop()
        if self._verdict is None:
            with suppress(OperationError):
                verdict = self._look().judgement.verdict
                self._verdict = verdict and self._with_log(verdict)
        return self._verdict

    def stop(self) -> None:
        """End the watch and wait until its thread has ended; harmless if it has."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self, on_verdict: Callable[[], None]) -> None:
        try:
            for finding in looks(Pace(self._stop, clock=self._context.clock), self._look):
                if finding.judgement.verdict is not None:
                    self._give(self._with_log(finding.judgement.verdict), on_verdict)
                    return
        except OperationError as error:
            self._context.on_progress(f"the health of the release is no longer watched: {error.message}")

    def _look(self) -> Finding:
        self._objects = self._objects or self._find_objects()
        return self._examiner.look(self._objects)

    def _with_log(self, verdict: HealthVerdict) -> HealthVerdict:
        return container_logs.attach(self._context.cluster, verdict)

    def _give(self, verdict: HealthVerdict, on_verdict: Callable[[], None]) -> None:
        if not self._stop.is_set():
            self._verdict = verdict
            on_verdict()
