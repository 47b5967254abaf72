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
from tests.contract.by_hand import stored
from tests.contract.laboratory import BAD_IMAGE, OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.usefixtures("one_helm_at_a_time")]

RIVAL = Owner("organization", "project", "rival", "urn:pulumi:rival::project::type::web")
SEED = int(os.environ.get("RACES_SEED", "20261126"))
"""Begins the seed of every race; the number in a test's name ends it."""
LEASE_DELETED = "Lease deleted"
"""After that the release is anybody's who takes it first."""
WITHIN = 60
"""Seconds that an upgrade or a rollback may take: so long it waits for what another hand has replaced."""
TIMEOUTS = {"upgrade": WITHIN, "rollback": WITHIN}
LATEST = 1.5
"""Seconds within which every hand begins: a good upgrade takes about as long."""


def by_hand(lab: Laboratory, *arguments: str) -> None:
    """Run Helm 4 without a word to us; it may fail, as it does where another operation is pending."""
    space = lab.space
    whose = [f"--kubeconfig={space.ground.kubeconfig}", f"--namespace={space.namespace}"]
    subprocess.run([space.ground.bin_dir / "helm4", *arguments, *whose], capture_output=True, check=False)


def by_kubectl(lab: Laboratory, *arguments: str) -> None:
    """Change an object without a word to us; it may be gone."""
    with suppress(AssertionError):
        lab.space.kubectl(*arguments)


def newest_record(lab: Laboratory) -> str:
    """Return the name of the Secret of the newest revision."""
    return f"sh.helm.release.v1.web.v{max(stored(lab.space), default=0)}"


def hands(lab: Laboratory) -> dict[str, Callable[[], object]]:
    """Return what may be done to the release, by name."""
    chart = str(lab.space.chart)
    return {
        "upgrade": lambda: lab.upgrade(values={"tag": "good"}, timeouts=TIMEOUTS),
        "bad upgrade": lambda: lab.upgrade(values=BAD_IMAGE, timeouts=TIMEOUTS),
        "refresh": lambda: lab.operations().get_status(),
        "rollback": lambda: lab.operations(timeouts=TIMEOUTS).rollback(),
        "rival": lambda: lab.operations(Identity(RIVAL, "other"), values={"tag": "rival"}).deploy(),
        "upgrade by hand": lambda: by_hand(lab, "upgrade", "web", chart, "--set=tag=hand"),
        "rollback by hand": lambda: by_hand(lab, "rollback", "web"),
        "uninstall by hand": lambda: by_hand(lab, "uninstall", "web"),
        "uninstall that keeps the history": lambda: by_hand(lab, "uninstall", "web", "--keep-history"),
        "upgrade of an operator": lambda: by_hand(
            lab, "upgrade", "web", chart, "--rollback-on-failure", f"--timeout={WITHIN}s"
        ),
        "newest record deleted": lambda: by_kubectl(lab, "delete", "secret", newest_record(lab)),
        LEASE_DELETED: lambda: by_kubectl(lab, "delete", "lease", "helm-rollback.web"),
        "Lease annotated": lambda: by_kubectl(lab, "annotate", "lease", "helm-rollback.web", "a=b"),
        "object deleted": lambda: by_kubectl(lab, "delete", "deployment", "web"),
        "object annotated": lambda: by_kubectl(lab, "annotate", "deployment", "web", "a=b", "--overwrite"),
        "image set": lambda: by_kubectl(
            lab, "set", "image", "deployment/web", "main=registry.example/web:edit"
        ),
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
    status = lab.upgrade(values=wanted, adopt=LEASE_DELETED in dict(drawn))
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
def test_after_sixty_races_the_next_update_finds_all_in_order(lab: Laboratory, number: int) -> None:
    race(lab, f"{SEED}-{number}")
