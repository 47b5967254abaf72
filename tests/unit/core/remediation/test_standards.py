"""Which good revisions a revision is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.ledger import Look
from helm_rollback_component.core.remediation.standards import Known, Reference, known
from helm_rollback_component.core.remediation.steps import Install, Rollback, Upgrade, Verify
from tests.support.histories import desired, entry, history, ledger, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.health.evidence import Noted
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Entry
    from helm_rollback_component.core.remediation.steps import Action

ONE: Noted = (("Widget.example.com/apps/own", 1),)
TWO: Noted = (("Widget.example.com/apps/own", 2),)
FAILED = history("superseded", "deployed", "failed")
ROLLED_BACK = history("superseded", "failed", "deployed")


def lacking(revision: int, noted: Noted, verdict: str = "good", origin: int = 0) -> Entry:
    found = entry(revision, verdict, origin=origin or revision)
    return found.model_copy(update={"unready": noted})


def before(action: Action, found: History, *entries: Entry, look: Look | None = None) -> Known:
    told = ledger(*entries).model_copy(update={"last_look": look})
    return known(action, situation(desired(), found, told))


def test_a_first_deployment_is_compared_with_nothing() -> None:
    assert before(Install(), history()) == Known()


def test_what_runs_is_looked_at_and_what_it_lacked_once_is_no_excuse() -> None:
    found = before(Upgrade(), history("superseded", "deployed"), lacking(2, ONE))
    assert found == Known((Reference(2, live=True),))


def test_a_release_of_another_client_counts_by_helms_word() -> None:
    assert before(Upgrade(), history("deployed")) == Known((Reference(1, live=True),))


def test_after_a_failure_that_was_left_what_it_was_to_replace_counts_as_it_was_then() -> None:
    entries = (lacking(2, ONE), lacking(3, TWO, "bad"))
    found = before(Upgrade(), FAILED, *entries, look=Look(revision=2, unready=TWO))
    assert found == Known((Reference(2, noted=ONE + TWO),), condemned=True, tried=(3,))


def test_a_look_at_another_revision_tells_nothing_of_this_one() -> None:
    found = before(Upgrade(), FAILED, lacking(2, ONE), entry(3, "bad"), look=Look(revision=1, unready=TWO))
    assert found.references == (Reference(2, noted=ONE),)


def test_a_rollback_is_held_to_what_its_target_left_when_it_was_good_or_was_replaced() -> None:
    found = before(Rollback(2, "x"), FAILED, entry(2), entry(3, "bad"), look=Look(revision=2, unready=ONE))
    assert found == Known((Reference(2, noted=ONE),), condemned=True)


def test_a_rollback_to_an_older_one_is_compared_with_the_newest_good_one_as_well() -> None:
    found = before(Rollback(1, "x"), FAILED, lacking(1, ONE), lacking(2, TWO), entry(3, "bad"))
    assert found.references == (Reference(1, noted=ONE), Reference(2, noted=TWO))


def test_a_requested_rollback_of_a_good_revision_condemns_nothing() -> None:
    found = before(Rollback(1, "ManualRequest", requested=True), history("superseded", "deployed"))
    assert found == Known((Reference(1), Reference(2, live=True)))


def test_a_revision_that_is_judged_again_is_compared_with_what_ran_before_not_with_itself() -> None:
    found = before(Verify(2), history("superseded", "deployed"), lacking(1, ONE))
    assert found == Known((Reference(1, noted=ONE),))


def test_a_rollback_that_is_judged_again_is_compared_with_what_it_restored() -> None:
    entries = (lacking(1, ONE), entry(2, "bad"), entry(3, "unknown", origin=1))
    assert before(Verify(3), ROLLED_BACK, *entries).references == (Reference(1, noted=ONE),)


@pytest.mark.parametrize("action", [Rollback(1, "x"), Verify(1), Verify(4)])
def test_what_was_found_bad_or_is_not_there_is_compared_with_nothing(action: Action) -> None:
    assert before(action, history("failed"), lacking(1, ONE, "bad")).references == ()


@pytest.mark.parametrize(("first", "condemned"), [("good", False), ("bad", True)])
def test_content_that_was_good_once_is_not_condemned_because_it_could_not_be_restored(
    first: str, *, condemned: bool
) -> None:
    entries = (entry(1, first), entry(2, "bad"), entry(3, "bad", origin=1))
    assert (
        before(Rollback(1, "x"), history("superseded", "failed", "failed"), *entries).condemned is condemned
    )
