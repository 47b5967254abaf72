"""The engine is killed while the release waits: the provider ends what it does, then itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.engine import operate
from tests.support.waiting import await_that
from tools.kills.processes import descendants, with_argument
from tools.sandbox import LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

LONGER_THAN_ANY_TEST = 3600


@contextmanager
def _engine(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """Run an update in a process of its own, which does not outlive the block."""
    project = bench.project
    command = [sys.executable, operate.__file__, "up", str(project.work_dir), str(project.folder / "state")]
    environment = {**os.environ, **project.environment}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as engine:
        try:
            yield engine
        finally:
            engine.kill()


def _holder(bench: Bench) -> str:
    lease = bench.space.get("lease", "helm-rollback.web")
    assert lease
    return str(lease["spec"].get("holderIdentity", ""))


def _runs(pid: int) -> bool:
    """Tell whether the process runs; of one that nobody has waited for there is no command line left."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and bool(command.read_bytes())


def _tagged(tag: str, **pod_labels: str) -> dict[str, object]:
    return {"image": {"tag": tag}, "podLabels": pod_labels}


def test_a_killed_engine_leaves_the_last_good_revision(benches: BenchMaker) -> None:
    with benches(LOCAL) as bench:
        timeouts = {"upgrade": LONGER_THAN_ANY_TEST}
        bench.project.deploy({"web": bench.web(values=_tagged("1"))})
        slow = _tagged("2", **{"ground/play": "never-ready"})
        bench.project.declare({"web": bench.web(values=slow, timeouts=timeouts)})
        with _engine(bench) as engine:
            await_that(lambda: bench.space.image().endswith(":2"), "the upgrade to wait")
            providers = descendants(engine.pid)
            engine.kill()
        await_that(lambda: not _holder(bench), "the lock to be free")
        await_that(lambda: not with_argument(bench.space.name), "Helm to end")
        await_that(lambda: not any(map(_runs, providers)), "the providers to end")
        after_the_kill = bench.space.statuses(), bench.space.image().rpartition(":")[2]
        bench.project.deploy({"web": bench.web(values=_tagged("3"), timeouts=timeouts)})
        repaired = bench.space.statuses(), bench.space.image().rpartition(":")[2]
    assert after_the_kill == (["superseded", "failed", "deployed"], "1")
    assert repaired == (["superseded", "failed", "superseded", "deployed"], "3")
