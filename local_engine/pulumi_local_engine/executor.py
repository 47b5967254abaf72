"""Does what was planned: calls the providers, and has the snapshot record each step before and after."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pulumi_local_engine.provider import Call, Live, PartialFailureError, ProviderError, attempt
from pulumi_local_engine.registry import Registry, is_provider
from pulumi_local_engine.steps import Op, Step
from pulumi_local_engine.values import Properties, mark_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pulumi_local_engine.events import Events
    from pulumi_local_engine.resource import Resource
    from pulumi_local_engine.snapshot import Snapshot

_PROTECTED: Final = (
    'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove '
    "the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
)


class StepFailedError(Exception):
    """A step failed; it has been reported."""


class ProtectedError(StepFailedError):
    """A resource is protected from deletion; other deletions go on."""


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
    ) -> None:
        """Call the providers in `registry`; a preview changes nothing and records nothing."""
        self._registry = registry
        self._snapshot = snapshot
        self._events = events
        self._preview = preview
        self._slots = threading.Semaphore(parallel)
        self._idle = threading.Condition()
        self._running = 0
        self._on_stop = on_stop
        self.stopping = False
        self.failures: list[str] = []

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
            self._apply(step)
        except PartialFailureError as error:
            self._settle(step, str(error))
            raise StepFailedError(str(error)) from None
        except ProviderError as error:
            self._fail(step, str(error))
            raise StepFailedError(str(error)) from None
        except ProtectedError as error:
            self._abandon(step, str(error))
            raise
        self._finish(step)
        self._events.done(step)

    def _settle(self, step: Step, message: str) -> None:
        """Record what a partial failure left: an update's new outputs, beside the inputs from before."""
        self._events.failed(step, message)
        if step.op is Op.UPDATE:
            old, new = _both(step)
            new.inputs = old.inputs
        self._finish(step)
        self.stop(message)

    def _fail(self, step: Step, message: str) -> None:
        self._abandon(step, message)
        self.stop(message)

    def _abandon(self, step: Step, message: str) -> None:
        self.failures.append(message)
        if not self._preview:
            self._snapshot.end(step.resource)
        self._events.failed(step, f"Preview failed: {message}" if self._preview else message)

    def _apply(self, step: Step) -> None:
        match step.op:
            case Op.SAME:
                self._same(*_both(step))
            case Op.CREATE | Op.CREATE_REPLACEMENT:
                self._create(step)
            case Op.UPDATE:
                self._update(*_both(step))
            case Op.DELETE | Op.DELETE_REPLACED:
                self._delete(step)
            case _:
                return  # the others only tell or record

    def _same(self, old: Resource, new: Resource) -> None:
        new.id, new.outputs = old.id, old.outputs
        if is_provider(new.type):
            known = new.copy()
            known.inputs = old.inputs
            self._registry.ensure(known)
        self._mark(new)

    def _create(self, step: Step) -> None:
        new, failure = step.resource, None
        if new.custom:
            provider, call = self._registry.serving(new), self._call(new, "create")
            live, failure = attempt(lambda: provider.create(call, new.inputs))
            new.id, new.outputs = live.id, live.outputs
        new.created = new.modified = _now()
        self._mark(new)
        if step.old is not None and not step.delete_first:
            step.old.delete = True
        _raise(failure, new)

    def _update(self, old: Resource, new: Resource) -> None:
        new.id, failure = old.id, None
        if new.custom:
            provider, call = self._registry.serving(new), self._call(new, "update")
            live, failure = attempt(
                lambda: Live(old.id, provider.update(call, old.inputs, old.outputs, new.inputs))
            )
            new.outputs = live.outputs
            new.modified = _now()
        self._mark(new)
        _raise(failure, new)

    def _delete(self, step: Step) -> None:
        old = step.resource
        if step.op is Op.DELETE and old.protect:
            raise ProtectedError(_PROTECTED.format(urn=old.urn))
        if old.custom and not (self._preview or old.retain_on_delete):
            self._registry.serving(old).delete(self._call(old, "delete"), old.inputs, old.outputs)
        old.pending_replacement = step.delete_first

    def _finish(self, step: Step) -> None:
        """Record what the step did."""
        if self._preview or step.op is Op.REPLACE:
            return
        if step.op is Op.SAME:
            self._snapshot.keep(*_both(step))
        elif step.op is Op.REMOVE_PENDING_REPLACE:
            self._snapshot.drop(step.resource)
        elif step.op in (Op.DELETE, Op.DELETE_REPLACED):
            self._snapshot.end(step.resource, old=None if step.delete_first else step.resource)
        else:
            replaced_first = step.old is not None and step.old.pending_replacement
            gone = step.old if step.op is Op.UPDATE or replaced_first else None
            self._snapshot.end(step.resource, new=step.new, old=gone)

    def _call(self, resource: Resource, operation: str) -> Call:
        return Call(
            resource.urn,
            resource.id,
            preview=self._preview,
            timeout=resource.timeout(operation),
            ignore_changes=resource.ignore_changes,
        )

    def _mark(self, resource: Resource) -> None:
        outputs: Properties = resource.outputs
        resource.outputs = mark_outputs(outputs, resource.inputs, resource.additional_secret_outputs)


_IN_FLIGHT: Final = {
    Op.CREATE: "creating",
    Op.CREATE_REPLACEMENT: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.DELETE_REPLACED: "deleting",
}


def _raise(failure: PartialFailureError | None, resource: Resource) -> None:
    """Raise a partial failure, if there was one, and mark the resource with its reasons."""
    if failure is not None:
        resource.init_errors = failure.reasons
        raise failure


def _both(step: Step) -> tuple[Resource, Resource]:
    assert step.old is not None  # noqa: S101  # such a step always has both
    assert step.new is not None  # noqa: S101
    return step.old, step.new


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
