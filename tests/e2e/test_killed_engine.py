"""The engine is killed, terminated or interrupted while the release waits; then the next update is good."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.space import holder
from tests.engine import operate
from tests.support.waiting import await_that
from tools.kills.processes import descendants, with_argument
from tools.sandbox import CLI, LOCAL
from tools.sandbox.sandbox import STACK

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

LONGER_THAN_ANY_TEST = 3600
GRACE = 10.0
"""Seconds, as Docker and GitLab give them."""
BETWEEN_TWO = 1.0
"""Seconds: Pulumi takes two signals in a row for one."""


@contextmanager
def _engine(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """Run an update in a process of its own, which does not outlive the block."""
    project = bench.project
    environment = {**os.environ, **project.environment}
    with subprocess.Popen(
        _command(bench), env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as engine:
        try:
            yield engine
        finally:
            engine.kill()


def _command(bench: Bench) -> list[str]:
    project = bench.project
    if project.engine == LOCAL:
        return [sys.executable, operate.__file__, "up", str(project.work_dir), str(project.folder / "state")]
    where = ("--cwd", str(project.work_dir), "--stack", STACK)
    return ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", *where]


def _kill(engine: subprocess.Popen[bytes]) -> None:
    engine.kill()


def _terminate(engine: subprocess.Popen[bytes]) -> None:
    """Do as a runner of CI does: ask, and kill what has not ended; the CLI waits for what is under way."""
    engine.terminate()
    with suppress(subprocess.TimeoutExpired):
        engine.wait(GRACE)
    engine.kill()


def _interrupt_twice(engine: subprocess.Popen[bytes]) -> None:
    """Do as Ctrl-C does: the signal reaches the whole group of the terminal."""
    os.killpg(engine.pid, signal.SIGINT)
    time.sleep(BETWEEN_TWO)
    with suppress(ProcessLookupError):
        os.killpg(engine.pid, signal.SIGINT)


def _runs(pid: int) -> bool:
    """Tell whether the process runs; of one that nobody has waited for there is no command line left."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and bool(command.read_bytes())


def _pods_get_ready(bench: Bench) -> bool:
    """Let the pods get ready that are there now; the roll-out makes others when they are."""
    selected = ("label", "pod", "--overwrite", "--selector=ground/play=never-ready")
    bench.space.kubectl(*selected, "ground/play=ready")
    return True


def _hosts_a_language(pid: int) -> bool:
    """Tell whether the process is one of Pulumi's that outlive a CLI that was killed."""
    return b"pulumi-language-" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _tagged(tag: str, **pod_labels: str) -> dict[str, object]:
    return {"image": {"tag": tag}, "podLabels": pod_labels}


@pytest.mark.parametrize("program", [LOCAL, pytest.param(CLI, marks=pytest.mark.sweep)])
def test_a_killed_engine_leaves_the_last_good_revision(benches: BenchMaker, program: str) -> None:
    with benches(program) as bench:
        timeouts = {"upgrade": LONGER_THAN_ANY_TEST}
        bench.project.deploy({"web": bench.web(values=_tagged("1"))})
        slow = _tagged("2", **{"ground/play": "never-ready"})
        bench.project.declare({"web": bench.web(values=slow, timeouts=timeouts)})
        with _engine(bench) as engine:
            await_that(lambda: bench.space.image().endswith(":2"), "the upgrade to wait")
            providers = [each for each in descendants(engine.pid) if not _hosts_a_language(each)]
            engine.kill()
        await_that(lambda: not holder(bench.space), "the lock to be free")
        await_that(lambda: not with_argument(bench.space.name), "Helm to end")
        await_that(lambda: not any(map(_runs, providers)), "the providers to end")
        after_the_kill = bench.space.statuses(), bench.space.image().rpartition(":")[2]
        bench.project.stack.cancel()
        bench.project.deploy({"web": bench.web(values=_tagged("3"), timeouts=timeouts)})
        repaired = bench.space.statuses(), bench.space.image().rpartition(":")[2]
    assert after_the_kill == (["superseded", "failed", "deployed"], "1")
    assert repaired == (["superseded", "failed", "superseded", "deployed"], "3")


@pytest.mark.parametrize("program", [LOCAL, pytest.param(CLI, marks=pytest.mark.sweep)])
@pytest.mark.parametrize("end", [_terminate, _interrupt_twice])
def test_after_an_engine_that_was_ended_the_next_update_is_good(
    benches: BenchMaker, program: str, end: Callable[[subprocess.Popen[bytes]], None]
) -> None:
    with benches(program) as bench:
        timeouts = {"upgrade": LONGER_THAN_ANY_TEST}
        bench.project.deploy({"web": bench.web(values=_tagged("1"))})
        slow = _tagged("2", **{"ground/play": "never-ready"})
        bench.project.declare({"web": bench.web(values=slow, timeouts=timeouts)})
        with _engine(bench) as engine:
            await_that(lambda: bench.space.image().endswith(":2"), "the upgrade to wait")
            end(engine)
            engine.wait()
        await_that(lambda: not with_argument(bench.space.name), "Helm to end")
        bench.project.stack.cancel()
        bench.project.deploy({"web": bench.web(values=_tagged("3"), timeouts=timeouts)})
        repaired = bench.space.statuses()[-1], bench.space.image().rpartition(":")[2]
    assert repaired == ("deployed", "3")


@pytest.mark.sweep
@pytest.mark.parametrize("program", [LOCAL, CLI])
def test_one_ctrl_c_lets_the_upgrade_come_to_its_end(benches: BenchMaker, program: str) -> None:
    with benches(program) as bench:
        bench.project.deploy({"web": bench.web(values=_tagged("1"))})
        bench.project.declare({"web": bench.web(values=_tagged("2", **{"ground/play": "never-ready"}))})
        with _engine(bench) as engine:
            await_that(lambda: bench.space.image().endswith(":2"), "the upgrade to wait")
            os.killpg(engine.pid, signal.SIGINT)
            await_that(lambda: _pods_get_ready(bench) and engine.poll() is not None, "the update to end")
        after = bench.space.statuses(), bench.space.image().rpartition(":")[2], holder(bench.space)
    assert after == (["superseded", "deployed"], "2", "")
