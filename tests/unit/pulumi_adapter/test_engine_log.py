"""What is said in a resource's own row, by a provider that an engine started."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.pulumi_adapter import engine_log
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog, engine_address

if TYPE_CHECKING:
    from collections.abc import Iterator

URN = "urn:pulumi:dev::p::t::web"


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes down what it is told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.lines: list[Any] = []

    def Log(self, request: Any, context: object) -> Any:  # noqa: N802  # as generated
        """Take one line."""
        del context
        self.lines.append(request)
        return empty_pb2.Empty()


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Have every test look for its engine itself, and spell as it likes."""
    engine_log._engine.cache_clear()  # noqa: SLF001  # a process has one engine, the tests have many
    engine_log.spell(str)
    yield
    engine_log._engine.cache_clear()  # noqa: SLF001  # the same
    engine_log.spell(str)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine that started this process."""
    engine = Engine()
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool)
        engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        monkeypatch.setattr(sys, "argv", ["host", f"127.0.0.1:{port}"])
        yield engine
        server.stop(None).wait()


def test_progress_is_shown_for_a_while(engine: Engine) -> None:
    ResourceLog(URN, Redactor()).progress("upgrading")
    (line,) = engine.lines
    assert (line.urn, line.message, line.severity) == (URN, "upgrading", engine_pb2.INFO)
    assert line.ephemeral


def test_lines_are_spelled_as_the_program_is(engine: Engine) -> None:
    engine_log.spell(str.upper)
    ResourceLog(URN, Redactor()).progress("upgrading")
    assert [line.message for line in engine.lines] == ["UPGRADING"]


def test_what_is_quoted_keeps_its_spelling_and_tells_no_secret(engine: Engine) -> None:
    engine_log.spell(str.upper)
    row = ResourceLog(URN, Redactor(["hunter2"]))
    row.information("one changed", "+ release_name: web")
    row.warning("beware", "+ password: hunter2")
    told = [line.message for line in engine.lines]
    assert told == ["ONE CHANGED\n+ release_name: web", f"BEWARE\n+ password: {MASK}"]


def test_an_information_stays(engine: Engine) -> None:
    ResourceLog(URN, Redactor()).information("by the way")
    (line,) = engine.lines
    assert (line.message, line.severity, line.ephemeral) == ("by the way", engine_pb2.INFO, False)


def test_a_warning_stays(engine: Engine) -> None:
    ResourceLog(URN, Redactor()).warning("beware")
    (line,) = engine.lines
    assert (line.message, line.severity, line.ephemeral) == ("beware", engine_pb2.WARNING, False)


def test_what_a_refresh_has_explained_is_not_explained_again_in_the_row(engine: Engine) -> None:
    row = ResourceLog(URN, Redactor())
    assert not row.explained("it was rolled back")
    row.explanation("it was rolled back")
    row.explanation("it was rolled back")
    row.warning_explained("this update will fail", "it was rolled back")
    assert [line.message for line in engine.lines] == ["it was rolled back", "this update will fail"]
    assert row.explained("it was rolled back")


def test_what_another_row_has_explained_is(engine: Engine) -> None:
    ResourceLog("urn:other", Redactor()).explanation("it was rolled back")
    row = ResourceLog(URN, Redactor())
    for _ in range(2):
        row.warning_explained("this update will fail", "it was rolled back")
    assert [line.message for line in engine.lines[1:]] == [
        "this update will fail\nit was rolled back",
        "this update will fail",
    ]


def test_without_an_engine_there_is_no_run_to_recall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["host"])
    row = ResourceLog(URN, Redactor())
    row.recall({"explained_in": "", "message": "it was rolled back"})
    assert not row.explained("it was rolled back")


def test_no_secret_is_said(engine: Engine) -> None:
    ResourceLog(URN, Redactor(["hunter2"])).warning("the password is hunter2")
    assert engine.lines[0].message == f"the password is {MASK}"


def test_lines_arrive_in_order(engine: Engine) -> None:
    log = ResourceLog(URN, Redactor())
    for number in range(5):
        log.progress(str(number))
    assert [line.message for line in engine.lines] == ["0", "1", "2", "3", "4"]


def test_an_engine_that_is_gone_disturbs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["host", "127.0.0.1:1"])
    ResourceLog(URN, Redactor()).warning("beware")


@pytest.mark.parametrize(
    "arguments", [[], ["tests/unit"], ["--help"], ["127.0.0.1"], ["http://127.0.0.1:80"]]
)
def test_without_an_engine_nothing_is_said(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["host", *arguments])
    assert engine_address() == ""
    ResourceLog(URN, Redactor()).progress("upgrading")


@pytest.mark.parametrize("address", ["127.0.0.1:4000", "localhost:4000", "[::1]:4000", "my-host.example:1"])
def test_an_engine_is_known_by_its_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(sys, "argv", ["host", address])
    assert engine_address() == address
