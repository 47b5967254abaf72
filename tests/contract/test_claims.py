"""Claims on a real API server, by processes that live and die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from helm_rollback_component.core.records.digests import comparable
from helm_rollback_component.core.records.ledger import Attempt, Entry, Ledger, Verdict
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.kube.claims.claims import Claims
from tests.support import control_plane
from tests.support.control_plane import Place
from tests.support.waiting import HANG_LIMIT, await_that
from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

MINE = Owner("acme", "shop", "prod", "urn:pulumi:prod::shop::web")
THEIRS = Owner("acme", "shop", "dev", "urn:pulumi:dev::shop::web")
LEDGER = Ledger(attempt=Attempt(action="upgrade", revision=2, desired_digest="x"))

HOLDER = """
import sys, time
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.kube.api.client import Cluster

cluster = Cluster.connect(open(sys.argv[1]).read())
owner = Owner("acme", "shop", "prod", "urn:pulumi:prod::shop::web")
with Claims(cluster, sys.argv[2], "web", duration=int(sys.argv[3])).hold(owner, "one", timeout=60) as held:
    held.write(held.ledger)
    print("held", flush=True)
    if sys.stdin.read() == "until it is lost":
        lost = threading.Event()
        held.lost.on_request(lost.set)
        lost.wait()
print("over", flush=True)
"""


@pytest.fixture
def place(ground: Ground) -> Iterator[Place]:
    with control_plane.place(ground) as place:
        yield place


@pytest.fixture
def claims(place: Place) -> Claims:
    return Claims(place.cluster, place.namespace, "web")


@contextmanager
def another_process(place: Place, folder: Path, duration: int = 20) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the release."""
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(place.kubeconfig)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(kubeconfig), place.namespace, str(duration)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def renewed(claims: Claims) -> datetime:
    """Return when the lock was last renewed."""
    claim = claims.read()
    assert claim is not None
    return datetime.fromisoformat(claim.renewed)


def forget_the_process(place: Place) -> None:
    """Make the holder look like one of another machine."""
    path = paths.leases(place.namespace, lease_codec.name("web"))
    note = {"metadata": {"annotations": {"helm-rollback/process": "another machine's"}}}
    place.cluster.patch(path, note, content_type="application/merge-patch+json")


def test_a_claim_through_its_life(place: Place, claims: Claims) -> None:
    assert claims.read() is None
    with claims.hold(MINE, "one", timeout=0) as held:
        digester = claims.digester()
        held.write(LEDGER)
        claim = claims.read()
        assert claim is not None
        assert (claim.owner, claim.incarnation, claim.ledger) == (MINE, "one", LEDGER)
        assert f"/{os.getpid()}/" in claim.holder
    free = claims.read()
    assert free is not None
    assert (free.owner, free.ledger, free.holder) == (MINE, LEDGER, "")
    with claims.hold(MINE, "one", timeout=0, strict=True) as held:
        assert held.ledger == LEDGER
        assert claims.digester().of(1) == digester.of(1)
        held.release_claim()
    assert claims.read() is None
    assert place.cluster.get(paths.secrets(place.namespace, lease_codec.name("web"))) is None
    assert not comparable(claims.digester(create=False).of(1), digester.of(1))


def test_another_stack_is_refused(claims: Claims) -> None:
    with claims.hold(MINE, "one", timeout=0):
        pass
    with pytest.raises(ValidationError, match=r"acme/shop/prod.*acme/shop/dev.*aliases.*adopt"):
        claims.hold(THEIRS, "two", timeout=0).__enter__()
    with claims.hold(THEIRS, "two", timeout=0, adopt=True):
        pass


def test_the_lock_is_renewed_while_it_is_held(place: Place) -> None:
    claims = Claims(place.cluster, place.namespace, "web", duration=3)
    with claims.hold(MINE, "one", timeout=0) as held:
        first = renewed(claims)
        await_that(lambda: renewed(claims) > first + timedelta(seconds=3), "renewals for a whole duration")
        with pytest.raises(OperationError) as caught, claims.hold(MINE, "one", timeout=0):
            pass
        assert caught.value.reason == "Locked"
        held.write(LEDGER)


