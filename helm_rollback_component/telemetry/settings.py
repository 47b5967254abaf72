"""What the environment says about telemetry. Pure.

The variables are OpenTelemetry's own. Its default is to export to this machine; here nothing is exported
unless a variable says where to, or names the exporter. Where the CLI collects spans (``pulumi up
--otel-traces …``), it tells each provider the address of its receiver: they go there, as to the whole trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GRPC, HTTP = "grpc", "http/protobuf"
PULUMI_ENDPOINT = "PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT"
_ENDPOINT, _PROTOCOL = "OTEL_EXPORTER_OTLP_{}ENDPOINT", "OTEL_EXPORTER_OTLP_{}PROTOCOL"


@dataclass(frozen=True)
class Settings:
    """Where telemetry goes.

    Attributes:
        traces: the protocol in which spans are sent (``grpc``, ``http/protobuf``), empty where they are not.
        metrics: that of metrics.
        pulumi: the address of Pulumi's receiver of spans, which takes them in place of any other; empty where
            there is none.
    """

    traces: str = ""
    metrics: str = ""
    pulumi: str = ""


def read(environ: Mapping[str, str]) -> Settings | None:
    """Return what the environment says; None where nothing is to be exported."""
    if _of(environ, "OTEL_SDK_DISABLED").lower() == "true":
        return None
    pulumi = "" if "none" in _exporters(environ, "TRACES") else _of(environ, PULUMI_ENDPOINT)
    traces = GRPC if pulumi else _protocol(environ, "TRACES")
    found = Settings(traces, _protocol(environ, "METRICS"), pulumi)
    return None if found == Settings() else found


def what_to_do(error: Exception) -> str:
    """Return what an error means that says why the settings cannot be honoured."""
    missing = isinstance(error, ImportError)
    return "install helm-rollback-component[telemetry]" if missing else str(error)


def _protocol(environ: Mapping[str, str], signal: str) -> str:
    own, shared = f"{signal}_", ""
    exporters = _exporters(environ, signal)
    addressed = any(_of(environ, _ENDPOINT.format(which)) for which in (own, shared))
    if not ("otlp" in exporters if exporters else addressed):
        return ""
    named = (_of(environ, _PROTOCOL.format(which)) for which in (own, shared))
    return next(filter(None, named), GRPC)


def _exporters(environ: Mapping[str, str], signal: str) -> tuple[str, ...]:
    words = _of(environ, f"OTEL_{signal}_EXPORTER").split(",")
    return tuple(word.strip() for word in words if word.strip())


def _of(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()
