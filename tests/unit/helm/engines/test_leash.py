"""A command that begins when it is told to, and ends with the process that started it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from shutil import which
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.helm.engines import leash
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.process import Command, Patience, run
from helm_rollback_component.kube.claims import claims
from tests.support.waiting import HANG_LIMIT, await_that

if TYPE_CHECKING:
    from pathlib import Path

_LONG = Patience(HANG_LIMIT)
_RUNNER = (
    "import sys; from helm_rollback_component.helm.engines import leash; leash._SHELL = sys.argv[3]; "
    "leash.LAST_WORDS = int(sys.argv[4]); "
    "from helm_rollback_component.helm.engines.process import Command, Patience, run; "
    "run(Command((sys.executable, '-S', '-c', sys.argv[1]), {}, "
    "Patience(100, interruptible=sys.argv[2] == 'tied')))"
)


def _program(folder: Path) -> str:
    """Return a program that says that it runs, that it was told to end, and that it was let go on."""
    return (
        f"import pathlib, signal, sys, time; folder = pathlib.Path({str(folder)!r})\n"
        "def end(*_):\n    (folder / 'told').touch()\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "(folder / 'runs').touch()\n"
        "while not (folder / 'go-on').exists(): time.sleep(0.01)\n"
        "(folder / 'done').touch()\n"
    )


def _kill_its_parent(
    folder: Path, how: str, shell: str = "/bin/sh", program: str = "", last_words: int = 100
) -> None:
    told = (program or _program(folder), how, shell, str(last_words))
    parent = subprocess.Popen([sys.executable, "-c", _RUNNER, *told])
    try:
        await_that((folder / "runs").exists, "the command to run")
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()


@pytest.fixture(params=["sh", "dash", "bash", "busybox"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the path of a shell; one that is a program of many names is called `sh`."""
    program: str | None = which(request.param)
    if program is None:
        pytest.skip(f"there is no {request.param} here")
    if "busybox" not in program:
        return program
    (tmp_path / "sh").symlink_to(program)
    return str(tmp_path / "sh")


def test_a_tied_command_is_told_to_end_when_its_parent_is_killed(tmp_path: Path, shell: str) -> None:
    _kill_its_parent(tmp_path, "tied", shell)
    await_that((tmp_path / "told").exists, "the command to be told")


@pytest.mark.parametrize("how", ["tied", "free"])
def test_what_does_not_end_by_itself_is_ended(tmp_path: Path, shell: str, how: str) -> None:
    program = (
        f"import os, pathlib, signal, time; folder = pathlib.Path({str(tmp_path)!r})\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "(folder / 'pid').write_text(str(os.getpid()))\n"
        "(folder / 'runs').touch()\n"
        "time.sleep(1000)\n"
    )
    _kill_its_parent(tmp_path, how, shell, program, last_words=1)
    pid = int((tmp_path / "pid").read_text())
    await_that(lambda: not _alive(pid), "the command to end")


def test_a_command_ends_sooner_than_a_lock_expires() -> None:
    renewed = claims.DURATION / 3
    assert renewed + leash.LAST_WORDS < claims.DURATION


def test_another_goes_on_to_its_end(tmp_path: Path) -> None:
    _kill_its_parent(tmp_path, "free")
    (tmp_path / "go-on").touch()
    await_that((tmp_path / "done").exists, "the command to end")
    assert not (tmp_path / "told").exists()


@pytest.mark.parametrize("interruptible", [True, False])
def test_who_starts_it_is_told_its_process_before_it_begins_and_after_it_has_ended(
    tmp_path: Path, *, interruptible: bool
) -> None:
    begun = tmp_path / "begun"
    told: list[object] = []

    def note(pid: int, alone: float) -> None:
        told.append((pid, alone, begun.exists()))

    program = f"import os, pathlib; pathlib.Path({str(begun)!r}).touch(); print(os.getpid())"
    patience = Patience(HANG_LIMIT, interruptible=interruptible)
    command = (sys.executable, "-S", "-c", program)
    said = run(Command(command, {}, patience, on_start=note, on_end=lambda: told.append("ended")))
    assert told == [(int(said), 0, False), "ended"]


def test_it_never_begins_where_that_cannot_be_written_down(tmp_path: Path) -> None:
    pids: list[int] = []

    def refuse(pid: int, _: float) -> None:
        pids.append(pid)
        raise LookupError

    program = f"open({str(tmp_path / 'begun')!r}, 'w')"
    with pytest.raises(LookupError):
        run(Command((sys.executable, "-S", "-c", program), {}, _LONG, on_start=refuse))
    await_that(lambda: not _alive(pids[0]), "the shell to end")
    assert list(tmp_path.iterdir()) == []


def test_its_memory_can_be_bounded(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leash, "_SHELL", shell)
    bound = "import resource; print(*resource.getrlimit(resource.RLIMIT_DATA))"
    limits = [run(Command((sys.executable, "-c", bound), {}, _LONG, memory=each)) for each in (0, 2**30)]
    assert limits == ["{} {}\n".format(*resource.getrlimit(resource.RLIMIT_DATA)), f"{2**30} {2**30}\n"]


def test_without_a_shell_it_is_begun_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leash, "_SHELL", "/nowhere/sh")
    alone: list[float] = []
    command = Command(("/bin/echo", "hello"), {}, _LONG, on_start=lambda _, seconds: alone.append(seconds))
    assert run(command) == "hello\n"
    assert alone == [HANG_LIMIT]
    with pytest.raises(EngineError, match="exit status 1"):
        run(Command(("/bin/false",), {}, _LONG))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
