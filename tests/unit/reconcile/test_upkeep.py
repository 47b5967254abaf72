"""What an operator does without deploying anything, on a cluster in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.ledger import Attempt, Conclusion, Entry, Ledger, Verdict
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.errors import HelmRollbackError, OperationError, ValidationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.kube.storage.storage import ReleaseStorage
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import LockStatus, Phase
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.helm_records import release, secret

if TYPE_CHECKING:
    from collections.abc import Callable

OWNER = Owner("acme", "shop", "prod", "urn:web")
LEASE = paths.leases("apps", lease_codec.name("web"))
SECRETS = paths.secrets("apps")
BOOT = "another-boot pid:[1] 7 1"


class Bench:
    """A release in a cluster in memory, and what can be done to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cluster = FakeCluster()
        self.said: list[str] = []
        monkeypatch.setattr(Cluster, "connect", lambda *_: self.cluster)

    def operations(self, **rollback: object) -> HelmOperations:
        """Return what can be done."""
        inputs: dict[str, Any] = {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "."},
            "kubeconfig": "apiVersion: v1\nkind: Config\n",
            "operations": {"rollback": rollback},
        }
        return HelmOperations(HelmConfig.parse(inputs), progress=self.said.append)

    def store(self, *statuses: str, **changes: Any) -> None:
        """Store revisions, from 1, each with Helm's status."""
        for revision, status in enumerate(statuses, 1):
            record = secret(release(revision, status, name="web", namespace="apps", **changes), "web")
            record["metadata"]["creationTimestamp"] = datetime.now(UTC).isoformat()
            self.cluster.create(SECRETS, record)

    def claim(self, *good: int, attempt: Attempt | None = None, conclusion: Conclusion | None = None) -> None:
        """Claim the release for a stack, with revisions that are known to be good."""
        entries = tuple(
            Entry(revision=each, record_digest="", desired_digest="", origin=each, verdict=Verdict.GOOD)
            for each in good
        )
        with Claims(self.cluster, "apps", "web").hold(OWNER, "one", timeout=0) as held:
            held.write(Ledger(entries=entries, attempt=attempt, conclusion=conclusion))

    def lock(self, holder: str, process: str = "", helm: str = "") -> None:
        """Have a process hold the lock."""

        def change(found: dict[str, Any]) -> None:
            found["spec"] = {"holderIdentity": holder, "acquireTime": "then", "renewTime": "now"}
            notes = {"helm-rollback/process": process, "helm-rollback/helm": helm}
            found["metadata"]["annotations"].update(notes)

        self.cluster.edit(LEASE, change)

    def revisions(self) -> list[int]:
        """Return the numbers of the stored revisions."""
        return [each.revision for each in self.operations().get_release_history()]

    def statuses(self) -> list[str]:
        """Return Helm's words, oldest first."""
        return [each.status for each in self.operations().get_release_history()]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def refused(bench: Bench, **options: Any) -> HelmRollbackError:
    with pytest.raises(OperationError) as caught:
        bench.operations().unlock(**options)
    return caught.value


class TestArgumentsOfAnotherKind:
    @pytest.mark.parametrize(
        ("ask", "parameter"),
        [
            (lambda asked: asked.rollback("2"), "revision"),
            (lambda asked: asked.rollback(2, replacing="3"), "replacing"),
            (lambda asked: asked.rollback(2, why=None, tool=3), "why"),
            (lambda asked: asked.plan_rollback("2"), "revision"),
            (lambda asked: asked.validate_rollback_target(None), "revision"),
            (lambda asked: asked.prune("3"), "keep"),
            (lambda asked: asked.foresee("print"), "tell"),
        ],
        ids=["rollback", "replacing", "why", "plan", "validate", "prune", "foresee"],
    )
    def test_of_a_method(self, bench: Bench, ask: Callable[[Any], Any], parameter: str) -> None:
        with pytest.raises(ValidationError, match=f"^{parameter}: is ") as refused:
            ask(bench.operations())
        assert refused.value.problems[0].path == parameter

    @pytest.mark.parametrize("given", [None, {"release_name": "web"}, HelmConfig])
    def test_of_the_config(self, given: Any) -> None:
        with pytest.raises(ValidationError, match=r"^config: is .*; use HelmConfig\.parse\(inputs\)$"):
            HelmOperations(given)

    @pytest.mark.parametrize("parameter", ["progress", "note", "warn"])
    def test_of_what_is_told(self, parameter: str) -> None:
        config = HelmConfig.parse(
            {"release_name": "web", "release_namespace": "apps", "source": {"chart": "."}}
        )
        wrong: Any = {parameter: "print"}
        with pytest.raises(ValidationError, match=f"^{parameter}: is of type str; use a function"):
            HelmOperations(config, **wrong)


