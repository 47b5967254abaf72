"""A forked child is to its program what a new interpreter is."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi_local_engine import fork_server
from pulumi_local_engine.fork_server import Child, Command

from tests.support.waiting import HANG_LIMIT

Start = Callable[..., Child]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")


@pytest.fixture(params=[fork_server.spawn, fork_server.fork], ids=["spawned", "forked"])
def start(request: pytest.FixtureRequest) -> Start:
    chosen: Start = request.param
    return chosen


def _script(folder: Path, text: str, *arguments: str) -> Command:
    script = folder / "script.py"
    script.write_text(textwrap.dedent(text))
    return Command(arguments, script=str(script))


def _ended(child: Child) -> tuple[int, str, str]:
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    said, errors = child.stdout.read(), child.stderr.read()
    for pipe in (child.stdin, child.stdout, child.stderr):
        pipe.close()
    return child.wait(HANG_LIMIT), said, errors


def test_it_runs_a_script_with_its_arguments_folder_and_environment(start: Start, tmp_path: Path) -> None:
    text = """
        import os, sys
        print(sys.argv, os.getcwd(), sorted(os.environ), __name__, os.getsid(0) == os.getpid())
    """
    child = start(
        _script(tmp_path, text, "one", "--two"), tmp_path, {"COLOUR": "blue", "LC_CTYPE": "C.UTF-8"}
    )

    code, said, _ = _ended(child)

    names = ["COLOUR", "LC_CTYPE"]
    script = str(tmp_path / "script.py")
    assert said == f"{[script, 'one', '--two']} {tmp_path} {names} __main__ True\n"
    assert code == 0


@pytest.mark.sweep
def test_its_own_folder_is_not_on_the_import_path_of_a_script(start: Start, tmp_path: Path) -> None:
    child = start(_script(tmp_path, "import sys; print(*sys.path, sep='\\n')"), tmp_path, {})

    path = _ended(child)[1].splitlines()

    assert {str(tmp_path), ""}.isdisjoint(path)


@pytest.mark.sweep
def test_a_module_finds_what_lies_in_the_folder(start: Start, tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("print('found')\n")

    assert _ended(start(Command([], module="neighbour"), tmp_path, {}))[:2] == (0, "found\n")


@pytest.mark.sweep
def test_what_python_reads_as_it_starts_is_heeded(start: Start, tmp_path: Path) -> None:
    text = "import sys; print(sys.flags.optimize, sys.path[0])"
    environment = {"PYTHONOPTIMIZE": "2", "PYTHONPATH": str(tmp_path)}

    assert _ended(start(_script(tmp_path, text), tmp_path, environment))[1] == f"2 {tmp_path}\n"


@pytest.mark.parametrize(
    ("text", "code", "error"),
    [
        ("import sys; sys.exit(32)", 32, ""),
        ("import sys; sys.exit('no such thing')", 1, "no such thing\n"),
        ("raise ValueError('broken')", 1, "ValueError: broken\n"),
        ("import os; os._exit(7)", 7, ""),
        ("import atexit, os; atexit.register(os._exit, 9)", 9, ""),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
    ],
)
def test_its_end_is_told(start: Start, tmp_path: Path, text: str, code: int, error: str) -> None:
    ended, _, errors = _ended(start(_script(tmp_path, text), tmp_path, {}))

    assert ended == code
    assert errors.endswith(error)


def test_it_can_be_interrupted(start: Start, tmp_path: Path) -> None:
    text = """
        import time
        try:
            print("ready", flush=True)
            time.sleep(3600)
        except KeyboardInterrupt:
            print("interrupted")
    """
    child = start(_script(tmp_path, text), tmp_path, {})
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)

    os.killpg(child.pid, signal.SIGINT)

    assert _ended(child)[:2] == (0, "interrupted\n")


@pytest.mark.sweep
def test_it_learns_that_whoever_started_it_is_gone(start: Start, tmp_path: Path) -> None:
    text = "import sys; print('ready', flush=True); print(repr(sys.stdin.read()))"
    child = start(_script(tmp_path, text), tmp_path, {})
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"

    child.stdin.close()

    assert _ended(child)[:2] == (0, "''\n")


@pytest.mark.sweep
def test_its_environment_may_be_large(start: Start, tmp_path: Path) -> None:
    environment = {f"LARGE_{number}": "x" * 100_000 for number in range(10)}
    child = start(
        _script(tmp_path, "import os; print(sum(map(len, os.environ.values())) >= 10**6)"),
        tmp_path,
        environment,
    )

    assert _ended(child)[1] == "True\n"
