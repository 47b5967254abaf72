"""What an interruption leads to: nothing new in the same run, and another try in the next one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import interruptions, ledger_updates
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Conclude,
    Gone,
    Install,
    Rollback,
    Step,
    Uninstall,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Situation

STOPPED = 'Upgrade "web" failed: context canceled'
DIED = "Interrupted: its client died"
AGAIN = Reason.INTERRUPTED.remedy
INTERRUPTED = failure("Interrupted", remedy=AGAIN)


def failed(description: str) -> History:
    """A good revision, and one that failed in that way."""
    return History((record(1), record(2, "failed", description=description)))


def interrupted(found: Situation) -> Situation:
    return replace(found, interrupted=True)


class TestNames:
    @pytest.mark.parametrize("reason", ["Interrupted", "Cancelled", "HelmCrashed"])
    def test_every_interruption_has_one_reason_and_one_message(self, reason: str) -> None:
        found = interruptions.named(failure(reason))
        assert found is not None
        assert (found.reason, found.remedy) == ("Interrupted", AGAIN)
        assert found.message == f"the update was interrupted: {reason} was seen"
        assert interruptions.named(found) == found

    def test_nothing_else_is_changed(self) -> None:
        assert interruptions.named(None) is None
        assert interruptions.named(failure("ImagePullBackOff")) == failure("ImagePullBackOff")

    def test_whether_it_may_pass_is_kept(self) -> None:
        found = interruptions.named(failure("HelmCrashed", temporary=True))
        assert found is not None
        assert found.temporary


class TestSameRun:
    END = Conclude(Phase.FAILED, "Interrupted", f"the update was interrupted; {AGAIN}")

    @pytest.mark.parametrize(
        ("found", "known"),
        [
            (History(), ledger()),
            (history("deployed"), ledger(entry(1))),
            (history("superseded", "deployed"), ledger(entry(1), attempt=attempt(2))),
        ],
        ids=["install", "upgrade", "verification"],
    )
    def test_nothing_new_is_begun(self, found: History, known: Ledger) -> None:
        begun = situation(desired(), found, known)
        assert isinstance(next_step(begun), Install | Upgrade | Verify)
        assert next_step(interrupted(begun)) == self.END

    def test_a_requested_rollback_is_not_begun(self) -> None:
        wanted = desired(strategy="manual", target_revision=1)
        begun = situation(wanted, history("superseded", "deployed"), ledger(entry(1), entry(2)))
        assert next_step(begun) == Rollback(1, "ManualRequest", requested=True)
        assert next_step(interrupted(begun)) == self.END

    def test_the_last_good_revision_is_restored(self) -> None:
        known = ledger(entry(1), entry(2, "unknown"), attempt=attempt(2))
        begun = situation(desired(), failed(STOPPED), known, (Upgrade(), INTERRUPTED))
        assert next_step(interrupted(begun)) == Rollback(1, "Interrupted")

    @pytest.mark.parametrize("rollback", [{"strategy": "manual"}, {"enabled": False}])
    def test_it_is_left_where_no_rollback_is_wanted(self, rollback: dict[str, str]) -> None:
        begun = situation(
            desired(**rollback), failed(STOPPED), ledger(attempt=attempt(2)), (Upgrade(), INTERRUPTED)
        )
        assert ended(next_step(interrupted(begun))) == (Phase.FAILED, "Interrupted")

    def test_half_a_first_deployment_is_removed(self) -> None:
        known = ledger(attempt=attempt(1))
        begun = interrupted(situation(desired(), history("failed"), known, (Install(), INTERRUPTED)))
        assert next_step(begun) == Uninstall("Interrupted")
        removed = interrupted(
            situation(desired(), History(), known, (Install(), INTERRUPTED), Uninstall("Interrupted"))
        )
        assert next_step(removed) == Gone("Interrupted", INTERRUPTED.message, AGAIN)

    RESTORED = history("superseded", "failed", "deployed")

    def test_then_the_release_has_failed_so_that_the_next_update_tries_it_again(self) -> None:
        steps = ((Upgrade(), INTERRUPTED), Rollback(1, "Interrupted"))
        known = ledger(
            entry(1), entry(2, "unknown"), entry(3, origin=1), attempt=attempt(3, action="rollback")
        )
        found = next_step(interrupted(situation(desired(retries=2), self.RESTORED, known, *steps)))
        assert found == Conclude(Phase.FAILED, "Interrupted", f"{INTERRUPTED.message}; {AGAIN}")

    def test_what_had_failed_by_itself_is_rolled_back_and_not_retried_now(self) -> None:
        steps = ((Upgrade(), failure("CrashLoopBackOff")), Rollback(1, "CrashLoopBackOff"))
        known = ledger(entry(1), entry(2, "bad"), entry(3, origin=1), attempt=attempt(3, action="rollback"))
        begun = situation(desired(retries=2), self.RESTORED, known, *steps)
        assert next_step(begun) == Upgrade("attempt 2")
        assert ended(next_step(interrupted(begun))) == (Phase.ROLLED_BACK, "CrashLoopBackOff")

    def test_what_was_to_be_verified_is_left(self) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        found = history("superseded", "deployed")
        begun = situation(desired(), found, known, (Verify(2), INTERRUPTED))
        assert ended(next_step(begun)) == (Phase.FAILED, "Interrupted")

    @pytest.mark.parametrize("reason", ["Interrupted", "Cancelled", "HelmCrashed"])
    def test_it_is_no_verdict(self, reason: str) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        begun = situation(desired(), history("deployed"), known)
        found = ledger_updates.entry_for(Upgrade(), begun, failed(STOPPED), failure(reason))
        assert found is not None
        assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "Interrupted")


class TestNextRun:
    @pytest.mark.parametrize("description", [STOPPED, DIED])
    def test_an_interrupted_upgrade_is_tried_again(self, description: str) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        assert next_step(situation(desired(), failed(description), known)) == Upgrade()

    def test_so_it_is_after_its_good_end(self) -> None:
        status = RollbackStatus(state=RollbackState.ROLLED_BACK, reason="Interrupted", restored_revision=3)
        back = attempt(3, action="rollback", target=1, reason="Interrupted")
        found = History(
            (record(1, "superseded"), record(2, "failed"), record(3, description="Rollback to 1"))
        )
        entries = (entry(1), entry(2, "unknown"), entry(3, spec="spec-1", origin=1))
        known = ledger(*entries, attempt=back).model_copy(update={"rollback_status": status})
        assert next_step(situation(desired(), found, known)) == Upgrade()
        unjudged = ledger(*entries[:2], attempt=back)
        assert next_step(situation(desired(), found, unjudged)) == Upgrade()

    def test_an_interrupted_rollback_is_made_again_for_the_same_reason(self) -> None:
        back = attempt(3, action="rollback", target=1, reason="CrashLoopBackOff")
        found = History((*failed("x").records, record(3, "failed", description=DIED)))
        known = ledger(entry(1), entry(2, "bad"), attempt=back)
        assert next_step(situation(desired(), found, known)) == Rollback(1, "CrashLoopBackOff")

    @pytest.mark.parametrize("reason", ["Interrupted", "VersionDowngrade"])
    def test_nothing_is_owed_for_one_that_followed_from_no_failure(self, reason: str) -> None:
        back = attempt(3, action="rollback", target=1, reason=reason)
        found = History((*failed("x").records, record(3, "failed", description=DIED)))
        known = ledger(entry(1), entry(2, "bad"), attempt=back)
        assert next_step(situation(desired(), found, known)) == Upgrade()


def ended(step: Step) -> tuple[Phase, str]:
    """Phase and reason of a run's end."""
    assert isinstance(step, Conclude)
    return step.phase, step.reason
