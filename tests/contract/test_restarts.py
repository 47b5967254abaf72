"""The API server is killed while a release is worked on, and comes back: the outcome is the one without it.

On a control plane of its own, as every test on one would notice.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import pytest

from helm_rollback_component.results import Phase
from tests.contract.helm_fixtures import engine_named, space_of, write_chart
from tests.contract.laboratory import BAD_IMAGE, OWNER, Laboratory
from tests.contract.mortals import await_revision
from tests.support.waiting import await_that
from tools.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300), pytest.mark.xdist_group("restarts")]

Result = TypeVar("Result")

SLOW = {"tag": "slow", "after": "4s"}
LIFETIME = 1800.0


@pytest.fixture(scope="module")
def mortal_ground() -> Iterator[Ground]:
    with Ground(f"restarts-{os.getpid()}", lifetime=LIFETIME) as ground:
        yield ground


@pytest.fixture(
    params=[
        pytest.param("helm4"),
        *(pytest.param(each, marks=pytest.mark.sweep) for each in ("helm3", "embedded")),
    ]
)
def lab(request: pytest.FixtureRequest, mortal_ground: Ground, tmp_path: Path) -> Iterator[Laboratory]:
    name = str(request.param)
    helm = name if name == "embedded" else str(mortal_ground.helm(int(name[-1])))
    with space_of(mortal_ground, engine_named(name, mortal_ground), write_chart(tmp_path)) as space:
        found = Laboratory(space, helm, tmp_path)
        yield found
        found.assert_coherent()


@pytest.fixture(
    params=[pytest.param(3), pytest.param(20, marks=pytest.mark.sweep)], ids=lambda each: f"{each}s"
)
def away(request: pytest.FixtureRequest) -> float:
    return float(request.param)


def restarted_during(
    lab: Laboratory, away: float, act: Callable[[], Result], begun: Callable[[], None]
) -> Result:
    """Restart the API server while something is done, and return what comes of that."""
    with ThreadPoolExecutor() as pool:
        doing = pool.submit(act)
        begun()
        lab.space.ground.restart_api_server(away)
        return doing.result()


def reached(lab: Laboratory, revision: int, status: str) -> Callable[[], None]:
    return lambda: await_revision(lab, revision, status)


def said(lab: Laboratory, words: str) -> Callable[[], None]:
    return lambda: await_that(lambda: any(words in line for line in lab.said), words)


def stands(lab: Laboratory, tag: str, *statuses: str) -> None:
    """Check what is live, and the history but for the tries that Helm gave up while the server was away."""
    assert lab.image().endswith(f":{tag}")
    found = lab.statuses()
    assert _not_failed(found) == _not_failed(statuses)
    assert found.count("failed") >= statuses.count("failed")
    claim = lab.claim()
    assert claim is not None
    assert (claim.owner, claim.holder) == (OWNER, "")


def _not_failed(statuses: Sequence[str]) -> list[str]:
    return [each for each in statuses if each != "failed"]


@pytest.mark.sweep
def test_during_a_first_deployment(lab: Laboratory, away: float) -> None:
    status = restarted_during(lab, away, lambda: lab.deploy(values=SLOW), reached(lab, 1, "pending-install"))
    assert status.phase is Phase.DEPLOYED
    stands(lab, "slow", "deployed")


@pytest.mark.sweep
def test_during_an_upgrade(lab: Laboratory, away: float) -> None:
    lab.deploy()
    status = restarted_during(lab, away, lambda: lab.upgrade(values=SLOW), reached(lab, 2, "pending-upgrade"))
    assert status.phase is Phase.DEPLOYED
    stands(lab, "slow", "superseded", "deployed")


@pytest.mark.sweep
def test_while_only_we_wait(lab: Laboratory, away: float) -> None:
    lab.deploy()
    status = restarted_during(
        lab, away, lambda: lab.upgrade(values={"tag": "2"}, health={"soak": 5}), reached(lab, 2, "deployed")
    )
    assert status.phase is Phase.DEPLOYED
    stands(lab, "2", "superseded", "deployed")


@pytest.mark.sweep
def test_when_a_bad_upgrade_begins(lab: Laboratory, away: float) -> None:
    lab.deploy()
    status = restarted_during(
        lab, away, lambda: lab.upgrade(values=BAD_IMAGE), reached(lab, 2, "pending-upgrade")
    )
    assert status.phase is Phase.ROLLED_BACK
    stands(lab, "1", "superseded", "failed", "deployed")


def test_when_a_rollback_begins(lab: Laboratory, away: float) -> None:
    lab.deploy()
    status = restarted_during(lab, away, lambda: lab.upgrade(values=BAD_IMAGE), said(lab, "rolling back"))
    assert status.phase is Phase.ROLLED_BACK
    stands(lab, "1", "superseded", "failed", "deployed")


@pytest.mark.sweep
def test_during_a_deletion(lab: Laboratory, away: float) -> None:
    lab.deploy()
    restarted_during(lab, away, lab.delete, said(lab, "uninstalling"))
    assert (lab.statuses(), lab.claim()) == ([], None)
    await_that(lambda: lab.leftovers() == [], "what the release's objects owned to be collected")