class TestPlan:
    def test_says_what_changes_and_whose_the_release_is(self, bench: Bench) -> None:
        bench.store("superseded", "deployed")
        bench.claim()
        plan = bench.operations().plan_rollback()
        assert (plan.replaced.revision, plan.target.revision, plan.needed) == (2, 1, True)
        assert (plan.added, plan.changed, plan.removed) == ((), (), ())
        assert plan.owner == "stack acme/shop/prod"

    def test_says_how_the_last_run_ended_where_that_is_not_as_declared(self, bench: Bench) -> None:
        bench.store("superseded", "deployed")
        bench.claim(conclusion=Conclusion(phase=Phase.STALLED, reason="RollbackFailed", message="why"))
        assert bench.operations().plan_rollback(1).standing == "Stalled (RollbackFailed): why"
        bench.claim(conclusion=Conclusion(phase=Phase.DEPLOYED, reason="InSync"))
        assert bench.operations().plan_rollback(1).standing == ""

    def test_of_a_release_of_nobody_names_nobody(self, bench: Bench) -> None:
        bench.store("superseded", "deployed")
        assert bench.operations().plan_rollback(1).owner == ""

    def test_says_that_nothing_is_to_be_done(self, bench: Bench) -> None:
        bench.store("superseded", "deployed")
        plan = bench.operations().plan_rollback(2)
        assert (plan.target.revision, plan.needed) == (2, False)

    def test_is_refused_as_the_rollback_would_be(self, bench: Bench) -> None:
        bench.store("failed", "deployed")
        with pytest.raises(ValidationError, match="not known to be good"):
            bench.operations().plan_rollback(1)

    def test_is_refused_where_it_would_cross_a_point_of_no_return(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "deployed")
        with pytest.raises(ValidationError, match="floor"):
            bench.operations(floor=2).plan_rollback(1)

    def test_says_what_is_crossed_where_that_is_allowed(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "deployed")
        plan = bench.operations(floor=2, allow_data_loss=True).plan_rollback(1)
        assert plan.crosses == "would go below revision 2, the oldest that operations.rollback.floor allows"


class TestLockStatus:
    def test_of_a_release_that_nobody_claimed_is_free(self, bench: Bench) -> None:
        bench.store("deployed")
        assert bench.operations().lock_status() == LockStatus()

    def test_names_the_owner_of_a_free_one(self, bench: Bench) -> None:
        bench.store("deployed")
        bench.claim()
        found = bench.operations().lock_status()
        assert (found.free, found.owner) == (True, "stack acme/shop/prod")

    def test_names_holder_and_pending_revision(self, bench: Bench) -> None:
        bench.store("deployed", "pending-upgrade")
        bench.claim()
        bench.lock("ci-7/4711/x")
        found = bench.operations().lock_status()
        assert (found.holder, found.since, found.renewed) == ("process 4711 on ci-7", "then", "now")
        assert found.alive is None
        assert (found.revision, found.status, found.free) == (2, "pending-upgrade", False)
        assert found.began

    def test_without_an_owner_that_can_be_read_names_none(self, bench: Bench) -> None:
        bench.store("deployed")
        bench.claim()
        unreadable = {"helm-rollback/owner": "?"}
        bench.cluster.edit(LEASE, lambda lease: lease["metadata"]["annotations"].update(unreadable))
        assert bench.operations().lock_status().owner == ""


