"""The plugin's server, in the process that does the work."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

import grpc  # type: ignore[import-untyped]

from helm_rollback_component.plugin import server
from helm_rollback_component.pulumi_adapter import process_lifetime

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def test_it_serves_until_it_is_ended_and_watches_the_process_that_stands_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watched: list[int] = []
    heeded: dict[int, Callable[[], None]] = {}
    served = create_autospec(grpc.Server, instance=True)
    monkeypatch.setattr(server, "serving", lambda _host: (served, 4711))
    monkeypatch.setattr(process_lifetime, "end_with_process", watched.append)
    monkeypatch.setattr(process_lifetime, "end_if_idle", lambda: watched.append(0))
    monkeypatch.setattr("signal.signal", heeded.__setitem__)
    server.serve(8)
    served.wait_for_termination.assert_called_once_with()
    assert capsys.readouterr().out == "4711\n"
    heeded[signal.SIGINT]()
    assert watched == [8, 0]
