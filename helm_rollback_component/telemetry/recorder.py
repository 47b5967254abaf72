"""The spans and metrics of one release, made from what happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.trace import Span, Status, StatusCode

from helm_rollback_component.core.remediation.steps import REQUESTS
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.run_events import (
    Concluded,
    Operation,
    OperationBegan,
    OperationEnded,
    Retried,
    Step,
    StepBegan,
    StepEnded,
)
from helm_rollback_component.telemetry import facts, names, parent
from helm_rollback_component.telemetry.names import Attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer

    from helm_rollback_component.reconcile.run_events import RunEvent
    from helm_rollback_component.telemetry.facts import Value
    from helm_rollback_component.telemetry.instruments import Instruments

_DEPLOYING = frozenset({Step.INSTALL, Step.UPGRADE, Step.VERIFY})
_REQUESTED = frozenset({*REQUESTS, Reason.OPERATOR_REQUEST})
_RESTORING = frozenset({Step.RESTORE, Step.ACCEPT})


class Recorder:
    """An observer of one release, whose operations come one after the other.

    Args:
        tracer: makes the spans.
        instruments: take the measurements.
        mask: removes the secrets from a text.
        flush: sends what there is; called when an operation is over.
        clock: tells the time, in seconds.
    """

    def __init__(
        self,
        tracer: Tracer,
        instruments: Instruments,
        mask: Callable[[str], str],
        flush: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self._tracer = tracer
        self._instruments = instruments
        self._mask = mask
        self._flush = flush
        self._clock = clock
        self._open: list[tuple[Span, float]] = []
        self._measured: list[tuple[names.Metric, float, dict[Attribute, Value]]] = []
        self._operation = Operation.READ
        self._release = ("", "")
        self._failing_since: float | None = None
        self._failed_for = ""
        self._restored_in: float | None = None

    def __call__(self, event: RunEvent) -> None:
        """Take an event."""
        match event:
            case OperationBegan():
                self._begin(event)
            case StepBegan(step):
                self._begin_step(step)
            case StepEnded(step, reason):
                self._end_step(step, reason)
            case Retried(reason):
                self._note(names.RETRIES, 1, {**self._of_operation(), **facts.of_error(reason)})
            case Concluded():
                self._conclude(event)
            case OperationEnded():
                self._end(event)

    def _begin(self, event: OperationBegan) -> None:
        self._operation, self._release = event.operation, (event.release, event.namespace)
        self._failing_since, self._failed_for, self._restored_in = None, "", None
        self._start(f"helm_rollback.{event.operation}", _above(), self._of_operation())

    def _begin_step(self, step: Step) -> None:
        if step is Step.UPGRADE and self._failed_for:
            self._note(names.RETRIES, 1, {**self._of_operation(), **facts.of_error(self._failed_for)})
        above = trace.set_span_in_context(self._open[-1][0]) if self._open else None
        self._start(f"helm_rollback.{step}", above, {Attribute.STEP: step})

    def _end_step(self, step: Step, reason: str) -> None:
        began = self._finish({Attribute.STEP: step, **facts.of_error(reason)}, reason)
        now = self._clock()
        if step in _DEPLOYING and reason:
            self._failed_for = reason
            self._failing_since = began if self._failing_since is None else self._failing_since
        if step in _RESTORING and not reason:
            self._restored_in = now - (began if self._failing_since is None else self._failing_since)
        of_step = {**self._of_operation(), Attribute.STEP: step, **facts.of_error(reason)}
        self._note(names.STEP_DURATION, now - began, of_step)

    def _conclude(self, event: Concluded) -> None:
        for made in event.rollbacks:
            of_rollback: dict[Attribute, Value] = {
                Attribute.STRATEGY: event.strategy,
                Attribute.REASON: str(made.action.reason),
            }
            how: dict[Attribute, Value] = {
                Attribute.OUTCOME: "failed" if made.failed else "rolled-back",
                Attribute.REQUESTED: made.action.reason in _REQUESTED,
            }
            self._note(names.ROLLBACKS, 1, {**of_rollback, **how})
            if not made.failed and self._restored_in is not None:
                self._note(names.TIME_TO_RESTORE, self._restored_in, of_rollback)
                self._restored_in = None

    def _end(self, event: OperationEnded) -> None:
        of_release, why = facts.of_release(*self._release, event.cluster), facts.error_of(event)
        began = self._finish({**of_release, **facts.of_ending(event)}, why)
        self._note(
            names.OPERATION_DURATION,
            self._clock() - began,
            {**self._of_operation(), **facts.of_error(why)},
        )
        for phase, there in facts.phases(event).items():
            self._note(names.PHASE, there, {Attribute.PHASE: phase})
        if event.status:
            self._note(names.HISTORY_LENGTH, len(event.status.history), {})
        for metric, amount, attributes in self._measured:
            self._instruments.measure(metric, amount, self._shown({**of_release, **attributes}))
        self._measured.clear()
        self._flush()

    def _of_operation(self) -> dict[Attribute, Value]:
        return {Attribute.OPERATION: self._operation}

    def _note(self, metric: names.Metric, amount: float, attributes: dict[Attribute, Value]) -> None:
        """Keep a measurement until it is known which cluster this is."""
        self._measured.append((metric, amount, attributes))

    def _start(self, name: str, above: Context | None, attributes: Mapping[Attribute, Value]) -> None:
        span = self._tracer.start_span(name, above, attributes=self._shown(attributes))
        self._open.append((span, self._clock()))

    def _finish(self, attributes: Mapping[Attribute, Value], reason: str) -> float:
        """End the innermost span, and return when it began."""
        span, began = self._open.pop()
        span.set_attributes(self._shown(attributes))
        if reason:
            span.set_status(Status(StatusCode.ERROR))
        span.end()
        return began

    def _shown(self, attributes: Mapping[Attribute, Value]) -> dict[str, Value]:
        return {
            str(name): self._mask(str(value)) if isinstance(value, str) else value
            for name, value in attributes.items()
        }


def _above() -> Context | None:
    """Return the context of the span above; that of a span which is current in this process comes first."""
    if trace.get_current_span().get_span_context().is_valid:
        return None
    return propagate.extract({"traceparent": parent.given()})
