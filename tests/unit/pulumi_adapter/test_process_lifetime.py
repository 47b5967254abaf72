"""A provider's process ends once its engine is gone, and not in the middle of an operation."""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.pulumi_adapter import process_lifetime

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPTLY = 10.0


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the process would end; it looks for its engine all the time."""
    ended = threading.Event()
    monkeypatch.setattr(os, "_exit", lambda _: ended.set())
    monkeypatch.setattr(process_lifetime, "_LOOK_EVERY", 0.05)
    monkeypatch.setattr(process_lifetime, "_watching", threading.Event())
    return ended


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """An engine that started this process, if only its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listening:
        monkeypatch.setattr(sys, "argv", ["host", f"127.0.0.1:{listening.getsockname()[1]}"])
        yield listening


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "engine-watch"]


def wait_for_watchers() -> None:
    for thread in watchers():
        thread.join(PROMPTLY)


def test_without_an_engine_nothing_is_watched(
    ended: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["host"])
    process_lifetime.end_with_engine()
    assert watchers() == []
    assert not ended.is_set()


def test_the_process_lives_as_long_as_its_engine(ended: threading.Event, engine: socket.socket) -> None:
    process_lifetime.end_with_engine()
    assert not ended.wait(0.3)
    engine.close()
    assert ended.wait(PROMPTLY)
    wait_for_watchers()


def test_an_engine_is_watched_once(ended: threading.Event, engine: socket.socket) -> None:
    process_lifetime.end_with_engine()
    process_lifetime.end_with_engine()
    assert len(watchers()) == 1
    engine.close()
    assert ended.wait(PROMPTLY)
    wait_for_watchers()


def test_what_is_begun_is_finished_first(ended: threading.Event, engine: socket.socket) -> None:
    with process_lifetime.operation():
        process_lifetime.end_with_engine()
        engine.close()
        assert not ended.wait(0.4)
    assert ended.wait(PROMPTLY)
    wait_for_watchers()


def test_an_operation_that_fails_is_over_too(ended: threading.Event, engine: socket.socket) -> None:
    with pytest.raises(KeyError), process_lifetime.operation():
        raise KeyError
    engine.close()
    process_lifetime.end_with_engine()
    assert ended.wait(PROMPTLY)
    wait_for_watchers()
