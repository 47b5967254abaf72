"""Wrong inputs are refused, all of them at once, before anything is touched."""

from typing import Any

import pytest

from tests.e2e.conftest import Bench

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

WRONG = {
    "releaseName": "Not_A_Name",
    "source": {"chart": "./charts/absent"},
    "operations": {"rollback": {"strategy": "hopeful"}},
    "timeouts": {"upgrade": -1},
    "replicas": 3,
}
CONTRADICTING = {"operations": {"rollback": {"strategy": "version-based", "targetRevision": 2}}}
TWICE = {
    "skipCrds": True,
    "skip_crds": True,
    "operations": {"rollback": {"onRollback": "warn", "on_rollback": "fail"}},
}
REFUSED = {
    "wrong": (
        WRONG,
        ("release_name", "source.chart", "operations.rollback.strategy", "timeouts.upgrade", "replicas"),
    ),
    "contradicting": (CONTRADICTING, ("operations.rollback.target_revision",)),
    "twice": (TWICE, ("skip_crds: given twice", "operations.rollback.on_rollback: given twice")),
}


@pytest.mark.parametrize(("inputs", "named"), REFUSED.values(), ids=REFUSED)
def test_a_preview_names_everything_that_is_wrong(
    bench: Bench, inputs: dict[str, Any], named: tuple[str, ...]
) -> None:
    bench.project.declare({"web": bench.web(**inputs)})

    outcome = bench.project.preview()

    assert outcome.failed
    assert [path for path in named if path not in " ".join(outcome.messages)] == []
    assert "Traceback" not in outcome.text


def test_an_update_with_wrong_inputs_touches_nothing(bench: Bench) -> None:
    outcome = bench.project.fail({"web": bench.web(**WRONG)})

    assert "Traceback" not in outcome.text
    assert not bench.space.objects()
    assert "web-release" not in bench.project.resources()


def test_a_wrong_change_leaves_the_release_as_it_is(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web()})
    before = bench.space.history()

    bench.project.fail({"web": bench.web(timeouts={"upgrade": -1})})

    assert bench.space.history() == before
    assert bench.project.release()["phase"] == "Deployed"
