"""Watching a release's health: while Helm works, until it is ready, while it soaks. `core.health` judges."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from helm_rollback_component.core.health.judge import Baseline, HealthSettings, Verdict
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import container_logs
from helm_rollback_component.kube.health.examiner import Examiner, Finding, looks
from helm_rollback_component.kube.health.observer import Observer, baseline
from helm_rollback_component.kube.health.polling import Pace
from helm_rollback_component.kube.health.wait import soak, wait_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.api.client import Cluster

__all__ = ["Baseline", "HealthSettings", "HealthWatch", "Verdict", "baseline", "soak", "wait_ready"]


class HealthWatch:
    """Watches one release while Helm works on it, in a thread of its own; it says what it saw, no more."""

    def __init__(  # noqa: PLR0913, PLR0917  # one call says all there is to say
        self,
        cluster: Cluster,
        namespace: str,
        objects: Callable[[], Sequence[Manifest]],
        settings: HealthSettings,
        on_progress: Callable[[str], None],
        before: Baseline,
    ) -> None:
        """Start nothing yet.

        Args:
            cluster: where the release lives.
            namespace: the release's.
            objects: gives the objects of the revision that Helm applies, hooks included, and nothing until
                its record exists; called until it gives some, from the watching thread.
            settings: how patient to be; nothing is judged if `HealthSettings.fail_fast` is False.
            on_progress: called with one short line whenever what is waited for has changed.
            before: what there was before Helm was started (`baseline`); an empty one for an install.
        """
        self._cluster = cluster
        self._find_objects = objects
        self._examiner = Examiner(Observer(cluster, namespace, before), settings, on_progress)
        self._tell = on_progress
        self._objects: Sequence[Manifest] = ()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._verdict: Verdict | None = None

    @property
    def verdict(self) -> Verdict | None:
        """Why the release is bad for certain, if it is; once given it stays."""
        return self._verdict

    def start(self, on_verdict: Callable[[Verdict], None]) -> Self:
        """Begin; `on_verdict` is called once at most, from the watching thread, and never after `stop`."""
        self._thread = threading.Thread(target=self._watch, args=(on_verdict,), name="health", daemon=True)
        self._thread.start()
        return self

    def last_verdict(self) -> Verdict | None:
        """Return the verdict; if there is none, after one more look, for when Helm has failed by itself.

        Helm may be the first to see that a hook or a deadline has failed, and does not say much about it.
        """
        self.stop()
        if self._verdict is None:
            with suppress(OperationError):
                finding = self._look()
                self._verdict = finding.judgement.verdict and container_logs.attach(
                    self._cluster, finding.judgement.verdict
                )
        return self._verdict

    def stop(self) -> None:
        """End the watch and wait until its thread has ended; harmless if it has."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self, on_verdict: Callable[[Verdict], None]) -> None:
        try:
            for finding in looks(Pace(self._stop), self._look):
                if finding.judgement.verdict is not None:
                    self._give(container_logs.attach(self._cluster, finding.judgement.verdict), on_verdict)
                    return
        except OperationError as error:
            self._tell(f"health is not watched any longer: {error.message}")

    def _look(self) -> Finding:
        self._objects = self._objects or self._find_objects()
        return self._examiner.look(self._objects)

    def _give(self, verdict: Verdict, on_verdict: Callable[[Verdict], None]) -> None:
        if not self._stop.is_set():
            self._verdict = verdict
            on_verdict(verdict)
