"""Several releases in one program work at once, and a bad one does not stop the others."""

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import AT_ONCE, BAD, BETTER, GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

NAMES = ("one", "two", "three", "four", "five", "six")


def test_one_bad_release_among_six_fails_the_update_and_not_the_others(bench: Bench) -> None:
    bench.project.deploy({name: bench.web(values=GOOD) for name in NAMES})

    values = {name: BAD if name == "three" else BETTER for name in NAMES}
    outcome = bench.project.fail({name: bench.web(values=values[name], health=AT_ONCE) for name in NAMES})

    assert f"{bench.space.name}/three: the upgrade failed (ImagePullBackOff" in outcome.text
    assert bench.space.statuses("three") == ["superseded", "failed", "deployed"]
    others = [name for name in NAMES if name != "three"]
    assert {name: bench.space.statuses(name) for name in others} == {
        name: ["superseded", "deployed"] for name in others
    }
    assert {name: bench.project.release(name)["phase"] for name in others} == dict.fromkeys(
        others, "Deployed"
    )
