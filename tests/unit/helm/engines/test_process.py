"""Running a command, and stopping it."""

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.process import Command, Patience, run
from tests.support.waiting import HANG_LIMIT, await_that

_LONG = Patience(HANG_LIMIT)


def _command(program: str, patience: Patience = _LONG, stdin: bytes = b"") -> Command:
    arguments = (sys.executable, "-S", "-c", program)
    return Command(arguments, {"PATH": os.environ["PATH"]}, patience, stdin)


def _wait_for(path: Path) -> None:
    await_that(path.exists, str(path))


def test_what_it_writes_is_returned() -> None:
    assert run(_command("print(input())", stdin=b"hello\n")) == "hello\n"


def test_it_sees_the_given_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s3cret")

    assert "SECRET" not in run(_command("import os; print(dict(os.environ))"))


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; print('out'); sys.exit('Error: no')", "Error: no"),
        ("import sys; print('out'); sys.exit(3)", "out"),
        ("import sys; sys.exit(3)", "Helm ended with exit status 3"),
    ],
)
def test_a_failure_says_what_it_said(program: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        run(_command(program))

    assert caught.value.output == said


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(EngineError, match="could not be started: No such file or directory: /nowhere/helm"):
        run(Command(("/nowhere/helm",), {}, _LONG))


def test_only_the_end_of_much_output_is_kept() -> None:
    with pytest.raises(EngineError) as caught:
        run(_command("import sys; sys.exit('x' * 1_000_000 + ' the end')"))

    assert len(caught.value.output) <= 64 * 1024
    assert caught.value.output.endswith("the end")


def test_it_runs_in_a_session_of_its_own() -> None:
    assert run(_command("import os; print(os.getsid(0) == os.getpid())")) == "True\n"


def test_a_request_to_cancel_is_passed_on(tmp_path: Path) -> None:
    ready, cancellation = tmp_path / "ready", Cancellation()
    program = (
        "import pathlib, signal, sys, time; "
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit('context canceled')); "
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(3600)"
    )
    _request_once(ready, cancellation)

    with pytest.raises(EngineError, match="context canceled"):
        run(_command(program), cancellation)


def test_what_is_cancelled_beforehand_is_not_started(tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.request()

    with pytest.raises(EngineError, match="cancelled before Helm was started"):
        run(_command(f"open({str(tmp_path / 'file')!r}, 'w')"), cancellation)

    assert list(tmp_path.iterdir()) == []


def test_one_that_does_not_heed_is_killed_with_its_children(tmp_path: Path) -> None:
    ready, cancellation = tmp_path / "ready", Cancellation()
    program = (
        "import pathlib, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']); "
        f"pathlib.Path({str(tmp_path / 'child')!r}).write_text(str(child.pid)); "
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(3600)"
    )
    _request_once(ready, cancellation)

    with pytest.raises(EngineError, match="exit status -9"):
        run(_command(program, Patience(HANG_LIMIT, grace=0.2)), cancellation)

    child = int((tmp_path / "child").read_text())
    await_that(lambda: _gone(child), "the child to end")


def test_one_that_ends_well_in_spite_of_a_request_has_succeeded(tmp_path: Path) -> None:
    ready, cancellation = tmp_path / "ready", Cancellation()
    program = (
        "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); "
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(3600)"
    )
    _request_once(ready, cancellation)

    assert run(_command(program), cancellation) == ""


def test_a_request_after_the_end_signals_nobody() -> None:
    cancellation = Cancellation()
    run(_command("pass"), cancellation)

    cancellation.request()


def test_one_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(EngineError, match=r"Helm did not end within 0.2 s and was stopped"):
        run(_command("import time; time.sleep(3600)", Patience(0.2)))


def test_one_that_must_not_be_interrupted_is_left_to_itself(tmp_path: Path) -> None:
    ready, go_on, done = tmp_path / "ready", tmp_path / "go-on", tmp_path / "done"
    program = (
        f"{_touched_and_waited(ready, go_on)}print('much' * 100_000); pathlib.Path({str(done)!r}).touch()"
    )
    cancellation = Cancellation()
    _request_once(ready, cancellation)

    with pytest.raises(EngineError, match="still runs: stopping it would leave the release locked"):
        run(_command(program, Patience(0.3, interruptible=False)), cancellation)

    assert not done.exists()
    go_on.touch()
    _wait_for(done)


def test_a_signal_to_the_callers_group_does_not_reach_it(tmp_path: Path) -> None:
    ready, go_on = tmp_path / "ready", tmp_path / "go-on"
    program = f"{_touched_and_waited(ready, go_on)}print('ended')"
    caller = (
        "import os, sys; from helm_rollback_component.helm.engines.process import Patience; "
        "from helm_rollback_component.helm.engines.process import Command, run; import signal; "
        "signal.signal(signal.SIGINT, signal.SIG_IGN); "
        f"print(run(Command((sys.executable, '-S', '-c', {program!r}), {{}}, Patience({HANG_LIMIT}))))"
    )
    command = Command((sys.executable, "-c", caller), dict(os.environ), _LONG)
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(run(command)))
    thread.start()
    _wait_for(ready)

    for group in _groups_of(caller):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGINT)
    go_on.touch()
    thread.join()

    assert "ended" in said[0]


def _touched_and_waited(ready: Path, go_on: Path) -> str:
    """Return the beginning of a program that makes one file and waits for another."""
    return (
        f"import pathlib, time\npathlib.Path({str(ready)!r}).touch()\n"
        f"while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.01)\n"
    )


def _request_once(ready: Path, cancellation: Cancellation) -> None:
    def request() -> None:
        _wait_for(ready)
        cancellation.request()

    threading.Thread(target=request).start()


def _groups_of(program: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if program.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_patience_allows_for_hooks_before_and_after() -> None:
    assert Patience.with_timeout(300).limit == 960
