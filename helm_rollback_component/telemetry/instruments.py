"""The instruments of OpenTelemetry that take the measurements of `names.METRICS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.telemetry import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.metrics import Meter

    from helm_rollback_component.telemetry.facts import Value


class Instruments:
    """Made once in a process; safe to use from any thread."""

    def __init__(self, meter: Meter) -> None:
        self._record = {metric: _recording(meter, metric) for metric in names.METRICS}

    def measure(self, metric: names.Metric, amount: float, attributes: Mapping[str, Value]) -> None:
        """Take one measurement."""
        self._record[metric](amount, attributes)


def _recording(meter: Meter, metric: names.Metric) -> Callable[[float, Mapping[str, Value]], None]:
    about = (metric.name, metric.unit, metric.description)
    if metric.kind == "counter":
        return meter.create_counter(*about).add
    if metric.kind == "gauge":
        return meter.create_gauge(*about).set
    return meter.create_histogram(*about, explicit_bucket_boundaries_advisory=names.BUCKETS).record
