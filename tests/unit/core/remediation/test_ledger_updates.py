"""What is written down before an action and after it; whose content a revision holds, and for which spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.health.evidence import Evidence
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Look, Request, Verdict
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.ledger_updates import (
    MAX_NOTED,
    Lineage,
    attempt_for,
    entry_for,
    ledger_after,
    of_judged_again,
    of_rollback,
)
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.evidence import Noted
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.ledger import Attempt, Ledger
    from helm_rollback_component.core.remediation.steps import Action

FOUND = history("superseded", "failed", "deployed")
LACKS: Noted = tuple((f"Widget.example.com/apps/{each}", 1) for each in range(20))


class TestUnreadyObjects:
    after = history("superseded", "deployed")
    evidence = Evidence(serving=1, before=LACKS, left=LACKS)

    def now(self, failed: Failure | None = None, evidence: Evidence = evidence) -> Ledger:
        seen = situation(desired(), history("deployed"), ledger(entry(1)))
        return ledger_after(Upgrade(), seen, self.after, failed, evidence)

    def test_of_a_good_revision_some_are_noted(self) -> None:
        assert self.now().entries[-1].unready == LACKS[:MAX_NOTED]

    def test_of_a_bad_revision_none_is(self) -> None:
        assert self.now(failure()).entries[-1].unready == ()

    def test_those_of_what_was_to_be_replaced_are_noted_whatever_comes_of_it(self) -> None:
        assert self.now(failure()).last_look == Look(revision=1, unready=LACKS[:MAX_NOTED])

    def test_a_later_look_that_found_none_replaces_an_earlier_one(self) -> None:
        seen = situation(desired(), history("deployed"), self.now())
        assert ledger_after(Upgrade(), seen, self.after, None, Evidence(serving=1)).last_look is None

    def test_without_a_look_what_is_known_stays(self) -> None:
        seen = situation(desired(), history("deployed"), self.now())
        assert ledger_after(Upgrade(), seen, self.after, None).last_look == self.now().last_look

    def test_what_could_not_be_seen_is_not_verified(self) -> None:
        told = self.now(evidence=Evidence(unseen="it is Forbidden"))
        (_, newest) = self.after
        assert targets.standing(newest, told) is Verdict.GOOD
        assert not targets.verified(newest, told)

    def test_they_go_with_the_revision(self) -> None:
        assert self.now().keep([1]).last_look is not None
        assert self.now().keep([2]).last_look is None


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
    begun = attempt(3, spec="spec-before")
    seen = situation(desired("spec-declared-since"), FOUND, ledger(attempt=begun))
    assert of_judged_again(record(3), seen) == Lineage(3, "spec-before")


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


class TestWhoAskedByHand:
    asked = Request(by="alice", why="too slow")
    back = Rollback(1, "OperatorRequest", request=asked)
    seen = situation(desired(), history("superseded", "deployed"), ledger(entry(1), entry(2)))
    after = history("superseded", "superseded", "deployed")

    def test_is_written_down_before_the_rollback(self) -> None:
        begun = attempt_for(self.back, self.seen)
        assert begun is not None
        assert (begun.revision, begun.target, begun.request) == (3, 1, self.asked)

    @pytest.mark.parametrize("action", [back, Accept(3, back, "")])
    def test_stays_with_the_revision(self, action: Action) -> None:
        found = entry_for(action, self.seen, self.after, None)
        assert found is not None
        assert found.request == self.asked

    def test_stays_where_it_is_judged_again(self) -> None:
        judged = entry(3).model_copy(update={"request": self.asked})
        seen = situation(desired(), self.after, ledger(judged, attempt=attempt(4)))
        found = entry_for(Verify(3), seen, self.after, None)
        assert found is not None
        assert found.request == self.asked

    @pytest.mark.parametrize(("begun", "kept"), [(3, asked), (2, None)])
    def test_is_found_where_the_process_died(self, begun: int, kept: Request | None) -> None:
        seen = situation(desired(), self.after, ledger(attempt=attempt(begun, request=self.asked)))
        found = entry_for(Verify(3), seen, self.after, None)
        assert found is not None
        assert found.request == kept
