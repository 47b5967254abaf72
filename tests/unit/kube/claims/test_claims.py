"""Claims: taken, held, lost, given up; with faults that no control plane makes on demand."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from helm_rollback_component.core.records.digests import comparable
from helm_rollback_component.core.records.ledger import Attempt, Ledger
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec, lock_holder
from helm_rollback_component.kube.claims.claims import DURATION, Claim, Claims, Held
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.manual_clock import HastyClock, ManualClock
from tests.support.waiting import HANG_LIMIT, await_that

MINE = Owner("acme", "shop", "prod", "urn:web")
THEIRS = Owner("acme", "shop", "dev", "urn:web")
PATH = paths.leases("apps", "helm-rollback.web")
LEDGER = Ledger(attempt=Attempt(action="upgrade", revision=2, desired_digest="x"))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def claims(cluster: FakeCluster, clock: ManualClock) -> Claims:
    return Claims(cluster, "apps", "web", clock=clock)


@pytest.fixture
def held(claims: Claims) -> Iterator[Held]:
    with claims.hold(MINE, "one", timeout=0) as held:
        yield held


def claim_of(claims: Claims) -> Claim:
    found = claims.read()
    assert found is not None
    return found


def stolen(cluster: FakeCluster) -> None:
    """Have another take the lock over."""
    cluster.edit(PATH, lambda found: found["spec"].update(holderIdentity="other/1/x"))


def crashed(cluster: FakeCluster) -> None:
    """Have a lock of another machine's process be there."""
    cluster.edit(PATH, lambda found: found["metadata"]["annotations"].update({"helm-rollback/process": ""}))
    stolen(cluster)


def once(cluster: FakeCluster, verb: str, act: Callable[[], object]) -> None:
    """Act before the next request of that verb."""

    def before(asked: str, _: str) -> None:
        if asked == verb:
            cluster.before = lambda *_: None
            act()

    cluster.before = before


def fail(cluster: FakeCluster, verb: str, reason: str, path: str = "") -> None:
    """Refuse every request of that verb."""

    def before(asked: str, where: str) -> None:
        if asked == verb and path in where:
            raise failure(reason, temporary=True)

    cluster.before = before


