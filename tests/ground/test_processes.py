"""Ending processes, and only one's own."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import HANG_LIMIT, await_that
from tools.ground.processes import ProcessId, start, stop, tail, wait_gone
from tools.ground.state import State

PATIENT = "import time; print('on', flush=True); time.sleep(3600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"


class Program:
    def __init__(self, folder: Path, code: str) -> None:
        self.log = folder / "log"
        self._popen = start([sys.executable, "-c", code], self.log, folder=folder)
        self.id = ProcessId.of(self._popen.pid)
        await_that(lambda: tail(self.log, 1) == "on", "the last line of its log")  # gRPC may write one before

    def end(self) -> int:
        self._popen.kill()
        return self._popen.wait()


@pytest.fixture(params=[PATIENT, STUBBORN], ids=["patient", "stubborn"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path, request.param)
    yield program
    program.end()


def test_a_stopped_process_is_gone(program: Program) -> None:
    assert program.id.alive()
    stop([program.id], grace=0.2)
    assert wait_gone([program.id], timeout=HANG_LIMIT)


def test_a_process_with_another_start_time_is_left_alone(program: Program) -> None:
    stranger = ProcessId(program.id.pid, started="1")
    assert not stranger.alive()
    stop([stranger], grace=0.2)
    assert program.id.alive()


def test_a_running_process_is_waited_for_in_vain(program: Program) -> None:
    assert not wait_gone([program.id], timeout=0.05)


def test_a_process_that_never_was_is_not_alive() -> None:
    assert not ProcessId.of(2**22 + 1).alive()


def test_this_process_uses_memory() -> None:
    assert ProcessId.of(os.getpid()).memory() >= 0


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    assert tail(tmp_path / "log", lines=2) == "two\nthree"
    assert tail(tmp_path / "none") == ""


def test_a_saved_state_is_loaded_as_it_was(tmp_path: Path) -> None:
    me = ProcessId.of(os.getpid())
    state = State(me, "https://127.0.0.1:1", 12.5).with_program("etcd", me).to("failed", "no").save(tmp_path)
    assert State.load(tmp_path) == state
    assert not state.ready
    assert state.to("ready").ready
    assert state.processes == [me, me]


def test_an_empty_folder_tells_of_no_state(tmp_path: Path) -> None:
    assert State.load(tmp_path) is None
