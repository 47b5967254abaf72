"""Helm at work under watch: what it deploys or restores is judged, until it is proven good or found bad.

Every method returns why it failed, None if it did not; nothing is decided here about what follows from that.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import Failure, classify
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import Cancellation, EngineError
from helm_rollback_component.kube.health.observer import baseline
from helm_rollback_component.kube.health.wait import soak, wait_ready
from helm_rollback_component.kube.health.watch import HealthWatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from helm_rollback_component.core.health.model import HealthVerdict
    from helm_rollback_component.core.health.snapshot import Baseline
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.helm.engines.engine import Deployment
    from helm_rollback_component.reconcile.run_context import Tools


class Supervision:
    """Watches over Helm on behalf of one run.

    Args:
        tools: what the run works with.
        lost: set when another process takes the release over; an install or upgrade is stopped then.
    """

    def __init__(self, tools: Tools, lost: threading.Event) -> None:
        self._tools = tools
        self._lost = lost

    def deploy(
        self, verb: str, number: int, deployment: Deployment, before: Sequence[Record | None]
    ) -> Failure | None:
        """Install or upgrade, and stop Helm as soon as that is certain to fail.

        Args:
            verb: ``install`` or ``upgrade``.
            number: of the revision that it makes.
            deployment: what to deploy.
            before: the revisions whose objects may be there now.
        """
        tools, cancellation = self._tools, Cancellation()
        act = tools.engine.install if verb == "install" else tools.engine.upgrade
        watch = HealthWatch(tools.health, lambda: self._objects(number), self._baseline(before))
        try:
            with self._stopping_when_lost(cancellation), watch.start(cancellation.request):
                act(tools.target, deployment, cancellation)
        except EngineError as error:
            verdict = watch.last_verdict()
            return self._condemned(verdict) if verdict else self.classified(error, verb)
        return None

    def restore(self, number: int, target: int, before: Sequence[Record | None]) -> Failure | None:
        """Roll back to the revision `target` as revision `number`, and wait until that is ready.

        Args:
            number: of the revision that it makes.
            target: the revision whose content is restored.
            before: the revisions whose objects may be there now.
        """
        tools = self._tools
        timeout = tools.config.timeouts.rollback
        found = self._baseline(before)
        try:
            tools.engine.rollback(tools.target, target, timeout, disable_hooks=tools.config.disable_hooks)
        except EngineError as error:
            return self.classified(error, "rollback")
        return self.await_readiness(number, timeout, found)

    def await_readiness(self, number: int, timeout: int, before: Baseline | None = None) -> Failure | None:
        """Wait until a revision that was applied is ready, `timeout` seconds at most."""
        tools = self._tools
        objects = tools.storage.manifest(number)
        verdict = wait_ready(tools.health, objects, timeout, self._lost, before)
        return self._condemned(verdict) if verdict else None

    def prove(self, number: int) -> Failure | None:
        """Watch a ready revision for as long as the inputs ask, and run the chart's tests if they do."""
        return self._soak(number) or self._test()

    def classified(self, error: EngineError, verb: str) -> Failure:
        """Return what a failure of Helm means."""
        failure = classify(error.output, verb)
        return replace(failure, message=self._tools.redact(failure.message))

    def _soak(self, number: int) -> Failure | None:
        tools = self._tools
        if not tools.config.health.soak:
            return None
        verdict = soak(tools.health, tools.storage.manifest(number), self._lost)
        return self._condemned(verdict) if verdict else None

    def _test(self) -> Failure | None:
        tools = self._tools
        if not tools.config.health.test:
            return None
        tools.progress("running the chart's tests")
        try:
            tools.engine.test(tools.target, tools.config.timeouts.upgrade)
        except EngineError as error:
            return replace(self.classified(error, "test"), reason="TestFailed", stored=True)
        return None

    @contextmanager
    def _stopping_when_lost(self, cancellation: Cancellation) -> Iterator[None]:
        over = threading.Event()

        def watch() -> None:
            while not over.wait(1.0):
                if self._lost.is_set():
                    cancellation.request()
                    return

        threading.Thread(target=watch, name="claim-watch", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _baseline(self, before: Sequence[Record | None]) -> Baseline:
        numbers = sorted({record.revision for record in before if record})
        objects = [each for number in numbers for each in self._objects(number)]
        return baseline(self._tools.cluster, self._tools.target.namespace, objects)

    def _objects(self, number: int) -> Sequence[dict[str, Any]]:
        """Return the objects of a revision, nothing while it has no record."""
        try:
            return self._tools.storage.objects(number)
        except OperationError as error:
            if error.reason != "RevisionMissing":
                raise
            return ()

    def _condemned(self, verdict: HealthVerdict) -> Failure:
        for line in verdict.log:
            self._tools.progress(line)
        return Failure(
            reason=verdict.reason,
            temporary=False,
            message=self._tools.redact(verdict.message),
            remedy="",
            stored=True,
        )