class TestUnlock:
    def test_of_a_free_release_changes_nothing(self, bench: Bench) -> None:
        bench.store("deployed")
        assert bench.operations().unlock().free
        assert bench.said == []
        assert bench.cluster.get(LEASE) is None

    def test_marks_a_revision_failed_that_the_dead_holder_began(self, bench: Bench) -> None:
        bench.store("deployed", "pending-upgrade")
        bench.claim(attempt=Attempt(action="upgrade", revision=2, desired_digest="x"))
        bench.lock("ci-7/4711/x")
        assert bench.operations().unlock(force=True).free
        assert bench.statuses() == ["deployed", "failed"]
        assert bench.said == [
            "the lock of process 4711 on ci-7 (since then) is free",
            "revision 2 was pending-upgrade, and is marked failed",
        ]

    def test_leaves_one_that_another_client_may_be_at(self, bench: Bench) -> None:
        bench.store("deployed", "pending-upgrade")
        error = refused(bench)
        assert (error.reason, error.temporary) == ("OperationInProgress", True)
        assert "counts as dead" in error.remedy
        assert bench.statuses() == ["deployed", "pending-upgrade"]
        assert bench.cluster.get(LEASE) is None

    def test_leaves_one_alone_that_ended_while_the_lock_was_taken(self, bench: Bench) -> None:
        bench.store("deployed", "pending-upgrade")
        claims = Claims(bench.cluster, "apps", "web")
        records = ReleaseStorage(bench.cluster, "apps", "web", claims.digester(create=False))

        def before(verb: str, _: str) -> None:
            if verb == "create":
                bench.cluster.before = lambda *_: None
                records.mark_failed(2, "Upgrade failed")

        bench.cluster.before = before
        bench.operations().unlock(force=True)
        assert bench.statuses() == ["deployed", "failed"]
        assert bench.said == []

    def test_by_force_marks_that_too_and_leaves_no_claim(self, bench: Bench) -> None:
        bench.store("deployed", "pending-upgrade")
        bench.operations().unlock(force=True)
        assert bench.statuses() == ["deployed", "failed"]
        assert [bench.cluster.get(path) for path in (LEASE, f"{SECRETS}/helm-rollback.web")] == [None, None]

    def test_leaves_one_that_helm_of_a_killed_update_may_be_at_elsewhere(self, bench: Bench) -> None:
        bench.store("deployed", "pending-upgrade")
        bench.claim(attempt=Attempt(action="upgrade", revision=2, desired_digest="x"))
        bench.lock("", helm=f"{BOOT}/960")
        assert refused(bench).reason == "OperationInProgress"
        bench.operations().unlock(force=True)
        assert bench.statuses() == ["deployed", "failed"]


class TestPrune:
    def test_deletes_the_oldest_and_what_is_known_of_them(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "superseded", "deployed")
        bench.claim(1, 2, 3, 4)
        gone = bench.operations().prune(2)
        assert [each.revision for each in gone] == [1, 2]
        assert bench.revisions() == [3, 4]
        claim = Claims(bench.cluster, "apps", "web").read()
        assert claim is not None
        assert [each.revision for each in claim.ledger.entries] == [3, 4]
        assert (claim.holder, claim.owner) == ("", OWNER)

    def test_that_is_only_asked_about_changes_nothing(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "deployed")
        assert [each.revision for each in bench.operations().prune(1, dry_run=True)] == [1, 2]
        assert bench.revisions() == [1, 2, 3]
        assert bench.cluster.get(LEASE) is None

    def test_of_a_release_of_nobody_leaves_no_claim(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "deployed")
        assert len(bench.operations().prune(1)) == 2
        assert [bench.cluster.get(path) for path in (LEASE, f"{SECRETS}/helm-rollback.web")] == [None, None]

    def test_keeps_the_good_one_below_a_failure(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "failed")
        assert [each.revision for each in bench.operations().prune(1)] == [1]

    def test_of_fewer_than_are_to_stay_asks_for_no_lock(self, bench: Bench) -> None:
        bench.store("deployed")
        assert bench.operations().prune(5) == ()

    def test_to_none_is_refused(self, bench: Bench) -> None:
        with pytest.raises(ValidationError, match="must be 1 or more"):
            bench.operations().prune(0)

    def test_that_is_refused_on_the_way_keeps_what_is_known_of_the_rest(self, bench: Bench) -> None:
        bench.store("superseded", "superseded", "superseded", "deployed")
        bench.claim(1, 2, 3, 4)

        def before(verb: str, path: str) -> None:
            if verb == "delete" and path.endswith(".v2"):
                raise failure("Forbidden")

        bench.cluster.before = before
        with pytest.raises(OperationError):
            bench.operations().prune(1)
        bench.cluster.before = lambda *_: None
        claim = Claims(bench.cluster, "apps", "web").read()
        assert claim is not None
        assert [each.revision for each in claim.ledger.entries] == [2, 3, 4]


WRITERS = [{"manager": "pulumi-kubernetes", "operation": "Update"}]


def stored_by_kubernetes_provider(bench: Bench) -> None:
    for record in bench.cluster.list(SECRETS):
        bench.cluster.edit(
            f"{SECRETS}/{record['metadata']['name']}",
            lambda found: found["metadata"].update(managedFields=WRITERS),
        )


def test_it_is_told_what_the_kubernetes_provider_deployed_last(bench: Bench) -> None:
    bench.store("superseded", "deployed")
    assert bench.operations().deployed_by_kubernetes_provider() == 0
    stored_by_kubernetes_provider(bench)
    assert bench.operations().deployed_by_kubernetes_provider() == 2


def test_a_release_that_was_moved_away_is_not_deployed_over_unasked(bench: Bench) -> None:
    bench.store("superseded", "deployed")
    bench.claim(1)
    stored_by_kubernetes_provider(bench)
    with pytest.raises(ValidationError) as caught:
        bench.operations().deploy()
    assert caught.value.reason == "ReleaseExists"
    assert bench.statuses() == ["superseded", "deployed"]
