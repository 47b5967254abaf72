"""The exporters of OTLP: which of them, made as the standard variables say."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING

from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

from helm_rollback_component.telemetry.settings import GRPC, HTTP, what_to_do

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace.export import SpanExporter

    from helm_rollback_component.telemetry.settings import Settings

_PACKAGES = {GRPC: "opentelemetry.exporter.otlp.proto.grpc", HTTP: "opentelemetry.exporter.otlp.proto.http"}


class ExporterError(Exception):
    """An exporter cannot be had; its text is one sentence on that."""


def of_spans(settings: Settings, timeout: int) -> SpanExporter:
    """Return what sends spans, for so many seconds at most.

    Raises:
        ExporterError: there is no such exporter, or the variables do not suit it.
    """
    try:
        made = import_module(f"{_package(settings.traces)}.trace_exporter").OTLPSpanExporter
        if settings.pulumi:
            return made(endpoint=settings.pulumi, insecure=True, timeout=timeout)  # type: ignore[no-any-return]
        return made(timeout=timeout)  # type: ignore[no-any-return]
    except Exception as error:  # noqa: BLE001  # each exporter has errors of its own
        raise _told("spans", settings.traces, error) from None


def of_metrics(settings: Settings, timeout: int) -> MetricReader:
    """Return what collects metrics when it is asked to, and sends them; the rest as of `of_spans`."""
    try:
        made = import_module(f"{_package(settings.metrics)}.metric_exporter").OTLPMetricExporter
        return PeriodicExportingMetricReader(made(timeout=timeout), export_interval_millis=math.inf)
    except Exception as error:  # noqa: BLE001  # as above
        raise _told("metrics", settings.metrics, error) from None


def _package(protocol: str) -> str:
    if protocol not in _PACKAGES:
        raise ValueError(f"known protocols are {' and '.join(_PACKAGES)}")
    return _PACKAGES[protocol]


def _told(what: str, protocol: str, error: Exception) -> ExporterError:
    return ExporterError(f"{what} are not exported by {protocol}: {what_to_do(error)}")
