"""Locks whose holders are gone, and those whose holders are not."""

from __future__ import annotations

import os

import pytest

from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lock_holder
from helm_rollback_component.kube.claims.claims import DURATION, Claims
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.manual_clock import ManualClock

MINE = Owner("acme", "shop", "prod", "urn:web")
PATH = paths.leases("apps", "helm-rollback.web")
ALIVE = lock_holder.identified(os.getpid())
DEAD = " ".join([*ALIVE.split()[:2], "999999999", "1"])


class Bench:
    """A claimed release, and how its lock is freed."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.cluster = FakeCluster()
        self.claims = Claims(self.cluster, "apps", "web", clock=self.clock)
        self.said: list[str] = []
        with self.claims.hold(MINE, "one", timeout=0):
            pass

    def lock(self, process: str = "", *, holder: str = "ci-7/4711/x", helm: str = "") -> None:
        """Have that process hold the lock, and that Helm be noted."""

        def change(found: dict[str, dict[str, object]]) -> None:
            found["spec"].update(holderIdentity=holder, leaseDurationSeconds=DURATION, renewTime="0")
            notes = {"helm-rollback/process": process, "helm-rollback/helm": f"{helm}/60" if helm else ""}
            found["metadata"]["annotations"].update(notes)  # type: ignore[attr-defined]  # a dictionary

        self.cluster.edit(PATH, change)

    def renew_after(self, seconds: float) -> None:
        """Have the lock be renewed once so much time has passed."""
        until = self.clock.now() + seconds

        def before(verb: str, _: str) -> None:
            if verb == "get" and self.clock.now() >= until:
                self.cluster.before = lambda *_: None
                self.cluster.edit(PATH, lambda found: found["spec"].update(renewTime="1"))

        self.cluster.before = before

    def free(self, *, force: bool = False, stop: bool = False) -> str:
        """Free the lock."""
        return self.claims.free_abandoned(self.said.append, force=force, stop=lambda: stop)

    def holder(self) -> str:
        """Return who has the lock."""
        found = self.claims.read()
        assert found is not None
        return found.holder

    def refused(self, *, stop: bool = False) -> OperationError:
        """Return why the lock is not freed."""
        with pytest.raises(OperationError) as caught:
            self.free(stop=stop)
        assert self.holder()
        return caught.value


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_release_that_nobody_claimed_has_no_lock() -> None:
    claims = Claims(FakeCluster(), "apps", "web", clock=ManualClock())
    assert claims.free_abandoned(lambda _: None, force=True, stop=lambda: False) == ""


def test_a_free_lock_stays_free(bench: Bench) -> None:
    assert (bench.free(), bench.said) == ("", [])


def test_the_lock_of_a_dead_process_is_freed_at_once(bench: Bench) -> None:
    bench.lock(DEAD)
    assert bench.free().startswith("process 4711 on ci-7 (since ")
    assert (bench.holder(), bench.clock.slept, bench.said) == ("", [], [])
    found = bench.claims.read()
    assert found is not None
    assert (found.owner, found.incarnation) == (MINE, "one")


def test_that_of_a_living_one_is_not(bench: Bench) -> None:
    bench.lock(ALIVE)
    refused = bench.refused()
    assert (refused.reason, refused.release) == ("Locked", "apps/web")
    assert "which still runs" in refused.message


def test_that_of_another_machine_is_freed_when_it_was_not_renewed_while_it_lasts(bench: Bench) -> None:
    bench.lock()
    assert bench.free()
    assert sum(bench.clock.slept) == DURATION
    (said,) = bench.said
    assert said.startswith("watching for 20 s whether process 4711 on ci-7 (since an unknown time) renews ")


def test_that_of_another_machine_is_kept_as_soon_as_it_is_renewed(bench: Bench) -> None:
    bench.lock()
    bench.renew_after(7)
    assert "which has just renewed it" in bench.refused().message
    assert sum(bench.clock.slept) < DURATION / 2


def test_what_is_watched_can_be_interrupted(bench: Bench) -> None:
    bench.lock()
    assert bench.refused(stop=True).reason == "Interrupted"


def test_helm_that_outlives_its_holder_is_at_work(bench: Bench) -> None:
    bench.lock(DEAD, helm=ALIVE)
    assert "locked by Helm (process" in bench.refused().message


def test_helm_that_outlives_the_freed_lock_is_at_work(bench: Bench) -> None:
    bench.lock(holder="", helm=ALIVE)
    with pytest.raises(OperationError, match="locked by Helm"):
        bench.free()


@pytest.mark.parametrize(
    ("process", "helm"),
    [(ALIVE, ""), (ALIVE, ALIVE), ("", ""), (DEAD, ALIVE)],
    ids=["it", "both", "unknown", "helm"],
)
def test_by_force_it_is_freed_whoever_works(bench: Bench, process: str, helm: str) -> None:
    bench.lock(process, helm=helm)
    assert bench.free(force=True)
    found = bench.claims.read()
    assert found is not None
    assert (found.holder, found.helm, bench.clock.slept) == ("", "", [])


def test_where_it_is_changed_meanwhile_it_is_looked_at_again(bench: Bench) -> None:
    bench.lock(DEAD)

    def before(verb: str, _: str) -> None:
        if verb == "replace":
            bench.cluster.before = lambda *_: None
            bench.lock(ALIVE)

    bench.cluster.before = before
    assert bench.refused().reason == "Locked"


def test_without_the_right_to_it_is_not_freed(bench: Bench) -> None:
    bench.lock(DEAD)

    def before(verb: str, _: str) -> None:
        if verb == "replace":
            raise failure("Forbidden")

    bench.cluster.before = before
    assert bench.refused().reason == "Forbidden"
