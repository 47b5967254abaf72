"""What destroying a stack leaves, and what it does not."""

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import AT_ONCE, BAD, GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


def test_destroy_after_a_failed_update_leaves_nothing(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    bench.project.fail({"web": bench.web(values=BAD, health=AT_ONCE)})

    outcome = bench.project.destroy()

    assert not outcome.failed, outcome.text
    assert not bench.space.left()
    assert not bench.project.resources()


def test_removing_a_release_from_the_program_uninstalls_it_alone(bench: Bench) -> None:
    bench.project.deploy({name: bench.web(values=GOOD) for name in ("one", "two")})

    bench.project.deploy({"one": bench.web(values=GOOD)})

    assert bench.space.statuses("one") == ["deployed"]
    assert bench.space.get("deployment", "two") is None
    assert bench.space.get("lease", "helm-rollback.two") is None


def test_history_is_kept_where_that_is_asked_for(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD, history={"keepOnDelete": True})})

    outcome = bench.project.destroy()

    assert not outcome.failed, outcome.text
    assert bench.space.statuses() == ["uninstalled"]
    assert bench.space.get("deployment", "web") is None
