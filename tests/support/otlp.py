"""A collector on this machine: what it was sent by OTLP over gRPC, in short form."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator


class Collector:
    """What was received.

    Attributes:
        endpoint: where it listens, as ``OTEL_EXPORTER_OTLP_ENDPOINT`` has it.
        spans: each span, as it was sent.
        resource: what the newest request says of the process that sent it.
        headers: those of the newest request.
    """

    def __init__(self) -> None:
        self.endpoint = ""
        self.spans: list[Any] = []
        self.resource: dict[str, Any] = {}
        self.headers: dict[str, Any] = {}
        self._metrics: list[Any] = []

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802  # gRPC names it, and has no types
        """Take spans or metrics."""
        self.headers = dict(context.invocation_metadata())
        of_traces = isinstance(request, trace_service_pb2.ExportTraceServiceRequest)
        for sent in request.resource_spans if of_traces else request.resource_metrics:
            self.resource = _attributes(sent.resource.attributes)
            for scope in sent.scope_spans if of_traces else sent.scope_metrics:
                if of_traces:
                    self.spans += scope.spans
                else:
                    self._metrics += scope.metrics
        if of_traces:
            return trace_service_pb2.ExportTraceServiceResponse()
        return metrics_service_pb2.ExportMetricsServiceResponse()

    def span(self, name: str) -> tuple[Any, dict[str, Any]]:
        """Return the only span of that name, and its attributes."""
        (found,) = (each for each in self.spans if each.name == name)
        return found, _attributes(found.attributes)

    def points(self, name: str) -> list[tuple[dict[str, Any], float]]:
        """Return the newest points of a metric: attributes, and the number or the sum of a histogram."""
        newest = [each for each in self._metrics if each.name == name][-1]
        data = getattr(newest, newest.WhichOneof("data"))
        return [(_attributes(each.attributes), _amount(each)) for each in data.data_points]

    def units(self) -> dict[str, str]:
        """Return the unit of each metric that was received."""
        return {each.name: each.unit for each in self._metrics}


def _amount(point: Any) -> float:
    return float(point.sum if hasattr(point, "bucket_counts") else point.as_int or point.as_double)


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Give a collector that listens for the length of the block."""
    found = Collector()
    server = grpc.server(ThreadPoolExecutor(4))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(found, server)  # type: ignore[no-untyped-call]  # generated
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(found, server)  # type: ignore[no-untyped-call]  # generated
    found.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield found
    finally:
        server.stop(None).wait()
