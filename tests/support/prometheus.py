"""How Prometheus names what OpenTelemetry has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_rollback_component.telemetry.names import Metric


def in_prometheus(metric: Metric) -> str:
    """Return the name that Prometheus' own translation gives a metric, also in the collector."""
    unit = "_seconds" if metric.unit == "s" else ""
    ending = {"counter": "_total", "gauge": "_ratio" if metric.unit == "1" else ""}.get(metric.kind, "")
    return f"{metric.name.replace('.', '_')}{unit}{ending}"
