"""The plugin's two processes, as the engine starts and ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from helm_rollback_component.package_version import version
from helm_rollback_component.plugin import launch, server

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "from helm_rollback_component.plugin.launch import main; main()"


@contextmanager
def plugin() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the plugin, and yield the process that was started and its port."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Set the handlers of signals again that were there."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_prints_its_port_and_serves() -> None:
    with plugin() as (process, port), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        assert stub.GetPluginInfo(empty_pb2.Empty()).version == version()
        assert process.poll() is None


def test_where_nothing_is_under_way_it_ends_by_the_signal_of_the_engine() -> None:
    with plugin() as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_the_worker_ends_when_the_process_is_killed_that_stands_for_it() -> None:
    with plugin() as (process, _):
        process.kill()
        assert process.stdout
        assert process.stdout.read() == ""  # the worker had it open too


def test_one_that_is_told_to_end_tells_the_worker() -> None:
    with plugin() as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait() == -signal.SIGTERM % 256


def test_the_worker_has_a_session_of_its_own_and_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    alive, held = os.pipe()
    monkeypatch.setattr(os, "pipe", lambda: (alive, held))
    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(os, "setsid", lambda: done.append("a session"))
    monkeypatch.setattr(server, "serve", done.append)
    launch.main()
    assert done == ["a session", alive]
    assert os.read(alive, 1) == b""
    signal.raise_signal(signal.SIGINT)
    os.close(alive)


def test_the_other_process_waits_for_the_worker_and_ends_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["sleep", "3600"]) as worker:  # noqa: S607  # the one on the PATH
        monkeypatch.setattr(os, "fork", lambda: worker.pid)

        def wait(pid: int, options: int) -> tuple[int, int]:
            signal.raise_signal(signal.SIGTERM)
            return waitpid(pid, options)

        waitpid = os.waitpid
        monkeypatch.setattr(os, "waitpid", wait)
        with pytest.raises(SystemExit) as ended:
            launch.main()
        monkeypatch.undo()
    assert ended.value.code == -signal.SIGTERM
