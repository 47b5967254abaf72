"""What Helm could not mark, and did not tell, is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import History, Status
from helm_rollback_component.core.remediation.steps import Rollback, Upgrade, Verify
from helm_rollback_component.reconcile.repairs import observe_and_repair
from tests.support.histories import desired, failure, history, ledger, record, situation
from tests.unit.core.remediation.simulation import Fate, Records, Release

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.remediation.steps import Action

BEGUN = situation(desired(), history("superseded", "deployed"), ledger())


def repaired(action: Action, found: History, failed: Failure | None = None) -> list[tuple[int, str]]:
    """Return each revision's number and status after the repair."""
    release = Release(history=found)
    after = observe_and_repair(Records(release, lambda: (Fate.GOOD, True)), action, BEGUN, failed)
    assert after == release.history
    return [(each.revision, each.status.value) for each in after]


def test_what_is_as_it_should_be_stays() -> None:
    found = history("superseded", "superseded", "deployed")
    assert repaired(Upgrade(), found)[1:] == [(2, "superseded"), (3, "deployed")]


def test_a_revision_that_works_and_is_pending_is_marked_deployed() -> None:
    found = history("superseded", "superseded", "pending-rollback")
    assert repaired(Rollback(1, "x"), found)[1:] == [(2, "superseded"), (3, "deployed")]


def test_an_upgrade_that_works_although_helm_has_not_seen_it_is_marked_deployed() -> None:
    found = history("superseded", "deployed", "failed")
    assert repaired(Upgrade(), found)[1:] == [(2, "superseded"), (3, "deployed")]


def test_a_rollback_that_is_marked_failed_is_not() -> None:
    found = history("superseded", "deployed", "failed")
    assert repaired(Rollback(1, "x"), found)[2] == (3, "failed")


def test_an_upgrade_that_failed_and_is_pending_is_marked_failed() -> None:
    found = history("superseded", "deployed", "pending-upgrade")
    assert repaired(Upgrade(), found, failure())[2] == (3, "failed")


def test_a_rollback_that_failed_stays_pending_for_what_follows_from_that() -> None:
    found = history("superseded", "deployed", "pending-rollback")
    assert repaired(Rollback(1, "x"), found, failure())[2] == (3, "pending-rollback")


def test_what_another_client_is_doing_is_not_touched() -> None:
    foreign = record(3, "pending-upgrade", chart="other-9.0.0")
    found = History((*BEGUN.history, foreign))
    assert repaired(Upgrade(), found, failure())[2] == (3, "pending-upgrade")


def test_one_of_another_time_is_not() -> None:
    assert repaired(Verify(2), history("superseded", "pending-upgrade"))[1] == (2, "pending-upgrade")


def test_no_other_stays_deployed() -> None:
    found = history("superseded", "deployed", "deployed")
    assert repaired(Upgrade(), found)[1:] == [(2, "superseded"), (3, "deployed")]


def test_a_failed_one_does_not_supersede() -> None:
    found = history("superseded", "deployed", "failed")
    assert repaired(Upgrade(), found, failure())[1:] == [(2, "deployed"), (3, "failed")]


def test_what_a_failed_rollback_took_from_the_deployed_one_is_given_back() -> None:
    found = history("superseded", "superseded", "failed")
    assert record(2).status is Status.DEPLOYED
    assert repaired(Rollback(1, "x"), found, failure())[1:] == [(2, "deployed"), (3, "failed")]