class TestTaking:
    def test_a_release_that_nobody_claims(self, cluster: FakeCluster, claims: Claims) -> None:
        assert claims.read() is None
        with claims.hold(MINE, "one", timeout=0) as held:
            assert [verb for verb, _ in cluster.asked if verb != "get"] == ["create"]
            assert (held.incarnation, held.ledger, held.damaged) == ("one", Ledger(), False)
            assert claim_of(claims).holder
        claim = claim_of(claims)
        assert (claim.owner, claim.incarnation, claim.holder) == (MINE, "one", "")

    def test_the_ledger_outlives_the_lock(self, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            held.write(LEDGER)
            assert held.ledger == LEDGER
        with claims.hold(MINE, "one", timeout=0) as held:
            assert held.ledger == LEDGER

    def test_ledger_and_lock_are_concluded_in_one_request(self, cluster: FakeCluster, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            before = len(cluster.asked)
            held.conclude(LEDGER)
            claim = claim_of(claims)
        assert (claim.owner, claim.ledger, claim.holder) == (MINE, LEDGER, "")
        assert held.ledger == LEDGER
        assert [verb for verb, _ in cluster.asked[before:]] == ["replace", "get"]

    def test_a_lost_lock_concludes_nothing(self, cluster: FakeCluster, claims: Claims, held: Held) -> None:
        stolen(cluster)
        with pytest.raises(OperationError, match="took over"):
            held.conclude(LEDGER)
        assert claim_of(claims).ledger == Ledger()

    def test_owner_and_incarnation_are_rewritten(self, claims: Claims) -> None:
        renamed = Owner("acme", "shop", "prod", "urn:new")
        for owner, incarnation in ((MINE, "one"), (renamed, "one"), (renamed, "two")):
            with claims.hold(owner, incarnation, timeout=0):
                pass
            claim = claim_of(claims)
            assert (claim.owner, claim.incarnation) == (owner, incarnation)

    def test_another_owner_is_refused_before_anything_is_written(
        self, cluster: FakeCluster, claims: Claims
    ) -> None:
        with claims.hold(MINE, "one", timeout=0):
            pass
        before = claim_of(claims)
        with pytest.raises(ValidationError) as caught, claims.hold(THEIRS, "two", timeout=60):
            pass
        assert (caught.value.reason, caught.value.release) == ("ClaimedByAnother", "apps/web")
        assert claim_of(claims) == before
        assert cluster.asked

    def test_adopting_takes_over_owner_and_ledger(self, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            held.write(LEDGER)
        with claims.hold(THEIRS, "two", timeout=0, adopt=True) as held:
            assert held.ledger == LEDGER
        assert claim_of(claims).owner == THEIRS

    def test_a_strict_hold_wants_its_very_incarnation(self, claims: Claims) -> None:
        for reason in ("ClaimMissing", "AnotherIncarnation"):
            with pytest.raises(ValidationError) as caught, claims.hold(MINE, "0", timeout=0, strict=True):
                pass
            assert caught.value.reason == reason
            with claims.hold(MINE, "one", timeout=0):
                pass
        with claims.hold(MINE, "one", timeout=0, strict=True):
            pass

    def test_a_damaged_ledger_is_told_and_replaced(self, cluster: FakeCluster, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0):
            pass
        note = {"helm-rollback/ledger": "{"}
        cluster.edit(PATH, lambda found: found["metadata"]["annotations"].update(note))
        with claims.hold(MINE, "one", timeout=0) as held:
            assert held.damaged
            assert held.ledger == Ledger()
            held.write(LEDGER)
            assert not held.damaged

    def test_an_error_in_the_block_frees_the_lock(self, claims: Claims) -> None:
        with pytest.raises(KeyError), claims.hold(MINE, "one", timeout=0):
            raise KeyError
        assert claim_of(claims).holder == ""


class TestRaces:
    def test_of_two_creators_one_waits(
        self, cluster: FakeCluster, claims: Claims, clock: ManualClock
    ) -> None:
        told: list[str] = []
        with ExitStack() as stack:
            once(cluster, "create", lambda: stack.enter_context(claims.hold(MINE, "one", timeout=0)))
            with pytest.raises(OperationError) as caught:
                stack.enter_context(claims.hold(MINE, "one", timeout=3, on_wait=told.append))
        assert (caught.value.reason, caught.value.release) == ("Locked", "apps/web")
        assert caught.value.temporary
        assert len(told) == 1
        assert "working on this release" in told[0]
        assert clock.slept == [0.5] * 6

    def test_of_two_takers_one_waits(self, cluster: FakeCluster, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0):
            pass
        with ExitStack() as stack:
            once(cluster, "replace", lambda: stack.enter_context(claims.hold(MINE, "one", timeout=0)))
            with pytest.raises(OperationError, match="is locked by"):
                stack.enter_context(claims.hold(MINE, "one", timeout=3))

    def test_a_lock_whose_taking_was_not_answered_is_ours(
        self, cluster: FakeCluster, claims: Claims, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        create = cluster.create

        def unanswered(path: str, body: dict[str, object]) -> dict[str, object]:
            create(path, body)
            raise failure("AlreadyExists")

        monkeypatch.setattr(cluster, "create", unanswered)
        with claims.hold(MINE, "one", timeout=0) as held:
            held.write(LEDGER)

    def test_a_refused_creation_is_an_error(self, cluster: FakeCluster, claims: Claims) -> None:
        fail(cluster, "create", "NamespaceMissing")
        with pytest.raises(OperationError) as caught, claims.hold(MINE, "one", timeout=60):
            pass
        assert (caught.value.reason, caught.value.release) == ("NamespaceMissing", "apps/web")

    def test_threads_of_one_process_take_turns(self, cluster: FakeCluster) -> None:
        inside: list[int] = []
        most = []

        def work(number: int) -> None:
            claims = Claims(cluster, "apps", "web", clock=HastyClock())
            with claims.hold(MINE, "one", timeout=HANG_LIMIT) as held:
                inside.append(number)
                most.append(len(inside))
                held.write(held.ledger)
                inside.remove(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most == [1] * 8

    def test_a_crashed_holder_is_waited_out(
        self, cluster: FakeCluster, claims: Claims, clock: ManualClock
    ) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            held.write(LEDGER)
            crashed(cluster)
        told: list[str] = []
        with claims.hold(MINE, "one", timeout=60, on_wait=told.append) as held:
            assert sum(clock.slept) == DURATION
            assert held.ledger == LEDGER
        (words,) = told
        assert "waiting for process 1 on other" in words

    def test_a_holder_that_died_here_is_not_waited_for(
        self, claims: Claims, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with claims.hold(MINE, "one", timeout=0):
            monkeypatch.setattr(lock_holder, "provably_dead", bool)
            with claims.hold(MINE, "one", timeout=0):
                pass


class TestHolding:
    def test_the_lock_is_renewed(self, cluster: FakeCluster, claims: Claims, clock: ManualClock) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            for _ in range(3):
                cluster.asked.clear()
                clock.end_wait(DURATION / 3)
                await_that(lambda: [verb for verb, _ in cluster.asked] == ["replace", "try"], "a renewal")
            held.write(LEDGER)
        assert claim_of(claims).ledger == LEDGER

    def test_a_failing_renewal_is_tried_again_every_second(
        self, cluster: FakeCluster, claims: Claims, clock: ManualClock
    ) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            fail(cluster, "replace", "Unreachable")
            for passed in (DURATION / 3, 1, 1):
                cluster.asked.clear()
                clock.end_wait(passed)
                await_that(lambda: [verb for verb, _ in cluster.asked] == ["replace"], "an attempt")
            cluster.before = lambda *_: None
            held.write(LEDGER)
            assert not held.lost.requested

    def test_what_others_note_on_the_lease_is_no_loss(self, cluster: FakeCluster, held: Held) -> None:
        cluster.edit(PATH, lambda found: found["metadata"]["annotations"].update(theirs="note"))
        held.write(LEDGER)
        found = cluster.get(PATH)
        assert found is not None
        assert found["metadata"]["annotations"]["theirs"] == "note"

    def test_a_lost_lock_writes_nothing(self, cluster: FakeCluster, claims: Claims, held: Held) -> None:
        stolen(cluster)
        for _ in range(2):
            with pytest.raises(OperationError) as caught:
                held.write(LEDGER)
            assert (caught.value.reason, caught.value.release) == ("LockLost", "apps/web")
        assert held.lost.requested
        held.release()
        claim = claim_of(claims)
        assert (claim.holder, claim.ledger) == ("other/1/x", Ledger())

    def test_a_deleted_lease_is_a_lost_lock(self, cluster: FakeCluster, held: Held) -> None:
        cluster.delete(PATH)
        with pytest.raises(OperationError) as caught:
            held.write(LEDGER)
        assert caught.value.reason == "LockLost"
        assert cluster.paths() == []

    def test_a_loss_is_noticed_without_writing(
        self, cluster: FakeCluster, claims: Claims, clock: ManualClock
    ) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            stolen(cluster)
            clock.end_wait(DURATION / 3)
            await_that(lambda: held.lost.requested, "the loss to be noticed")

    def test_a_server_out_of_reach_is_no_loss(self, cluster: FakeCluster, held: Held) -> None:
        fail(cluster, "replace", "Unreachable")
        with pytest.raises(OperationError) as caught:
            held.write(LEDGER)
        assert (caught.value.reason, caught.value.temporary) == ("Unreachable", True)
        cluster.before = lambda *_: None
        held.write(LEDGER)

    def test_a_lease_that_never_stands_still_is_a_conflict(self, cluster: FakeCluster, held: Held) -> None:
        fail(cluster, "replace", "Conflict")
        with pytest.raises(OperationError, match="changes too often") as caught:
            held.write(LEDGER)
        assert caught.value.reason == "Conflict"
        cluster.before = lambda *_: None

    def test_a_lock_that_cannot_be_freed_only_warns(
        self, cluster: FakeCluster, claims: Claims, caplog: pytest.LogCaptureFixture
    ) -> None:
        with claims.hold(MINE, "one", timeout=0):
            fail(cluster, "replace", "Unreachable")
        assert "apps/web was not freed and expires in 20 s" in caplog.text

    def test_a_renewal_that_comes_too_late_does_nothing(self, cluster: FakeCluster, held: Held) -> None:
        held.release()
        cluster.asked.clear()
        assert held._renew()  # noqa: SLF001
        assert cluster.asked == []


class TestNamespaceThatEnds:
    @pytest.fixture(params=["NamespaceTerminating", "NamespaceMissing"])
    def reason(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_it_is_noticed_at_the_next_renewal(
        self, cluster: FakeCluster, claims: Claims, clock: ManualClock, reason: str
    ) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            fail(cluster, "try", reason)
            clock.end_wait(DURATION / 3)
            await_that(lambda: held.lost.requested, "the end to be noticed")
            with pytest.raises(OperationError) as caught:
                held.write(LEDGER)
        assert (caught.value.reason, caught.value.release) == (reason, "apps/web")
        assert claim_of(claims).holder == ""

    def test_a_lease_that_went_with_it_is_no_other_process(
        self, cluster: FakeCluster, held: Held, reason: str
    ) -> None:
        cluster.delete(PATH)
        fail(cluster, "try", reason)
        with pytest.raises(OperationError) as caught:
            held.write(LEDGER)
        assert caught.value.reason == reason
        held.release()
        assert cluster.paths() == []

    def test_nothing_goes_on_in_it(self, cluster: FakeCluster, held: Held, reason: str) -> None:
        held.require_namespace()
        fail(cluster, "try", reason)
        with pytest.raises(OperationError) as caught:
            held.require_namespace()
        assert (caught.value.reason, caught.value.release) == (reason, "apps/web")
        assert held.lost.requested

    def test_where_the_server_cannot_tell_it_counts_as_there(self, cluster: FakeCluster, held: Held) -> None:
        fail(cluster, "try", "Unreachable")
        held.require_namespace()
        assert not held.lost.requested


class TestGivingUp:
    def test_lease_and_key_go(self, cluster: FakeCluster, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            claims.digester()
            assert len(cluster.paths()) == 2
            held.release_claim()
        assert cluster.paths() == []

    def test_a_lost_one_stays(self, cluster: FakeCluster, claims: Claims, held: Held) -> None:
        claims.digester()
        stolen(cluster)
        with pytest.raises(OperationError) as caught:
            held.release_claim()
        assert caught.value.reason == "LockLost"
        assert len(cluster.paths()) == 2

    def test_one_that_is_noted_on_meanwhile_goes(
        self, cluster: FakeCluster, claims: Claims, held: Held
    ) -> None:
        def note() -> None:
            cluster.edit(PATH, lambda found: found["metadata"]["annotations"].update(theirs="note"))

        once(cluster, "delete", note)
        held.release_claim()
        assert claims.read() is None

    def test_what_fails_can_be_done_again(self, cluster: FakeCluster, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            fail(cluster, "delete", "Unreachable")
            with pytest.raises(OperationError):
                held.release_claim()
            cluster.before = lambda *_: None
        assert claim_of(claims).holder == ""
        with claims.hold(MINE, "one", timeout=0, strict=True) as held:
            held.release_claim()
        assert claims.read() is None


class TestDigester:
    def test_one_key_for_all(self, cluster: FakeCluster) -> None:
        one, other = (Claims(cluster, "apps", "web").digester() for _ in range(2))
        assert one.of({"a": 1}) == other.of({"a": 1})

    def test_a_look_makes_no_key(self, cluster: FakeCluster, claims: Claims) -> None:
        assert not comparable(claims.digester(create=False).of(1), claims.digester(create=False).of(1))
        assert cluster.paths() == []
        made = claims.digester()
        assert claims.digester(create=False).of(1) == made.of(1)

    def test_a_lost_key_makes_older_digests_incomparable(self, cluster: FakeCluster, claims: Claims) -> None:
        before = claims.digester().of(1)
        cluster.delete(paths.secrets("apps", lease_codec.name("web")))
        assert not comparable(before, claims.digester().of(1))


class TestHelmAtWork:
    def test_it_is_noted_until_it_has_ended(self, claims: Claims, held: Held) -> None:
        held.note_helm(os.getpid(), 960)
        assert claim_of(claims).helm == lock_holder.identified(os.getpid())
        assert held.left_alone == 960
        held.write(LEDGER)
        assert claim_of(claims).helm
        held.note_end_of_helm()
        held.conclude(LEDGER)
        assert (claim_of(claims).helm, claim_of(claims).holder) == ("", "")

    def test_its_end_is_noted_too_where_the_namespace_is_to_go(
        self, cluster: FakeCluster, claims: Claims
    ) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            held.note_helm(os.getpid(), 960)
            held.note_end_of_helm()
            fail(cluster, "try", "NamespaceTerminating")
            with pytest.raises(OperationError):
                held.require_namespace()
        assert (claim_of(claims).helm, claim_of(claims).holder) == ("", "")

    def test_it_is_waited_for_though_the_lock_is_free(self, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            held.note_helm(os.getpid(), 960)
        said: list[str] = []
        with (
            pytest.raises(OperationError) as caught,
            claims.hold(MINE, "one", timeout=5, on_wait=said.append),
        ):
            pass
        assert caught.value.reason == "Locked"
        assert said == [f"waiting for {claim_of(claims).helm_words}"]

    def test_what_has_ended_is_left_alone_for_no_time(self, cluster: FakeCluster, claims: Claims) -> None:
        with claims.hold(MINE, "one", timeout=0) as held:
            held.note_helm(os.getpid(), 960)
        here = claim_of(claims).helm.split()
        dead = {"helm-rollback/helm": f"{here[0]} {here[1]} {here[2]} 1/960"}
        cluster.edit(PATH, lambda found: found["metadata"]["annotations"].update(dead))
        with claims.hold(MINE, "one", timeout=0) as again:
            assert again.left_alone == 0


def test_a_wait_for_the_lock_can_be_interrupted(claims: Claims, cluster: FakeCluster, held: Held) -> None:
    assert held.incarnation == "one"
    crashed(cluster)
    with pytest.raises(OperationError) as caught, claims.hold(MINE, "one", timeout=60, stop=lambda: True):
        pass
    assert caught.value.reason == "Interrupted"
    assert "nothing was changed" in caught.value.message
