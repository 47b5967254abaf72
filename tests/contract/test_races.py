"""Several hands on one release at once, in an order that a seed gives; the next update finds all in order."""

from __future__ import annotations

import os
import random
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

RIVAL = Owner("organization", "project", "rival", "urn:pulumi:rival::project::type::web")
SEED = int(os.environ.get("RACES_SEED", "20261126"))
"""Begins the seed of every race; the number in a test's name ends it."""
LATEST = 1.5
"""Seconds within which every hand begins: a good upgrade takes about as long."""


def by_hand(lab: Laboratory, *arguments: str) -> None:
    """Run Helm 4 without a word to us; it may fail, as it does where another operation is pending."""
    space = lab.space
    whose = [f"--kubeconfig={space.ground.kubeconfig}", f"--namespace={space.namespace}"]
    subprocess.run([space.ground.helm(4), *arguments, *whose], capture_output=True, check=False)


def hands(lab: Laboratory) -> dict[str, Callable[[], object]]:
    """Return what may be done to the release, by name."""
    chart = str(lab.space.chart)
    return {
        "upgrade": lambda: lab.upgrade(values={"tag": "good"}),
        "bad upgrade": lambda: lab.upgrade(values=BAD_IMAGE),
        "refresh": lambda: lab.operations().get_status(),
        "rollback": lambda: lab.operations().rollback(),
        "rival": lambda: lab.operations(Identity(RIVAL, "other"), values={"tag": "rival"}).deploy(),
        "upgrade by hand": lambda: by_hand(lab, "upgrade", "web", chart, "--set=tag=hand"),
        "rollback by hand": lambda: by_hand(lab, "rollback", "web"),
        "uninstall by hand": lambda: by_hand(lab, "uninstall", "web"),
    }


def race(lab: Laboratory, seed: str) -> None:
    """Let three hands begin at times that the seed gives, then bring the release to what is declared."""
    lab.deploy()
    chance = random.Random(seed)  # noqa: S311  # it has to be the same each time
    found = hands(lab)
    drawn = [(chance.choice([*found]), chance.uniform(0, LATEST)) for _ in range(3)]

    def act(name: str, after: float) -> None:
        threading.Event().wait(after)
        with suppress(HelmRollbackError):
            found[name]()

    with ThreadPoolExecutor() as pool:
        [*pool.map(act, *zip(*drawn, strict=True))]
    wanted = {"tag": f"end-{seed.rpartition('-')[2]}"}
    status = lab.upgrade(values=wanted)
    assert status.phase is Phase.DEPLOYED, f"RACES_SEED={SEED}: {drawn} ended so: {status}"
    assert (lab.statuses().count("deployed"), lab.statuses()[-1]) == (1, "deployed")
    assert lab.image().endswith(f":{wanted['tag']}")
    claim = lab.claim()
    assert claim is not None
    assert claim.owner == OWNER
    lab.delete()
    assert lab.leftovers() == []


@pytest.mark.parametrize("number", range(2))
def test_after_a_race_the_next_update_finds_all_in_order(one_engine_lab: Laboratory, number: int) -> None:
    race(one_engine_lab, f"{SEED}-{number}")


@pytest.mark.sweep
@pytest.mark.parametrize("number", range(2, 60))
def test_after_sixty_races_the_next_update_finds_all_in_order(
    one_engine_lab: Laboratory, number: int
) -> None:
    race(one_engine_lab, f"{SEED}-{number}")
