"""The plugin's process, as the engine starts it."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from helm_rollback_component.plugin import server
from helm_rollback_component.pulumi_adapter.unchanged import version

if TYPE_CHECKING:
    import pytest


def test_it_prints_its_port_serves_and_leaves_ctrl_c_to_the_engine() -> None:
    program = "from helm_rollback_component.plugin.server import main; main()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(empty_pb2.Empty()).version == version()
        assert process.poll() is None
        process.kill()


def test_it_serves_until_it_is_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT)
    served = create_autospec(grpc.Server, instance=True)
    monkeypatch.setattr(server, "serving", lambda _host: (served, 4711))
    try:
        server.main()
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    served.wait_for_termination.assert_called_once_with()
    assert capsys.readouterr().out == "4711\n"
