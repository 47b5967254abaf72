"""A first deployment that fails leaves nothing, and can be repeated."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.outcome import watch
from tests.e2e.values import AT_ONCE, BAD, GOOD
from tools.sandbox import CLI

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


def test_a_first_deployment_that_fails_leaves_nothing_and_can_be_repeated(root_bench: Bench) -> None:
    bench = root_bench

    outcome = bench.project.fail({"web": bench.web(values=BAD, health=AT_ONCE)})

    assert "the first deployment failed, and the release was removed: ImagePullBackOff: " in outcome.text
    assert "cannot pull its image" in outcome.text
    assert "Traceback" not in outcome.text
    assert not bench.space.left()
    assert "web-release" not in bench.project.resources()

    repaired = bench.project.deploy({"web": bench.web(values=GOOD, health=AT_ONCE)})

    assert repaired.outputs["web"]["revision"] == 1
    assert repaired.outputs["web"]["phase"] == "Deployed"


def test_an_update_plan_holds_for_a_first_deployment(benches: BenchMaker, tmp_path: Path) -> None:
    plan = str(tmp_path / "plan.json")
    with benches(CLI) as bench:
        bench.project.declare({"web": bench.web(values=GOOD)})
        assert not watch(bench.project.stack.preview, plan=plan).failed
        outcome = bench.project.up(plan=plan)
        assert not outcome.failed, outcome.text
        assert bench.space.statuses() == ["deployed"]
