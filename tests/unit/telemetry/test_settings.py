"""What the environment says about telemetry."""

from __future__ import annotations

import pytest

from helm_rollback_component.telemetry.settings import HTTP, PULUMI_ENDPOINT, Settings, read

THERE = "http://127.0.0.1:4317"
BOTH = {"OTEL_EXPORTER_OTLP_ENDPOINT": THERE}


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, None),
        ({"OTEL_SERVICE_NAME": "ci", "OTEL_RESOURCE_ATTRIBUTES": "a=b"}, None),
        (BOTH, Settings("grpc", "grpc")),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, None),
        ({**BOTH, "OTEL_SDK_DISABLED": "true"}, None),
        ({**BOTH, "OTEL_SDK_DISABLED": "True", PULUMI_ENDPOINT: "127.0.0.1:1"}, None),
        ({**BOTH, "OTEL_SDK_DISABLED": "false"}, Settings("grpc", "grpc")),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": THERE}, Settings("grpc", "")),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": THERE}, Settings("", "grpc")),
        ({**BOTH, "OTEL_METRICS_EXPORTER": "none"}, Settings("grpc", "")),
        ({**BOTH, "OTEL_TRACES_EXPORTER": "console"}, Settings("", "grpc")),
        ({"OTEL_TRACES_EXPORTER": "otlp, console"}, Settings("grpc", "")),
        ({"OTEL_METRICS_EXPORTER": "otlp"}, Settings("", "grpc")),
        (
            {**BOTH, "OTEL_EXPORTER_OTLP_PROTOCOL": HTTP},
            Settings(HTTP, HTTP),
        ),
        ({**BOTH, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": HTTP}, Settings(HTTP, "grpc")),
        ({PULUMI_ENDPOINT: "127.0.0.1:1"}, Settings("grpc", "", "127.0.0.1:1")),
        ({**BOTH, PULUMI_ENDPOINT: "127.0.0.1:1"}, Settings("grpc", "grpc", "127.0.0.1:1")),
        ({PULUMI_ENDPOINT: "127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, None),
    ],
)
def test_what_is_exported(environ: dict[str, str], found: Settings | None) -> None:
    assert read(environ) == found
