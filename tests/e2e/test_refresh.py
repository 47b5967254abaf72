"""What others do to a release is seen by a refresh, told by a preview, and mended by an update.

All tests share one release; each finds it in sync, and leaves it so.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.values import BETTER, GOOD
from tests.support.sharing import shared
from tools.sandbox import CLI, LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", params=shared("refreshed", [(LOCAL,), (CLI,)]))
def bench(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Bench]:
    with benches(*request.param) as bench:
        bench.project.deploy({"web": bench.web(values=GOOD)})
        bench.project.deploy({"web": bench.web(values=BETTER)})
        yield bench


def _upgrade(bench: Bench) -> None:
    chart = bench.project.work_dir / "stacks" / "charts" / "web"
    bench.space.helm("upgrade", "web", str(chart), "--set=replicas=3", "--wait")


def _rollback(bench: Bench) -> None:
    bench.space.helm("rollback", "web", "1", "--wait")


def _uninstall(bench: Bench) -> None:
    bench.space.helm("uninstall", "web", "--wait")


def test_a_refresh_without_cause_is_silent(bench: Bench) -> None:
    refreshed = bench.project.refresh()
    preview = bench.project.preview()

    assert refreshed.unchanged, refreshed.text
    assert preview.unchanged, preview.text


def _roll_back_by_hand(bench: Bench) -> None:
    program = Path(sys.executable).with_name("helm-rollback")
    where = ("--namespace", bench.space.name, "--kubeconfig", str(bench.space.ground.kubeconfig))
    how = ("--yes", "--reason", "too slow", "--helm", bench.helm)
    subprocess.run([program, "rollback", "web", *where, *how], check=True)


@pytest.mark.sweep
def test_a_rollback_by_hand_is_told_and_not_undone(bench: Bench) -> None:
    _roll_back_by_hand(bench)
    unaware = bench.project.preview()
    refreshed = bench.project.refresh()
    seen = bench.project.release()
    preview = bench.project.preview()
    left = bench.project.up()
    image = bench.space.image()
    again = {"rollback": {"retryTrigger": "again"}}
    bench.project.deploy({"web": bench.web(values=BETTER, operations=again)})

    assert unaware.unchanged, unaware.text
    assert (seen["phase"], seen["rollback_status"]["reason"]) == ("RolledBack", "OperatorRequest")
    assert all("with helm-rollback" in told and "too slow" in told for told in (refreshed.text, preview.text))
    assert left.failed, left.text
    assert "too slow" in left.text
    assert image == "nginx:1.29"
    assert bench.space.image() == "nginx:1.30"


@pytest.mark.parametrize(
    ("meddle", "found"),
    [(_upgrade, "Drifted"), (_rollback, "Drifted"), (_uninstall, "ReleaseMissing")],
    ids=["upgrade", "rollback", "uninstall"],
)
def test_what_others_did_is_seen_told_and_mended(
    bench: Bench, meddle: Callable[[Bench], None], found: str
) -> None:
    before = bench.space.history()
    meddle(bench)

    refreshed = bench.project.refresh()
    seen = bench.project.release()
    preview = bench.project.preview()
    mended = bench.project.up()

    assert not refreshed.failed, refreshed.text
    assert "the release is not as declared" in refreshed.text
    assert seen["phase"] == "Failed"
    assert found in {condition["reason"] for condition in seen["conditions"]}
    assert preview.changes.get("update"), preview.text
    assert not mended.failed, mended.text
    assert mended.outputs["web"]["phase"] == "Deployed"
    assert bench.space.image() == "nginx:1.30"
    assert len(bench.space.history()) == (1 if meddle is _uninstall else len(before) + 2)


def test_what_others_did_is_mended_at_the_next_change_without_a_refresh(bench: Bench) -> None:
    before = bench.space.history()
    _upgrade(bench)

    bench.project.deploy({"web": bench.web(values={**BETTER, "settings": {"mode": "new"}})})

    assert len(bench.space.history()) == len(before) + 2
    assert bench.space.image() == "nginx:1.30"
    assert bench.space.statuses()[-1] == "deployed"
