"""A provider's process ends once its engine is gone, and not in the middle of an operation."""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.pulumi_adapter import process_lifetime
from tests.support.waiting import HANG_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pauses:
    """The pauses between the looks at the engine: each lasts until the test ends it."""

    def __init__(self) -> None:
        self._begun = threading.Semaphore(0)
        self._over = threading.Semaphore(0)

    def __call__(self, seconds: float) -> None:  # noqa: ARG002  # however long
        self._begun.release()
        self._over.acquire()

    def end(self, count: int) -> None:
        """End so many, one after the other, so that the engine is looked at at least one time less."""
        for _ in range(count):
            assert self._begun.acquire(timeout=HANG_LIMIT)
            self._over.release()

    def end_all(self) -> None:
        """End all there will be."""
        self._over.release(1000)


class Process:
    """This process, as it looks for its engine."""

    def __init__(self) -> None:
        self.pauses = Pauses()
        self.ended = threading.Event()
        self.code = 0

    def watch(self) -> None:
        """Have it watch its engine."""
        process_lifetime.end_with_engine(self.pauses, self.end)

    def end(self, code: int) -> None:
        self.code = self.code or code
        self.ended.set()

    def ends(self) -> bool:
        """Tell whether it ends, if it is given time."""
        self.pauses.end_all()
        return self.ended.wait(HANG_LIMIT)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    monkeypatch.setattr(process_lifetime, "_watching", threading.Event())
    monkeypatch.setattr(process_lifetime, "INTERRUPT", Cancellation())
    process = Process()
    yield process
    faulthandler.unregister(signal.SIGTERM)
    process.pauses.end_all()
    for thread in watchers():
        thread.join(HANG_LIMIT)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """An engine that started this process, if only its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listening:
        monkeypatch.setattr(sys, "argv", ["host", f"127.0.0.1:{listening.getsockname()[1]}"])
        yield listening


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "engine-watch"]


def test_it_ends_if_nothing_is_under_way() -> None:
    ended: list[int] = []
    with process_lifetime.operation():
        process_lifetime.end_if_idle(ended.append)
    assert ended == []
    process_lifetime.end_if_idle(ended.append)
    assert ended == [0]


def test_without_an_engine_nothing_is_watched(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["host"])
    process.watch()
    assert watchers() == []
    assert not process.ended.is_set()


def test_the_process_lives_as_long_as_its_engine(process: Process, engine: socket.socket) -> None:
    process.watch()
    process.pauses.end(10)
    assert not process.ended.is_set()
    engine.close()
    assert process.ends()


def test_an_engine_that_is_gone_is_looked_for_three_times(process: Process, engine: socket.socket) -> None:
    engine.close()
    process.watch()
    process.pauses.end(2)
    assert not process.ended.is_set()
    assert process.ends()


def test_an_engine_is_watched_once(process: Process, engine: socket.socket) -> None:
    process.watch()
    process.watch()
    assert len(watchers()) == 1
    engine.close()
    assert process.ends()


def test_what_is_begun_is_finished_first(process: Process, engine: socket.socket) -> None:
    with process_lifetime.operation():
        process.watch()
        engine.close()
        process.pauses.end(3)
        assert process_lifetime.INTERRUPT.event.wait(HANG_LIMIT)
        assert not process.ended.is_set()
    assert process.ends()


def test_what_is_begun_is_told_to_come_to_an_end(process: Process, engine: socket.socket) -> None:
    told = threading.Event()
    process_lifetime.INTERRUPT.on_request(told.set)
    with process_lifetime.operation():
        process.watch()
        process.pauses.end(2)
        assert not told.is_set()
        engine.close()
        process.pauses.end_all()
        assert told.wait(HANG_LIMIT)
    assert process.ends()


def test_a_process_that_is_told_to_end_does_so_at_once(process: Process, engine: socket.socket) -> None:
    process.watch()
    signal.raise_signal(signal.SIGTERM)
    assert process.ended.wait(HANG_LIMIT)
    assert process.code == 143
    assert engine.fileno() > 0


def test_it_ends_what_is_begun_first_and_answers(process: Process, engine: socket.socket) -> None:
    with process_lifetime.operation():
        process.watch()
        signal.raise_signal(signal.SIGTERM)
        assert process_lifetime.INTERRUPT.event.wait(HANG_LIMIT)
        assert not process.ended.is_set()
    assert process.ends()
    assert process.code == 143
    assert engine.fileno() > 0


def test_an_operation_that_fails_is_over_too(process: Process, engine: socket.socket) -> None:
    with pytest.raises(KeyError), process_lifetime.operation():
        raise KeyError
    engine.close()
    process.watch()
    assert process.ends()


@contextmanager
def another_process(process: Process) -> Iterator[tuple[int, int]]:
    """Yield what another process holds that is watched, and an output of this one."""
    (alive, held), (read, output) = os.pipe(), os.pipe()
    process_lifetime.end_with_process(alive, process.end, [output])
    yield held, output
    for descriptor in (alive, read, output):
        os.close(descriptor)


def test_a_process_ends_with_another_one_and_writes_to_nobody(process: Process) -> None:
    with another_process(process) as (held, output):
        assert not process.ended.is_set()
        os.close(held)
        assert process.ended.wait(HANG_LIMIT)
        assert Path(f"/proc/self/fd/{output}").readlink() == Path(os.devnull)
    assert process.code == 1


def test_it_finishes_first_what_is_begun_then_too(process: Process) -> None:
    with another_process(process) as (held, _):
        with process_lifetime.operation():
            os.close(held)
            assert process_lifetime.INTERRUPT.event.wait(HANG_LIMIT)
            assert not process.ended.is_set()
        assert process.ended.wait(HANG_LIMIT)
