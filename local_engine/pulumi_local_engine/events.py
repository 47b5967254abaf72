"""What happens in a run, told as the Automation API's `EngineEvent`s: one listener serves both engines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from pulumi.automation import events as automation

from pulumi_local_engine import urns
from pulumi_local_engine.registry import is_provider
from pulumi_local_engine.steps import COUNTED, Counts, Op, Step
from pulumi_local_engine.values import redact

if TYPE_CHECKING:
    from pulumi_local_engine.resource import Resource

Listener = Callable[[automation.EngineEvent], None]
_COLOR: Final = "never"
_SHORTEST_SECRET: Final = 3


class Events:
    """Passes events to listeners one at a time, redacted, and counts the steps that are done."""

    def __init__(self, listeners: Sequence[Listener], *, preview: bool, secrets: Iterable[str] = ()) -> None:
        """Tell `listeners`; of the values in `secrets`, messages do not say those worth hiding."""
        self._listeners = list(listeners)
        self._secrets = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]
        self._preview = preview
        self._lock = threading.Lock()
        self._sequence = 0
        self._counts = Counts()
        self._trouble: list[Exception] = []

    @property
    def changes(self) -> dict[str, int]:
        """How many resources each kind of step was done to."""
        return dict(self._counts.by_op)

    def conclude(self) -> None:
        """Raise what a listener raised."""
        if self._trouble:
            raise self._trouble[0]

    def started(self, step: Step) -> None:
        """Tell that a step begins."""
        if not is_internal(step):
            self._tell(
                resource_pre_event=automation.ResourcePreEvent(_metadata(step, step.op), self._preview)
            )

    def done(self, step: Step, op: Op | None = None) -> None:
        """Tell that a step ended well, a refresh with what it found; components end with their outputs."""
        if is_internal(step):
            return
        self._counts.add(op or step.op)
        if step.resource.custom or step.op in (Op.DELETE, Op.REFRESH):
            self._tell(
                res_outputs_event=automation.ResOutputsEvent(_metadata(step, op or step.op), self._preview)
            )

    def registered(self, step: Step) -> None:
        """Tell that a component has its outputs."""
        self._tell(res_outputs_event=automation.ResOutputsEvent(_metadata(step, step.op), self._preview))

    def failed(self, step: Step, message: str) -> None:
        """Tell that a step failed, and why."""
        self.error("" if is_internal(step) else step.resource.urn, message)
        if not is_internal(step):
            self._tell(
                res_op_failed_event=automation.ResOpFailedEvent(_metadata(step, step.op), status=0, steps=0)
            )

    def error(self, urn: str, message: str) -> None:
        """Tell an error at a resource, or without one."""
        self.diagnostic("error", urn, message)

    def warning(self, urn: str, message: str) -> None:
        """Tell a warning at a resource, or without one."""
        self.diagnostic("warning", urn, message)

    def diagnostic(
        self, severity: str, urn: str, message: str, *, ephemeral: bool = False, stream: int = 0
    ) -> None:
        """Tell a message of a severity: debug, info, info#err, warning or error."""
        for secret in self._secrets:
            message = message.replace(secret, "[secret]")
        self._tell(
            diagnostic_event=automation.DiagnosticEvent(
                message=message,
                color=_COLOR,
                severity=severity,
                stream_id=stream,
                ephemeral=ephemeral,
                urn=urn,
            )
        )

    def summary(self, seconds: float) -> None:
        """Tell the counts; the last event of a run."""
        changes = {automation.OpType(op): count for op, count in self.changes.items()}
        self._tell(
            summary_event=automation.SummaryEvent(
                maybe_corrupt=False,
                duration_seconds=round(seconds),
                resource_changes=changes,
                policy_packs={},
            )
        )

    def _tell(self, **kind: automation.BaseEvent) -> None:
        with self._lock:
            self._sequence += 1
            event = automation.EngineEvent(self._sequence, int(time.time()), **kind)  # type: ignore[arg-type]
            for listener in list(self._listeners):
                self._pass(listener, event)

    def _pass(self, listener: Listener, event: automation.EngineEvent) -> None:
        """Let a listener have an event. One that fails gets no more, and does not disturb the run."""
        try:
            listener(event)
        except Exception as error:  # noqa: BLE001  # raised once the run is over
            self._listeners.remove(listener)
            self._trouble.append(error)


def is_internal(step: Step) -> bool:
    """Whether a step is of no interest to people: about a default provider, or only tidying the state."""
    resource = step.resource
    default = is_provider(resource.type) and urns.name_of(resource.urn).startswith("default")
    return default or step.op is Op.REMOVE_PENDING_REPLACE


def _metadata(step: Step, op: Op) -> automation.StepEventMetadata:
    resource = step.resource
    return automation.StepEventMetadata(
        op=automation.OpType(op.value),
        urn=resource.urn,
        type=resource.type,
        provider=resource.provider,
        old=_state(step.old),
        new=_state(step.new),
        keys=list(step.keys),
        diffs=list(step.diffs),
        logical=op in COUNTED,
    )


def _state(resource: Resource | None) -> automation.StepEventStateMetadata | None:
    if resource is None:
        return None
    return automation.StepEventStateMetadata(
        type=resource.type,
        urn=resource.urn,
        id=resource.id,
        parent=resource.parent,
        provider=resource.provider,
        custom=resource.custom,
        delete=resource.delete,
        protect=resource.protect,
        retain_on_delete=resource.retain_on_delete,
        inputs=redact(resource.inputs),
        outputs=redact(resource.outputs),
        init_errors=resource.init_errors or None,
    )
