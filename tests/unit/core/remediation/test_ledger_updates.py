"""What is written down before an action and after it; whose content a revision holds, and for which spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation.ledger_updates import (
    Lineage,
    attempt_for,
    entry_for,
    ledger_after,
    of_judged_again,
    of_rollback,
)
from helm_rollback_component.core.remediation.steps import (
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.ledger import Attempt
    from helm_rollback_component.core.remediation.steps import Action

FOUND = history("superseded", "failed", "deployed")


def test_a_rollback_serves_the_spec_of_its_target() -> None:
    seen = situation(desired(), FOUND, ledger(entry(1, spec="spec-1")))
    assert of_rollback(FOUND.get(1), seen, requested=False) == Lineage(1, "spec-1")


def test_a_rollback_to_a_rollback_holds_the_content_of_the_first() -> None:
    known = ledger(entry(1, spec="spec-1"), entry(3, spec="spec-1", origin=1))
    assert of_rollback(FOUND.get(3), situation(desired(), FOUND, known), requested=True) == Lineage(
        1, "spec-1"
    )


def test_a_version_based_request_serves_what_is_declared() -> None:
    seen = situation(desired(strategy="version-based"), FOUND, ledger(entry(1)))
    assert of_rollback(FOUND.get(1), seen, requested=True) == Lineage(1, "spec-new")


@pytest.mark.parametrize("target", [None, record(1)])
def test_what_is_not_known_of_a_target_is_not_made_up(target: Record | None) -> None:
    seen = situation(desired(), FOUND, ledger())
    assert of_rollback(target, seen, requested=False).desired_digest == ""


def test_a_verdict_given_once_more_keeps_the_spec() -> None:
    seen = situation(desired(), FOUND, ledger(entry(3, "unknown", spec="spec-3"), attempt=attempt(3)))
    assert of_judged_again(record(3), seen) == Lineage(3, "spec-3")


def test_an_interrupted_upgrade_serves_what_it_was_begun_for() -> None:
    seen = situation(desired(), FOUND, ledger(attempt=attempt(3)))
    assert of_judged_again(record(3), seen) == Lineage(3, "spec-new")


def test_an_interrupted_rollback_serves_the_spec_of_its_target() -> None:
    restored = record(3, description="Rollback to 1")
    found = History((record(1, "superseded"), record(2, "failed"), restored))
    known = ledger(
        entry(1, spec="spec-1"), attempt=attempt(3, action="rollback", target=1, reason="HookFailed")
    )
    assert of_judged_again(restored, situation(desired(), found, known)) == Lineage(1, "spec-1")


@pytest.mark.parametrize("last", [None, attempt(4, action="rollback", target=1)])
def test_a_revision_that_was_not_begun_here_serves_no_known_spec(last: Attempt | None) -> None:
    seen = situation(desired(), FOUND, ledger(attempt=last))
    assert of_judged_again(record(3), seen) == Lineage(3, "")


class TestAttempt:
    SEEN = situation(desired(retry_trigger="again"), FOUND, ledger())

    @pytest.mark.parametrize(
        ("action", "begun"),
        [
            (Install(), attempt(4, action="install", retry_trigger="again")),
            (Upgrade(), attempt(4, action="upgrade", retry_trigger="again")),
            (
                Rollback(1, "HookFailed"),
                attempt(4, action="rollback", retry_trigger="again", target=1, reason="HookFailed"),
            ),
            (
                Uninstall("HookFailed"),
                attempt(0, action="uninstall", retry_trigger="again", reason="HookFailed"),
            ),
        ],
    )
    def test_what_is_begun_is_told_with_the_number_that_it_will_bear(
        self, action: Action, begun: Attempt
    ) -> None:
        assert attempt_for(action, self.SEEN) == begun

    @pytest.mark.parametrize("action", [Unlock(3), Verify(3)])
    def test_what_makes_no_revision_is_not_told(self, action: Action) -> None:
        assert attempt_for(action, self.SEEN) is None


class TestEntry:
    SEEN = situation(desired(), FOUND, ledger(entry(1, spec="spec-1"), entry(3, spec="spec-3")))
    AFTER = history("superseded", "failed", "superseded", "deployed")

    @pytest.mark.parametrize("action", [Install(), Upgrade()])
    def test_a_deployment_is_its_own_and_serves_what_is_declared(self, action: Action) -> None:
        assert entry_for(action, self.SEEN, self.AFTER, None) == entry(4, spec="spec-new")

    def test_a_rollback_is_its_targets(self) -> None:
        found = entry_for(Rollback(1, "x"), self.SEEN, self.AFTER, None)
        assert found == entry(4, spec="spec-1", origin=1)

    def test_a_revision_that_is_judged_anew_keeps_its_spec(self) -> None:
        assert entry_for(Verify(3), self.SEEN, FOUND, None) == entry(3, spec="spec-3")

    def test_a_failure_makes_it_bad_and_is_named(self) -> None:
        found = entry_for(Upgrade(), self.SEEN, self.AFTER, failure("HookFailed"))
        assert found is not None
        assert (found.verdict, found.reason) == (Verdict.BAD, "HookFailed")

    @pytest.mark.parametrize("action", [Upgrade(), Rollback(1, "x"), Verify(4), Unlock(3), Uninstall("x")])
    def test_without_a_record_there_is_no_verdict(self, action: Action) -> None:
        assert entry_for(action, self.SEEN, FOUND, failure()) is None
        assert ledger_after(action, self.SEEN, FOUND, failure()) == self.SEEN.ledger


class TestLedgerAfter:
    SEEN = situation(desired(), FOUND, ledger(entry(1), entry(2, "bad"), attempt=attempt(4)))

    def test_a_verdict_joins_those_before(self) -> None:
        after = history("superseded", "failed", "superseded", "deployed")
        found = ledger_after(Upgrade(), self.SEEN, after, None)
        assert found == ledger(entry(1), entry(2, "bad"), entry(4, spec="spec-new"), attempt=attempt(4))

    def test_nothing_is_known_of_what_was_uninstalled(self) -> None:
        assert ledger_after(Uninstall("x"), self.SEEN, History(), None) == ledger(attempt=attempt(4))
