"""Does what was planned: calls the providers, and has the snapshot record each step before and after."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pulumi_local_engine.provider import PartialFailureError, ProviderError
from pulumi_local_engine.step_application import ProtectedError, StepApplier
from pulumi_local_engine.steps import Op, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pulumi_local_engine.events import Events
    from pulumi_local_engine.registry import Registry
    from pulumi_local_engine.resource import Resource
    from pulumi_local_engine.snapshot import Snapshot


class StepFailedError(Exception):
    """A step failed; it has been reported."""


class StoppedError(Exception):
    """The run is ending, so no further step begins."""


class Executor:
    """Runs chains of steps, `parallel` at once. After a failure no step begins; those in flight end."""

    def __init__(  # noqa: PLR0913  # the parts of one run
        self,
        registry: Registry,
        snapshot: Snapshot,
        events: Events,
        *,
        preview: bool,
        parallel: int,
        on_stop: Callable[[], None],
        continue_on_error: bool = False,
    ) -> None:
        """Call the providers in `registry`.

        Args:
            registry: the providers.
            snapshot: records each step before and after.
            events: told of each step.
            preview: whether nothing is to be changed nor recorded.
            parallel: how many chains run at once.
            on_stop: called when no further step may begin.
            continue_on_error: whether other steps begin after one has failed.
        """
        self._applier = StepApplier(registry, preview=preview)
        self._snapshot = snapshot
        self._events = events
        self._preview = preview
        self._slots = threading.Semaphore(parallel)
        self._idle = threading.Condition()
        self._running = 0
        self._on_stop = on_stop
        self.continue_on_error = continue_on_error
        self.stopping = False
        self.failures: list[str] = []
        self.undone: list[Resource] = []  # what is in the state, and was to change and did not

    def run(self, chain: Sequence[Step]) -> None:
        """Do the steps of a chain in order; raise StepFailedError at the first that fails."""
        with self._slots:
            for step in chain:
                with self.busy():
                    self._run(step)

    def stop(self, reason: str) -> None:
        """Let no further step begin."""
        self.failures.append(reason)
        with self._idle:
            self.stopping = True
        self._on_stop()

    def skip(self, step: Step) -> None:
        """Take note that a step is not done, because another failed that it needs."""
        if step.old is not None:
            self.undone.append(step.old)

    def wait_until_idle(self) -> None:
        """Wait for what is in flight."""
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count as in flight; raise StoppedError if nothing may begin any more."""
        with self._idle:
            if self.stopping:
                raise StoppedError
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def _run(self, step: Step) -> None:
        self._events.started(step)
        begin = _IN_FLIGHT.get(step.op)
        if begin and not self._preview:
            self._snapshot.begin(step.resource, begin)
        try:
            self._applier.apply(step)
        except PartialFailureError as error:
            self._settle(step, str(error))
            raise StepFailedError(str(error)) from None
        except ProviderError as error:
            self._fail(step, str(error))
            raise StepFailedError(str(error)) from None
        except ProtectedError as error:
            self.failures.append(str(error))
            self._abandon(step, str(error))
            raise
        self._finish(step)
        self._events.done(step)

    def _settle(self, step: Step, message: str) -> None:
        """Record what a partial failure left: an update's new outputs, beside the inputs from before."""
        self._events.failed(step, message)
        if step.op is Op.UPDATE:
            old, new = step.pair
            new.inputs = old.inputs
        self._finish(step)
        self._halt(step, message)

    def _fail(self, step: Step, message: str) -> None:
        self._abandon(step, message)
        self._halt(step, message)

    def _halt(self, step: Step, message: str) -> None:
        """Count a failure, and let no further step begin unless the run is to continue."""
        self.skip(step)
        if self.continue_on_error:
            self.failures.append(message)
        else:
            self.stop(message)

    def _abandon(self, step: Step, message: str) -> None:
        if not self._preview:
            self._snapshot.end(step.resource)
        self._events.failed(step, f"Preview failed: {message}" if self._preview else message)

    def _finish(self, step: Step) -> None:
        """Record what the step did."""
        left_out = step.op is Op.SAME and step.old is None
        if self._preview or step.op is Op.REPLACE or left_out:
            return
        if step.op is Op.SAME:
            self._snapshot.keep(*step.pair)
        elif step.op is Op.REMOVE_PENDING_REPLACE:
            self._snapshot.drop(step.resource)
        elif step.op in (Op.DELETE, Op.DELETE_REPLACED):
            self._snapshot.end(step.resource, old=None if step.delete_first else step.resource)
        else:
            replaced_first = step.old is not None and step.old.pending_replacement
            gone = step.old if step.op is Op.UPDATE or replaced_first else None
            self._snapshot.end(step.resource, new=step.new, old=gone)


_IN_FLIGHT: Final = {
    Op.CREATE: "creating",
    Op.CREATE_REPLACEMENT: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.DELETE_REPLACED: "deleting",
}
