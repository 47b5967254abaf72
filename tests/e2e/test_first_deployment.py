"""A first deployment that fails leaves nothing, and can be repeated."""

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import AT_ONCE, BAD, GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


def test_a_first_deployment_that_fails_leaves_nothing_and_can_be_repeated(root_bench: Bench) -> None:
    bench = root_bench

    outcome = bench.project.fail({"web": bench.web(values=BAD, health=AT_ONCE)})

    assert "the first deployment failed, and its objects were removed" in outcome.text
    assert "cannot pull its image" in outcome.text
    assert "Traceback" not in outcome.text
    assert not bench.space.left()
    assert "web-release" not in bench.project.resources()

    repaired = bench.project.deploy({"web": bench.web(values=GOOD, health=AT_ONCE)})

    assert repaired.outputs["web"]["revision"] == 1
    assert repaired.outputs["web"]["phase"] == "Deployed"
