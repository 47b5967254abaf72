"""Holders, and whether their processes are dead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helm_rollback_component.kube.claims import lock_holder
from helm_rollback_component.kube.claims.lock_holder import Holder, described, provably_alive, provably_dead
from tests.support.waiting import await_that

linux = pytest.mark.skipif(not Path("/proc/self/ns/pid").is_symlink(), reason="needs Linux's /proc")


def changed(holder: Holder, position: int, word: str) -> str:
    words = holder.process.split()
    words[position] = word
    return " ".join(words)


@pytest.fixture
def ended() -> str:
    """What told a process, which has ended by now, from any other."""
    program = (
        "from helm_rollback_component.kube.claims.lock_holder import Holder; print(Holder.new().process)"
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_no_two_holders_are_the_same() -> None:
    one, other = Holder.new(), Holder.new()
    assert one.name != other.name
    assert one.process == other.process
    assert f"/{os.getpid()}/" in one.name


@pytest.mark.parametrize(
    ("name", "words"),
    [("host/12/ab", "process 12 on host"), ("someone", "someone"), ("a/b", "process b on a")],
)
def test_holders_are_told_as_people_read_them(name: str, words: str) -> None:
    assert described(name) == words


@linux
class TestOnLinux:
    def test_this_process_is_alive(self) -> None:
        assert not provably_dead(Holder.new().process)

    def test_it_is_known_to_be_alive(self, ended: str) -> None:
        assert provably_alive(Holder.new().process)
        assert not provably_alive(ended)
        assert not provably_alive(changed(Holder.new(), 0, "another-boot"))

    def test_one_that_nobody_has_waited_for_is_dead(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        process = lock_holder.identified(child.pid)
        assert provably_alive(process)
        assert child.stdin
        child.stdin.close()
        await_that(lambda: provably_dead(process), "the child to end")
        assert not provably_alive(process)
        child.wait()

    def test_one_that_ended_is_dead(self, ended: str) -> None:
        assert provably_dead(ended)

    def test_a_number_that_another_process_has_now_is_no_life(self) -> None:
        assert provably_dead(changed(Holder.new(), 3, "1"))

    @pytest.mark.parametrize(
        ("position", "word"), [(0, "another-boot"), (1, "pid:[1]"), (2, "none"), (2, "-1"), (2, "9" * 30)]
    )
    def test_what_cannot_be_known_from_here_is_not_dead(self, position: int, word: str) -> None:
        assert not provably_dead(changed(Holder.new(), position, word))

    @pytest.mark.parametrize("process", ["", "a b", "a b c d e"])
    def test_nonsense_is_not_dead(self, process: str) -> None:
        assert not provably_dead(process)

    def test_a_hidden_process_is_not_dead(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stranger = changed(Holder.new(), 2, "1")

        def hide(_: int) -> str:
            return ""

        def refuse(*_: int) -> None:
            raise PermissionError

        here = " ".join(lock_holder._place())  # noqa: SLF001
        monkeypatch.setattr(lock_holder, "identified", lambda _: f"{here} 1 1")
        monkeypatch.setattr(lock_holder, "_start_time", hide)
        monkeypatch.setattr(os, "kill", refuse)
        assert not provably_dead(stranger)


def test_where_nothing_is_known_nothing_is_proven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = Holder.new().process
    monkeypatch.setattr(lock_holder, "_PROC", tmp_path)
    assert Holder.new().process == ""
    assert not provably_dead(known)
    assert not provably_dead("")
