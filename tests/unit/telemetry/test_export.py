"""Sending telemetry: what cannot be had is told once, and no operation fails or waits long for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component import telemetry
from helm_rollback_component.config import HelmConfig
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.reconcile.run_events import Operation, OperationBegan, OperationEnded
from helm_rollback_component.telemetry import exporters
from helm_rollback_component.telemetry.export import Exporting, exporting
from helm_rollback_component.telemetry.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.otlp import Collector

BEGAN = OperationBegan(Operation.UPDATE, "web", "apps")
ENDED = OperationEnded(Operation.UPDATE, "", None, "")
HTTP_EXPORTERS = "opentelemetry.exporter.otlp.proto.http"
CONFIG = HelmConfig.parse(
    {
        "release_name": "web",
        "release_namespace": "apps",
        "source": {"chart": "./web"},
        "kubeconfig": "no: kubeconfig",
    }
)
SCRIPT = """
import sys
from helm_rollback_component.config import HelmConfig
from helm_rollback_component.operations import HelmOperations

config = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}
operations = HelmOperations(HelmConfig.parse({**config, "kubeconfig": "no: kubeconfig"}))
try:
    operations.get_status()
except Exception as error:
    print(error.reason)
print(sorted(name for name in sys.modules if name.startswith("helm_rollback_component.telemetry")))
"""


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def warnings() -> list[str]:
    """Return what the operations on two releases warn of."""
    exporting.cache_clear()
    telemetry._told.clear()  # noqa: SLF001  # what is told once in a process
    said: list[str] = []
    for _ in range(2):
        HelmOperations(CONFIG, warn=said.append)
    exporting.cache_clear()
    return said


def script(**environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script that looks at a release, in such an environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env={**clean, **environ}
    )


def test_where_nothing_is_asked_for_nothing_of_it_is_imported() -> None:
    done = script()
    assert done.stdout.splitlines()[1] == (
        "['helm_rollback_component.telemetry', 'helm_rollback_component.telemetry.settings']"
    )
    assert done.stderr == ""


def test_a_collector_that_cannot_be_reached_costs_no_word() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    done = script(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}")
    assert done.stdout.splitlines()[0] == "InvalidKubeconfig"
    assert done.stderr == ""


def test_a_collector_that_does_not_answer_is_waited_for_once(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", silent)
    exports = Exporting(exporters.of_spans(Settings("grpc"), 60), None, patience=1)
    observe = exports.recorder(str)
    began = monotonic()
    for _ in range(100):
        observe(BEGAN)
        observe(ENDED)
    assert 1 <= monotonic() - began < 50


def test_an_operation_tells_what_it_raises(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint.removeprefix("http://"))
    with pytest.raises(ValidationError):
        HelmOperations(CONFIG).get_status()
    _, attributes = collector.span("helm_rollback.read")
    assert attributes["error.type"] == "InvalidKubeconfig"
    assert len(collector.points("helm_rollback.operation.duration")) == 1


def test_spans_alone_are_sent_where_pulumi_collects_them(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
    settings = Settings("grpc", "", collector.endpoint.removeprefix("http://"))
    observe = exporting(settings).recorder(str)
    observe(BEGAN)
    observe(ENDED)
    assert [each.name for each in collector.spans] == ["helm_rollback.update"]
    assert collector.units() == {}


def test_a_span_that_is_not_sampled_is_not_sent(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    observe = exporting(Settings("grpc", "grpc")).recorder(str)
    observe(BEGAN)
    observe(ENDED)
    assert collector.spans == []
    assert collector.units()["helm_rollback.operation.duration"] == "s"


def test_nothing_that_goes_wrong_here_reaches_the_operation(collector: Collector) -> None:
    def broken(_text: str) -> str:
        raise LookupError(collector.endpoint)

    observe = exporting(Settings("grpc", "grpc")).recorder(broken)
    observe(BEGAN)
    observe(ENDED)
    assert collector.spans == []


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"},
            "spans are not exported by http/json: known protocols are grpc and http/protobuf",
        ),
        (
            {"OTEL_EXPORTER_OTLP_COMPRESSION": "x"},
            "spans are not exported by grpc",
        ),
    ],
)
def test_what_cannot_be_had_is_told_once(
    environ: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", **environ}.items():
        monkeypatch.setenv(name, value)
    found = warnings()
    assert len(found) == 2
    assert found[0].startswith(said)
    assert found[1].startswith(said.replace("spans", "metrics"))


def test_a_variable_that_the_sdk_refuses_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many")
    (found,) = warnings()
    assert found.startswith("nothing is exported by OpenTelemetry: OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT must be")


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            "opentelemetry.exporter.otlp.proto.http.trace_exporter",
            "spans are not exported by http/protobuf: install",
        ),
        ("helm_rollback_component.telemetry.export", "nothing is exported by OpenTelemetry: install"),
    ],
)
def test_what_is_not_installed_is_told_once(module: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    (found,) = warnings()
    assert found == f"{said} helm-rollback-component[telemetry]"
