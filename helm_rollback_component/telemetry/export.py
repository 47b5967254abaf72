"""Sending spans and metrics by OTLP. Nothing of an operation depends on it, and none waits long for it.

A provider's process may end as soon as its last operation has, so each operation sends what it has to tell
when it is over, and waits for that. A collector that does not answer in time costs a process two seconds in
all: what it would have got later is sent without waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from opentelemetry import context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from helm_rollback_component.package_version import version
from helm_rollback_component.telemetry import exporters, names
from helm_rollback_component.telemetry.exporters import ExporterError
from helm_rollback_component.telemetry.instruments import Instruments
from helm_rollback_component.telemetry.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter

    from helm_rollback_component.reconcile.run_events import RunEvent
    from helm_rollback_component.telemetry.settings import Settings

PATIENCE = 2
"""Seconds that all operations of a process wait, in sum, for a collector that is slow; and for one export."""
_QUICK = 0.5
"""A collector that has answered after so many seconds is not slow."""
_Made = TypeVar("_Made")


class Exporting:
    """What a process exports; safe to use from any thread.

    Args:
        spans: sends spans; None where none are to be sent.
        metrics: collects and sends metrics; None likewise.
        problems: one sentence for each thing that the environment asks for and that cannot be had.
        patience: as `PATIENCE`.
    """

    def __init__(
        self,
        spans: SpanExporter | None,
        metrics: MetricReader | None,
        problems: Sequence[str] = (),
        patience: float = PATIENCE,
    ) -> None:
        resource = _resource()
        self.problems = problems
        self._exporter, self._reader, self._patience = spans, metrics, patience
        self._ended = _Ended()
        self._sending = threading.Lock()
        tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        tracers.add_span_processor(self._ended)
        meters = MeterProvider([metrics] if metrics else [], resource, shutdown_on_exit=False)
        self._tracer = tracers.get_tracer(names.SCOPE, version())
        self._instruments = Instruments(meters.get_meter(names.SCOPE, version()))

    def recorder(
        self, mask: Callable[[str], str], clock: Callable[[], float] = time.monotonic
    ) -> Callable[[RunEvent], None]:
        """Return what observes one release, and never raises.

        Args:
            mask: removes the secrets from a text.
            clock: tells the time, in seconds.
        """
        recorder = Recorder(self._tracer, self._instruments, mask, self.flush, clock)

        def observe(event: RunEvent) -> None:
            with suppress(Exception):
                recorder(event)

        return observe

    def flush(self) -> None:
        """Send what there is, and wait for that as long as there is patience."""
        done, began = threading.Event(), time.monotonic()
        sending = threading.Thread(
            target=self._send, args=(self._ended.taken(), done), name="telemetry", daemon=True
        )
        sending.start()
        done.wait(self._patience)
        waited = time.monotonic() - began
        if waited > _QUICK:
            self._patience = max(0.0, self._patience - waited)

    def _send(self, spans: Sequence[ReadableSpan], done: threading.Event) -> None:
        context.attach(context.set_value(context._SUPPRESS_INSTRUMENTATION_KEY, True))  # noqa: FBT003, SLF001  # as the SDK's own processors do
        with self._sending:
            if self._exporter and spans:
                with suppress(Exception):
                    self._exporter.export(spans)
            if self._reader:
                with suppress(Exception):
                    self._reader.force_flush(PATIENCE * 1000)
        done.set()


class _Ended(SpanProcessor):
    """Keeps the spans that have ended until they are sent."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        with self._lock:
            self._spans.append(span)

    def taken(self) -> Sequence[ReadableSpan]:
        with self._lock:
            spans, self._spans = self._spans, []
            return spans


@cache
def exporting(settings: Settings) -> Exporting:
    """Return what this process exports, as the environment says; made once."""
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())  # else Python prints what fails
    problems: list[str] = []
    spans = _made(exporters.of_spans, settings, problems) if settings.traces else None
    metrics = _made(exporters.of_metrics, settings, problems) if settings.metrics else None
    return Exporting(spans, metrics, problems)


def _made(make: Callable[[Settings, int], _Made], settings: Settings, problems: list[str]) -> _Made | None:
    try:
        return make(settings, PATIENCE)
    except ExporterError as error:
        problems.append(str(error))
        return None


def _resource() -> Resource:
    """Return what says who exports; what the environment says of it counts first.

    All processes are one instance: of those that come one after the other each goes on with the series of a
    release, and its lock keeps two from working on it at a time.
    """
    of_all = {"service.name": names.SERVICE, "service.instance.id": names.SERVICE}
    own = Resource.create({**of_all, "service.version": version()})
    return own.merge(OTELResourceDetector().detect())