def test_a_live_process_is_waited_for(place: Place, claims: Claims, tmp_path: Path) -> None:
    told: list[str] = []
    with another_process(place, tmp_path) as process:
        with pytest.raises(OperationError, match=f"process {process.pid} on") as caught:
            claims.hold(MINE, "one", timeout=0.5, on_wait=told.append).__enter__()
        assert caught.value.reason == "Locked"
        assert len(told) == 1
        assert process.stdin
        process.stdin.close()
        with claims.hold(MINE, "one", timeout=HANG_LIMIT):
            pass


def test_a_process_that_was_killed_here_is_not_waited_for(
    place: Place, claims: Claims, tmp_path: Path
) -> None:
    with another_process(place, tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with claims.hold(MINE, "one", timeout=0):
            pass


def test_a_process_that_was_killed_elsewhere_is_waited_out(
    place: Place, claims: Claims, tmp_path: Path
) -> None:
    with another_process(place, tmp_path, duration=4) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        forget_the_process(place)
        began = time.monotonic()
        with claims.hold(MINE, "one", timeout=HANG_LIMIT):
            assert time.monotonic() - began >= 4


def test_a_process_that_slept_too_long_has_lost_the_lock(
    place: Place, claims: Claims, tmp_path: Path
) -> None:
    with another_process(place, tmp_path, duration=3) as process:
        process.send_signal(signal.SIGSTOP)
        with claims.hold(MINE, "one", timeout=HANG_LIMIT) as held:
            held.write(LEDGER)
            process.send_signal(signal.SIGCONT)
            assert process.stdin
            process.stdin.write("until it is lost")
            process.stdin.close()
            process.wait()
            assert not held.lost.requested
            held.write(LEDGER)
    claim = claims.read()
    assert claim is not None
    assert claim.ledger == LEDGER


def test_many_threads_take_turns(place: Place) -> None:
    inside: list[int] = []

    def work(number: int) -> int:
        with Claims(place.cluster, place.namespace, "web").hold(MINE, "one", timeout=HANG_LIMIT) as held:
            inside.append(number)
            most = len(inside)
            held.write(held.ledger)
            inside.remove(number)
            return most

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(work, range(8))) == {1}


def test_of_many_first_ones_all_get_the_same_key(place: Place) -> None:
    def digest(_: int) -> str:
        return Claims(place.cluster, place.namespace, "web").digester().of(1)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(digest, range(8)))) == 1


def test_the_ledger_of_a_thousand_revisions_is_stored(claims: Claims) -> None:
    entries = tuple(
        Entry(
            revision=number,
            record_digest="v1:01234567:" + "d" * 64,
            desired_digest="v1:01234567:" + "e" * 64,
            origin=number,
            verdict=Verdict.GOOD if number == 7 else Verdict.BAD,
            reason="ProgressDeadlineExceeded",
        )
        for number in range(1, 1001)
    )
    with claims.hold(MINE, "one", timeout=0) as held:
        held.write(Ledger(entries=entries))
        kept = held.ledger.entries
    assert kept[0].revision == 7
    assert kept[-1].revision == 1000
    assert len(kept) > 500
    claim = claims.read()
    assert claim is not None
    assert claim.ledger.entries == kept


def test_a_missing_namespace_is_told(place: Place) -> None:
    claims = Claims(place.cluster, f"{place.namespace}-not", "web")
    with pytest.raises(OperationError, match="manage_namespace") as caught:
        claims.hold(MINE, "one", timeout=10).__enter__()
    assert caught.value.reason == "NamespaceMissing"


def test_the_documented_permissions_are_enough(place: Place) -> None:
    user = place.as_user(
        [
            {
                "apiGroups": ["coordination.k8s.io"],
                "resources": ["leases"],
                "verbs": ["get", "create", "update", "delete"],
            },
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "delete"]},
        ]
    )
    claims = Claims(user, place.namespace, "web")
    with claims.hold(MINE, "one", timeout=0) as held:
        claims.digester()
        held.write(LEDGER)
        held.release_claim()
    assert claims.read() is None
