"""What is decided to be done next, situation by situation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.explanation import explain
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Gone,
    Install,
    Refuse,
    Rollback,
    Situation,
    Taken,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Condition, Phase, ReleaseStatus, RollbackState, RollbackStatus
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.ledger import Attempt, Entry, Ledger
    from helm_rollback_component.core.remediation.steps import Action, Desired

GOOD_THEN_FAILED = history("deployed", "failed")
AFTER_FAILED_UPGRADE = ledger(entry(1), entry(2, "bad", spec="spec-new"), attempt=attempt(2))


class TestFromRest:
    def test_nothing_stored_is_installed(self) -> None:
        assert next_step(situation(desired(), History(), ledger())) == Install()

    def test_an_uninstalled_release_is_installed_over_its_history(self) -> None:
        assert next_step(situation(desired(), history("uninstalled"), ledger())) == Install(replace=True)

    @pytest.mark.parametrize(
        ("found", "reason"),
        [(History(), "NoHistory"), (history("superseded", "uninstalled"), "BeforeUninstall")],
    )
    def test_what_is_not_deployed_cannot_be_pinned(self, found: History, reason: str) -> None:
        step = next_step(situation(desired(strategy="manual", target_revision=1), found, ledger()))
        assert isinstance(step, Refuse)
        assert step.reason == reason

    def test_another_spec_is_upgraded_to(self) -> None:
        found = next_step(
            situation(desired(), history("deployed"), ledger(entry(1), attempt=attempt(1, spec="spec-1")))
        )
        assert found == Upgrade()

    def test_the_same_spec_proven_good_is_in_sync(self) -> None:
        known = ledger(entry(1, spec="spec-new"), attempt=attempt(1))
        assert next_step(situation(desired(), history("deployed"), known)) == Conclude(
            Phase.DEPLOYED, "InSync"
        )

    def test_the_same_spec_without_a_verdict_is_verified(self) -> None:
        assert next_step(situation(desired(), history("deployed"), ledger(attempt=attempt(1)))) == Verify(1)

    def test_a_deployment_by_another_hand_is_upgraded_over(self) -> None:
        known = ledger(entry(1, spec="spec-new"), attempt=attempt(1))
        assert next_step(situation(desired(), history("superseded", "deployed"), known)) == Upgrade()

    def test_a_record_that_was_tampered_with_is_upgraded_over(self) -> None:
        known = ledger(entry(1, spec="spec-new", digest="v1:k:other"), attempt=attempt(1))
        assert next_step(situation(desired(), history("deployed"), known)) == Upgrade()


class TestInterrupted:
    @pytest.mark.parametrize("status", ["pending-install", "uninstalling"])
    def test_half_a_first_deployment_is_removed(self, status: str) -> None:
        assert next_step(situation(desired(), history(status), ledger(attempt=attempt(1)))) == Uninstall(
            "Interrupted"
        )

    @pytest.mark.parametrize("status", ["pending-upgrade", "pending-rollback"])
    def test_a_pending_revision_is_unlocked(self, status: str) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        assert next_step(situation(desired(), history("deployed", status), known)) == Unlock(2)

    def test_an_unlock_that_has_no_effect_stalls(self) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        found = next_step(situation(desired(), history("deployed", "pending-upgrade"), known, Unlock(2)))
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.STALLED, "NoProgress")

    def test_a_failed_upgrade_that_was_not_remedied_is_rolled_back(self) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        assert next_step(situation(desired(), GOOD_THEN_FAILED, known)) == Rollback(1, "UpgradeTimeout")

    ROLLED_BACK = History(
        (record(1, "superseded"), record(2, "failed"), record(3, description="Rollback to 1"))
    )
    BACK = attempt(3, action="rollback", target=1, reason="ImagePullBackOff")

    def test_a_rollback_without_a_verdict_is_verified_not_repeated(self) -> None:
        known = ledger(entry(1), entry(2, "bad"), attempt=self.BACK)
        assert next_step(situation(desired(), self.ROLLED_BACK, known)) == Verify(3)
        assert next_step(situation(desired(), self.ROLLED_BACK, known, Verify(3))) == Conclude(
            Phase.ROLLED_BACK,
            "ImagePullBackOff",
            f"the update was interrupted; {Reason.IMAGE_PULL_BACK_OFF.remedy}",
        )

    def test_a_rollback_without_a_verdict_is_upgraded_over_when_the_trigger_changed(self) -> None:
        known = ledger(entry(1), entry(2, "bad"), attempt=self.BACK)
        assert next_step(situation(desired(retry_trigger="again"), self.ROLLED_BACK, known)) == Upgrade()

    @pytest.mark.parametrize(
        "foreign",
        [record(2, chart="api-1.0.0"), record(2, chart="web-9.0.0"), record(2, values="w")],
        ids=["chart", "version", "values"],
    )
    def test_another_hands_revision_under_the_number_that_we_began_is_upgraded_over(
        self, foreign: Record
    ) -> None:
        found = History((record(1, "superseded"), foreign))
        assert next_step(situation(desired(), found, ledger(entry(1), attempt=attempt(2)))) == Upgrade()

    def test_another_hands_revision_under_the_number_of_our_rollback_is_upgraded_over(self) -> None:
        known = ledger(entry(1), entry(2, "bad"), attempt=self.BACK)
        assert (
            next_step(situation(desired(), history("superseded", "failed", "deployed"), known)) == Upgrade()
        )

    def test_a_pinned_release_that_is_pinned_no_more_rolls_forward(self) -> None:
        known = ledger(
            entry(1), entry(2), attempt=attempt(3, action="rollback", target=1, reason="ManualRequest")
        )
        found = history("superseded", "superseded", "deployed")
        assert next_step(situation(desired(), found, known)) == Upgrade()

    def test_another_spec_than_the_interrupted_one_is_upgraded_to(self) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        assert next_step(situation(desired("spec-newer"), GOOD_THEN_FAILED, known)) == Upgrade()

    @pytest.mark.parametrize("rollback", [{"strategy": "manual"}, {"enabled": False}])
    def test_where_no_remediation_is_wanted_the_upgrade_is_tried_again(
        self, rollback: dict[str, Any]
    ) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        assert next_step(situation(desired(**rollback), GOOD_THEN_FAILED, known)) == Upgrade()

    def test_without_a_good_revision_the_upgrade_is_tried_again(self) -> None:
        known = ledger(entry(1, "bad"), attempt=attempt(2))
        found = History((record(1, "superseded"), record(2, "failed")))
        assert next_step(situation(desired(), found, known)) == Upgrade()

    def test_an_upgrade_that_failed_in_the_end_is_tried_again(self) -> None:
        known = ledger(entry(1), entry(2, "bad"), attempt=attempt(2))
        assert next_step(situation(desired(), GOOD_THEN_FAILED, known)) == Upgrade()

    BEGUN = attempt(3, action="rollback", target=1, reason="ImagePullBackOff")

    @pytest.mark.parametrize("entries", [(entry(1),), (entry(1), entry(2, "bad"))], ids=["unjudged", "bad"])
    def test_a_rollback_that_was_begun_and_not_made_is_made(self, entries: tuple[Entry, ...]) -> None:
        known = ledger(*entries, attempt=self.BEGUN)
        assert next_step(situation(desired(), GOOD_THEN_FAILED, known)) == Rollback(1, "ImagePullBackOff")

    @pytest.mark.parametrize(
        ("wanted", "begun"),
        [
            (desired(), BEGUN.model_copy(update={"concluded": True})),
            (desired(retry_trigger="again"), BEGUN),
            (desired("spec-newer"), BEGUN),
            (desired(), attempt(3)),
        ],
        ids=["concluded", "retried", "another spec", "an upgrade"],
    )
    def test_otherwise_the_upgrade_is_tried_again(self, wanted: Desired, begun: Attempt) -> None:
        known = ledger(entry(1), entry(2, "bad"), attempt=begun)
        assert next_step(situation(wanted, GOOD_THEN_FAILED, known)) == Upgrade()

    def test_what_a_rollback_was_begun_for_is_rolled_back_though_helm_calls_it_deployed(self) -> None:
        known = ledger(entry(1), entry(2, "bad", spec="spec-new"), attempt=self.BEGUN)
        found = history("superseded", "deployed")
        assert next_step(situation(desired(), found, known)) == Verify(2)
        after = next_step(situation(desired(), found, known, (Verify(2), failure())))
        assert after == Rollback(1, "ImagePullBackOff")

    def test_a_half_removed_release_is_removed_then_installed(self) -> None:
        steps = (Uninstall("Interrupted"),)
        assert next_step(situation(desired(), History(), ledger(), *steps)) == Install()


class TestVerified:
    FOUND = history("superseded", "superseded", "deployed")

    def test_the_declared_spec_is_in_sync(self) -> None:
        known = ledger(entry(1), attempt=attempt(1))
        found = next_step(situation(desired(), history("deployed"), known, Verify(1)))
        assert found == Conclude(Phase.DEPLOYED, "InSync")

    def test_a_rollback_that_was_not_even_stored_does_not_count(self) -> None:
        known = ledger(
            entry(1),
            entry(2, spec="spec-new"),
            attempt=attempt(3, action="rollback", target=1, reason="ImagePullBackOff"),
        )
        found = next_step(situation(desired(), history("superseded", "deployed"), known, Verify(2)))
        assert found == Conclude(Phase.DEPLOYED, "InSync")

    def test_what_was_restored_is_in_sync_if_it_is_what_is_declared_now(self) -> None:
        known = ledger(
            entry(1),
            entry(2, "bad"),
            entry(3, spec="spec-1", origin=1),
            attempt=attempt(3, action="rollback", target=1, reason="ImagePullBackOff"),
        )
        found = next_step(situation(desired("spec-1"), self.FOUND, known, Verify(3)))
        assert found == Conclude(Phase.DEPLOYED, "InSync")

    def test_a_downgrade_that_was_interrupted_is_what_is_declared(self) -> None:
        known = ledger(
            entry(1),
            entry(2),
            entry(3, origin=1),
            attempt=attempt(3, action="rollback", target=1, reason="VersionDowngrade"),
        )
        found = next_step(situation(desired(strategy="version-based"), self.FOUND, known, Verify(3)))
        assert found == Conclude(Phase.DEPLOYED, "InSync")

    def test_bad_after_all_it_is_rolled_back(self) -> None:
        known = ledger(entry(1), entry(2, "bad", spec="spec-new"), attempt=attempt(2))
        step = (Verify(2), failure("CrashLoopBackOff"))
        found = next_step(situation(desired(), history("superseded", "deployed"), known, step))
        assert found == Rollback(1, "CrashLoopBackOff")

    def test_bad_after_all_its_content_is_not_restored_again(self) -> None:
        known = ledger(
            entry(1),
            entry(2),
            entry(3, "bad", spec="spec-2", origin=2),
            attempt=attempt(3, action="rollback"),
        )
        step = (Verify(3), failure("CrashLoopBackOff"))
        found = next_step(situation(desired("spec-2"), self.FOUND, known, step))
        assert found == Rollback(1, "CrashLoopBackOff")


class TestFirstDeployment:
    def test_a_success_concludes(self) -> None:
        found = next_step(situation(desired(), history("deployed"), ledger(entry(1)), Install()))
        assert found == Conclude(Phase.DEPLOYED, "InstallSucceeded")

    @pytest.mark.parametrize("strategy", ["automatic", "manual", "version-based"])
    def test_a_failure_is_removed_whatever_the_strategy(self, strategy: str) -> None:
        found = next_step(
            situation(
                desired(strategy=strategy),
                history("failed"),
                ledger(attempt=attempt(1)),
                (Install(), failure()),
            )
        )
        assert found == Uninstall("ImagePullBackOff")

    def test_after_the_removal_nothing_is_there(self) -> None:
        found = next_step(
            situation(desired(), History(), ledger(), (Install(), failure()), Uninstall("ImagePullBackOff"))
        )
        assert found == Gone("ImagePullBackOff", "ImagePullBackOff was seen")

    def test_a_failure_before_anything_was_stored_leaves_nothing(self) -> None:
        found = next_step(situation(desired(), History(), ledger(), (Install(), failure("RenderFailed"))))
        assert found == Gone("RenderFailed", "RenderFailed was seen")

    @pytest.mark.parametrize("status", ["pending-install", "deployed"])
    def test_another_clients_release_is_not_removed(self, status: str) -> None:
        found = History((record(1, status, chart="other-1.0.0"),))
        known = ledger(entry(1, "bad"), attempt=attempt(1))
        step = next_step(situation(desired(), found, known, (Install(), failure("ReleaseExists"))))
        assert isinstance(step, Gone)
        assert step.reason == "ReleaseExists"

    def test_a_removal_that_fails_leaves_it_failed(self) -> None:
        found = next_step(
            situation(
                desired(),
                history("failed"),
                ledger(attempt=attempt(1)),
                (Install(), failure()),
                (Uninstall("x"), failure("HookFailed")),
            )
        )
        assert found == Conclude(Phase.FAILED, "HookFailed", "HookFailed was seen")

    def test_a_failure_is_removed_even_after_an_earlier_one_was(self) -> None:
        found = next_step(
            situation(
                desired(),
                history("failed"),
                ledger(attempt=attempt(1)),
                Uninstall("Interrupted"),
                (Install(), failure()),
            )
        )
        assert found == Uninstall("ImagePullBackOff")

    def test_a_failure_before_anything_was_stored_keeps_the_history_of_an_uninstalled_release(self) -> None:
        step = (Install(replace=True), failure("RenderFailed"))
        found = next_step(situation(desired(), history("superseded", "uninstalled"), ledger(), step))
        assert found == Gone("RenderFailed", "RenderFailed was seen")

    def test_a_removal_that_removes_nothing_ends(self) -> None:
        known = ledger(entry(1, "bad"), attempt=attempt(1))
        steps = (Uninstall("x"), Uninstall("x"))
        found = next_step(situation(desired(), history("failed"), known, *steps))
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.STALLED, "NoProgress")

    @pytest.mark.parametrize("found", [history("failed", first=2), History((record(2, "failed"),), (1,))])
    def test_a_failure_is_not_removed_where_what_was_before_cannot_be_seen(self, found: History) -> None:
        known = ledger(entry(2, "bad"), attempt=attempt(2))
        assert next_step(situation(desired("other"), found, known)) == Upgrade()

    def test_a_revision_that_was_seen_to_work_is_not_removed_though_it_is_marked_failed(self) -> None:
        known = ledger(entry(1), attempt=attempt(1))
        assert next_step(situation(desired("other"), history("failed"), known)) == Upgrade()

    def test_a_failure_by_another_hand_is_upgraded_over(self) -> None:
        assert next_step(situation(desired(), history("failed"), ledger())) == Upgrade()

    def test_a_failed_first_deployment_of_ours_is_removed_before_the_next(self) -> None:
        known = ledger(entry(1, "bad"), attempt=attempt(1))
        assert next_step(situation(desired("other"), history("failed"), known)) == Uninstall(
            "FirstDeploymentFailed"
        )


class TestFailedUpgrade:
    def after(self, **rollback: Any) -> object:
        wanted = desired(**rollback)
        return next_step(situation(wanted, GOOD_THEN_FAILED, AFTER_FAILED_UPGRADE, (Upgrade(), failure())))

    def test_automatic_goes_back_to_the_last_good_revision(self) -> None:
        assert self.after() == Rollback(1, "ImagePullBackOff")

    def test_version_based_does_as_automatic(self) -> None:
        assert self.after(strategy="version-based") == Rollback(1, "ImagePullBackOff")

    @pytest.mark.parametrize("rollback", [{"strategy": "manual"}, {"enabled": False}])
    def test_it_is_left_where_no_remediation_is_wanted(self, rollback: dict[str, Any]) -> None:
        assert self.after(**rollback) == Conclude(
            Phase.FAILED, "ImagePullBackOff", "ImagePullBackOff was seen"
        )

    def test_without_a_good_revision_it_stalls(self) -> None:
        found = next_step(
            situation(
                desired(),
                history("failed", "failed"),
                ledger(entry(1, "bad"), entry(2, "bad"), attempt=attempt(2)),
                (Upgrade(), failure()),
            )
        )
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.STALLED, "MissingRollbackTarget")

    def test_nothing_is_rolled_back_where_no_revision_was_stored(self) -> None:
        found = next_step(
            situation(
                desired(),
                history("deployed"),
                ledger(entry(1), attempt=attempt(2)),
                (Upgrade(), failure("Unreachable")),
            )
        )
        assert found == Conclude(Phase.FAILED, "Unreachable", "Unreachable was seen")

    def test_never_to_the_one_before_if_that_is_bad(self) -> None:
        found = next_step(
            situation(
                desired(),
                history("superseded", "superseded", "failed"),
                ledger(entry(1), entry(2, "bad"), entry(3, "bad"), attempt=attempt(3)),
                (Upgrade(), failure()),
            )
        )
        assert found == Rollback(1, "ImagePullBackOff")

    def test_the_wanted_target_is_gone_back_to(self) -> None:
        found = next_step(
            situation(
                desired(target_revision=1),
                history("superseded", "deployed", "failed"),
                ledger(entry(1), entry(2), entry(3, "bad"), attempt=attempt(3)),
                (Upgrade(), failure()),
            )
        )
        assert found == Rollback(1, "ImagePullBackOff")

    def test_a_wanted_target_that_does_not_exist_yet_means_the_last_good(self) -> None:
        assert self.after(target_revision=9) == Rollback(1, "ImagePullBackOff")

    @pytest.mark.parametrize("target", [2, 3], ids=["the failed one", "the next"])
    def test_a_wanted_target_that_turned_out_to_be_the_failure_means_the_last_good(self, target: int) -> None:
        assert self.after(target_revision=target) == Rollback(1, "ImagePullBackOff")

    def test_a_foreign_revision_in_its_place_is_left_alone(self) -> None:
        found = next_step(
            situation(
                desired(),
                history("superseded", "superseded", "deployed"),
                ledger(entry(1), attempt=attempt(2)),
                (Upgrade(), failure()),
            )
        )
        assert found == Conclude(Phase.FAILED, "ImagePullBackOff", "ImagePullBackOff was seen")

    @pytest.mark.parametrize("reason", ["ChartNotFound", "UnknownKind", "Unreachable", "HookFailed"])
    @pytest.mark.parametrize("status", ["failed", "pending-upgrade", "deployed"])
    def test_a_revision_of_ours_that_is_there_is_remedied_whatever_the_words(
        self, status: str, reason: str
    ) -> None:
        known = ledger(entry(1), entry(2, "bad", spec="spec-new"), attempt=attempt(2))
        found = situation(desired(), history("superseded", status), known, (Upgrade(), failure(reason)))
        assert next_step(found) == Rollback(1, reason)

    @pytest.mark.parametrize("status", ["pending-upgrade", "deployed"])
    def test_another_clients_revision_with_our_number_is_left_alone(self, status: str) -> None:
        found = History((record(1, "superseded"), record(2, status, values="other")))
        known = ledger(entry(1), entry(2, "bad"), attempt=attempt(2))
        step = next_step(situation(desired(), found, known, (Upgrade(), failure("OperationInProgress"))))
        assert isinstance(step, Conclude)
        assert (step.phase, step.reason) == (Phase.FAILED, "OperationInProgress")

    def test_what_was_never_released_cannot_be_rolled_back(self) -> None:
        found = next_step(situation(desired(), History(), ledger(attempt=attempt(1)), (Upgrade(), failure())))
        assert found == Conclude(Phase.FAILED, "ImagePullBackOff", "ImagePullBackOff was seen")


class TestWantedTarget:
    """Under automatic, `target_revision` is where to go back to on failure."""

    FOUND = history("superseded", "superseded", "deployed")
    KNOWN = ledger(entry(1), entry(2, "bad"), entry(3), attempt=attempt(3, spec="spec-3"))

    def test_one_that_is_known_to_be_bad_is_refused(self) -> None:
        found = next_step(situation(desired(target_revision=2), self.FOUND, self.KNOWN))
        assert isinstance(found, Refuse)
        assert (found.property, found.reason) == ("operations.rollback.target_revision", "NotGood")

    @pytest.mark.parametrize("target", [1, 3, 4], ids=["good", "the current", "not there yet"])
    def test_any_other_is_fine(self, target: int) -> None:
        assert next_step(situation(desired(target_revision=target), self.FOUND, self.KNOWN)) == Upgrade()

    def test_the_current_is_fine_though_it_is_bad(self) -> None:
        known = ledger(entry(1), entry(2, "bad"), attempt=attempt(2, spec="spec-2"))
        assert next_step(situation(desired(target_revision=2), GOOD_THEN_FAILED, known)) == Upgrade()

    def test_none_is_refused_once_something_was_done(self) -> None:
        found = history("superseded", "superseded", "deployed", "failed")
        known = self.KNOWN.model_copy(update={"attempt": attempt(4)})
        wanted = desired(target_revision=2)
        assert isinstance(next_step(situation(wanted, found, known)), Refuse)
        assert next_step(situation(wanted, found, known, Unlock(4))) == Rollback(3, "UpgradeTimeout")


class TestAfterRollback:
    FOUND = history("superseded", "failed", "deployed")
    KNOWN = ledger(
        entry(1), entry(2, "bad"), entry(3, spec="spec-1", origin=1), attempt=attempt(3, action="rollback")
    )
    STEPS = ((Upgrade(), failure()), Rollback(1, "ImagePullBackOff"))

    def test_the_release_is_rolled_back(self) -> None:
        found = next_step(situation(desired(), self.FOUND, self.KNOWN, *self.STEPS))
        assert found == Conclude(Phase.ROLLED_BACK, "ImagePullBackOff", "ImagePullBackOff was seen")

    def test_retries_upgrade_again(self) -> None:
        found = next_step(situation(desired(retries=1), self.FOUND, self.KNOWN, *self.STEPS))
        assert found == Upgrade("attempt 2")

    def test_retries_end(self) -> None:
        found = next_step(situation(desired(retries=1), self.FOUND, self.KNOWN, *self.STEPS, *self.STEPS))
        assert isinstance(found, Conclude)
        assert found.phase is Phase.ROLLED_BACK

    def test_the_same_spec_is_not_tried_again(self) -> None:
        known = self.remedied()
        found = next_step(situation(desired(), self.FOUND, known))
        assert found == Conclude(Phase.ROLLED_BACK, "ImagePullBackOff", "why")

    @pytest.mark.parametrize("reason", ["Forbidden", "Unauthorized"])
    def test_it_is_where_the_user_had_not_the_rights_for_it(self, reason: str) -> None:
        assert next_step(situation(desired(), self.FOUND, self.remedied(reason))) == Upgrade()

    def test_another_spec_is_tried(self) -> None:
        assert next_step(situation(desired("spec-newer"), self.FOUND, self.remedied())) == Upgrade()

    def test_a_changed_retry_trigger_tries_the_same_again(self) -> None:
        assert next_step(situation(desired(retry_trigger="again"), self.FOUND, self.remedied())) == Upgrade()

    def test_the_restored_spec_is_in_sync(self) -> None:
        found = next_step(situation(desired("spec-1"), self.FOUND, self.remedied()))
        assert found == Conclude(Phase.DEPLOYED, "InSync")

    def remedied(self, reason: str = "ImagePullBackOff") -> Ledger:
        status = RollbackStatus(
            state=RollbackState.ROLLED_BACK, reason=reason, message="why", restored_revision=3
        )
        return self.KNOWN.model_copy(update={"rollback_status": status})


class TestFailedRollback:
    FOUND = history("superseded", "superseded", "failed", "failed")
    KNOWN = ledger(
        entry(1), entry(2), entry(3, "bad"), entry(4, "bad", origin=2), attempt=attempt(4, action="rollback")
    )

    def test_one_that_may_still_pass_when_its_time_is_over_is_not_given_up_for_another(self) -> None:
        step = (Rollback(2, "CrashLoopBackOff"), failure("WebhookUnavailable", temporary=True))
        found = next_step(situation(desired(), self.FOUND, self.KNOWN, (Upgrade(), failure()), step))
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.STALLED, "RollbackFailed")

    def test_after_another_the_next_older_good_revision_is_restored(self) -> None:
        step = (Rollback(2, "CrashLoopBackOff"), failure("Forbidden"))
        found = next_step(situation(desired(), self.FOUND, self.KNOWN, (Upgrade(), failure()), step))
        assert found == Rollback(1, "CrashLoopBackOff")

    def test_a_wanted_target_that_failed_is_not_tried_again(self) -> None:
        step = (Rollback(2, "CrashLoopBackOff"), failure("Forbidden"))
        wanted = desired(target_revision=2)
        found = next_step(situation(wanted, self.FOUND, self.KNOWN, (Upgrade(), failure()), step))
        assert found == Rollback(1, "CrashLoopBackOff")

    def test_a_rollback_to_the_same_content_is_not_tried_instead(self) -> None:
        known = ledger(entry(1), entry(2, origin=1), entry(3, "bad"), attempt=attempt(4, action="rollback"))
        step = (Rollback(2, "CrashLoopBackOff"), failure("Forbidden"))
        found = next_step(situation(desired(), self.FOUND, known, (Upgrade(), failure()), step))
        assert isinstance(found, Conclude)
        assert found.reason == "RollbackFailed"

    def test_a_requested_one_has_no_second_choice(self) -> None:
        step = (Rollback(2, "ManualRequest", requested=True), failure("Forbidden"))
        wanted = desired(strategy="manual", target_revision=2)
        found = next_step(situation(wanted, self.FOUND, self.KNOWN, step))
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.STALLED, "RollbackFailed")

    def test_each_retry_may_roll_back_as_often(self) -> None:
        failed = (Rollback(2, "x"), failure("Forbidden"))
        steps = ((Upgrade(), failure()), failed, Rollback(1, "x"), (Upgrade("attempt 2"), failure()), failed)
        found = next_step(situation(desired(retries=1), self.FOUND, self.KNOWN, *steps))
        assert found == Rollback(1, "x")

    def test_else_it_stalls_and_names_the_way_out(self) -> None:
        steps = (
            (Upgrade(), failure()),
            (Rollback(2, "x"), failure("Forbidden")),
            (Rollback(1, "x"), failure("Forbidden")),
        )
        found = next_step(situation(desired(), self.FOUND, self.KNOWN, *steps))
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.STALLED, "RollbackFailed")
        assert "helm history" in found.message


class TestRestoredInPart:
    FOUND = history("superseded", "deployed", "superseded", "failed")
    KNOWN = ledger(
        entry(1), entry(2), entry(3, "bad"), entry(4, "bad", origin=2), attempt=attempt(4, action="rollback")
    )
    BACK = Rollback(2, "ImagePullBackOff")
    IN_PART = Taken(BACK, failure("ImmutableField"), unrestored=("ConfigMap web", "Secret web"))
    KEPT = Accept(4, BACK, "these could not go back: ConfigMap web, Secret web (ImmutableField was seen)")

    def after(self, *taken: Taken | Action | tuple[Action, Failure], found: History = FOUND) -> object:
        cause = (Upgrade(), failure(remedy="fix it"))
        return next_step(situation(desired(), found, self.KNOWN, cause, *taken))

    def test_what_serves_is_kept(self) -> None:
        assert self.after(self.IN_PART) == self.KEPT

    def test_where_everything_is_restored_the_error_is_told(self) -> None:
        whole = Taken(self.BACK, failure("HookFailed"), unrestored=())
        told = "everything went back, but the rollback ended with an error (HookFailed was seen)"
        assert self.after(whole) == Accept(4, self.BACK, told)

    def test_what_serves_is_kept_too_where_the_failure_may_still_pass(self) -> None:
        step = Taken(self.BACK, failure("Conflict", temporary=True), unrestored=("ConfigMap web",))
        assert isinstance(self.after(step), Accept)

    def test_kept_it_is_rolled_back_and_the_rest_is_told(self) -> None:
        assert self.after(self.IN_PART, self.KEPT) == Conclude(
            Phase.ROLLED_BACK,
            "ImagePullBackOff",
            f"ImagePullBackOff was seen; {self.KEPT.remains}; fix it",
        )

    def test_one_that_does_not_get_ready_is_passed_over(self) -> None:
        marked = history("superseded", "superseded", "superseded", "deployed")
        late = (self.KEPT, failure("ReadinessTimeout"))
        assert self.after(self.IN_PART, late, found=marked) == Rollback(1, "ImagePullBackOff")

    def test_one_whose_record_cannot_be_marked_is_left_for_a_person(self) -> None:
        step = self.after(self.IN_PART, (self.KEPT, failure("Forbidden", remedy="grant it")))
        assert step == Conclude(
            Phase.STALLED,
            "RollbackFailed",
            "the upgrade failed: ImagePullBackOff was seen; "
            "the rollback to revision 2 failed: Forbidden was seen; grant it; "
            f"{Reason.ROLLBACK_FAILED.remedy}",
        )

    def test_a_requested_one_is_deployed_and_the_rest_is_told(self) -> None:
        back = Rollback(1, "ManualRequest", requested=True)
        kept = Accept(3, back, "these could not go back: ConfigMap web")
        wanted = desired(strategy="manual", target_revision=1)
        taken = (Taken(back, failure("ImmutableField"), unrestored=("ConfigMap web",)), kept)
        found = next_step(
            situation(wanted, history("superseded", "superseded", "deployed"), ledger(), *taken)
        )
        assert found == Conclude(Phase.DEPLOYED, "ManualRequest", kept.remains)

    def test_an_older_one_that_is_restored_instead_tells_which_was_passed_over(self) -> None:
        known = self.KNOWN.record(entry(5, origin=1))
        found = history("superseded", "deployed", "superseded", "superseded", "deployed")
        steps = ((Upgrade(), failure()), (self.BACK, failure("Forbidden")), Rollback(1, "ImagePullBackOff"))
        told = next_step(situation(desired(), found, known, *steps))
        assert told == Conclude(
            Phase.ROLLED_BACK,
            "ImagePullBackOff",
            "ImagePullBackOff was seen; revision 2 was passed over: Forbidden was seen",
        )


class TestRollbackThatFails:
    """Its message says what was to be put right, too."""

    UNLUCKY = failure("Forbidden", remedy="grant it")
    FAILED = "the rollback to revision 1 failed: Forbidden was seen; grant it"

    def said(self, back: Rollback, *before: tuple[Upgrade, Failure]) -> str:
        known = ledger(entry(1), entry(2, "bad"), attempt=attempt(3, action="rollback", reason=back.reason))
        found = history("superseded", "failed", "failed")
        step = next_step(situation(desired(), found, known, *before, (back, self.UNLUCKY)))
        assert isinstance(step, Conclude)
        assert (step.phase, step.reason) == (Phase.STALLED, "RollbackFailed")
        return step.message

    def test_it_says_why_the_upgrade_failed(self) -> None:
        said = self.said(Rollback(1, "ImagePullBackOff"), (Upgrade(), failure("ImagePullBackOff")))
        assert said.startswith(f"the upgrade failed: ImagePullBackOff was seen; {self.FAILED}")

    def test_of_one_in_another_run_the_word(self) -> None:
        said = self.said(Rollback(1, "ImagePullBackOff"))
        assert said.startswith(f"the upgrade failed (ImagePullBackOff); {self.FAILED}")

    def test_of_one_that_was_interrupted_that(self) -> None:
        assert self.said(Rollback(1, "Interrupted")).startswith(f"the update was interrupted; {self.FAILED}")

    @pytest.mark.parametrize(
        "back", [Rollback(1, "ManualRequest", requested=True), Rollback(1, "OperatorRequest")]
    )
    def test_where_none_failed_nothing(self, back: Rollback) -> None:
        assert self.said(back).startswith(self.FAILED)


class TestRemedy:
    """A message that a user sees ends with what to do, once."""

    @pytest.mark.parametrize("reason", Reason)
    @pytest.mark.parametrize("rollback", [{}, {"strategy": "manual"}], ids=["rolled back", "failed"])
    def test_the_end_of_a_run_says_what_to_do(self, reason: Reason, rollback: dict[str, Any]) -> None:
        failed = failure(reason, remedy=reason.remedy)
        steps: tuple[Any, ...] = ((Upgrade(), failed),)
        found, known = GOOD_THEN_FAILED, AFTER_FAILED_UPGRADE
        if not rollback:
            steps = (*steps, Rollback(1, reason))
            found, known = TestAfterRollback.FOUND, TestAfterRollback.KNOWN
        step = next_step(situation(desired(**rollback), found, known, *steps))
        assert isinstance(step, Conclude)
        assert step.message.endswith(reason.remedy)
        assert not reason.remedy or step.message.count(reason.remedy) == 1
        assert told(step).count(reason.remedy.lower()) == 1 or not reason.remedy

    @pytest.mark.parametrize("reason", Reason)
    def test_a_release_that_is_stuck_says_what_to_do(self, reason: Reason) -> None:
        step = next_step(
            situation(
                desired(strategy="manual", target_revision=1),
                history("superseded", "deployed"),
                ledger(entry(1), entry(2)),
                (Rollback(1, "ManualRequest", requested=True), failure(reason, remedy=reason.remedy)),
            )
        )
        assert isinstance(step, Conclude)
        assert step.message.endswith(Reason.ROLLBACK_FAILED.remedy)
        assert step.message.count(Reason.ROLLBACK_FAILED.remedy) == 1 + (
            reason.remedy == Reason.ROLLBACK_FAILED.remedy
        )

    @pytest.mark.parametrize("reason", Reason)
    def test_a_deployment_that_is_gone_says_what_to_do(self, reason: Reason) -> None:
        step = next_step(
            situation(desired(), History(), ledger(), (Install(), failure(reason, remedy="fix it")))
        )
        assert step == Gone(reason, f"{reason} was seen", "fix it")


def told(outcome: Conclude) -> str:
    """Return what a failing update shows of the end of a run, in lower case."""
    ready = Condition("Ready", "False", outcome.reason, outcome.message, "")
    status = ReleaseStatus("web", "apps", 3, "1", "1", "deployed", outcome.phase, conditions=(ready,))
    return explain(status).lower()


class TestManual:
    def test_a_pinned_revision_is_restored(self) -> None:
        found = next_step(
            situation(
                desired(strategy="manual", target_revision=1),
                history("superseded", "deployed"),
                ledger(entry(1), entry(2)),
            )
        )
        assert found == Rollback(1, "ManualRequest", requested=True)

    def test_a_pinned_revision_that_is_restored_stays(self) -> None:
        found = next_step(
            situation(
                desired(strategy="manual", target_revision=1),
                history("superseded", "superseded", "deployed"),
                ledger(entry(1), entry(2), entry(3, origin=1)),
            )
        )
        assert found == Conclude(
            Phase.DEPLOYED, "ManualRequest", "the release already has the content of revision 1"
        )

    @pytest.mark.parametrize("known", [(), (entry(3, "bad", origin=1),), (entry(3, "unknown", origin=1),)])
    def test_it_is_held_to_be_good_only_when_it_was_seen_to_be(self, known: tuple[Entry, ...]) -> None:
        found = History((record(1, "superseded"), record(2), record(3, description="Rollback to 1")))
        wanted = desired(strategy="manual", target_revision=1)
        assert next_step(situation(wanted, found, ledger(entry(1), entry(2), *known))) == Verify(3)

    def test_found_good_it_stays(self) -> None:
        wanted, found = desired(strategy="manual", target_revision=1), history("deployed")
        assert next_step(situation(wanted, found, ledger(), Verify(1))) == Conclude(
            Phase.DEPLOYED, "ManualRequest"
        )

    def test_found_bad_it_is_reported_and_left(self) -> None:
        wanted, found = desired(strategy="manual", target_revision=1), history("deployed")
        step = (Verify(1), failure("CrashLoopBackOff"))
        assert next_step(situation(wanted, found, ledger(attempt=attempt(1)), step)) == Conclude(
            Phase.FAILED, "CrashLoopBackOff", "CrashLoopBackOff was seen"
        )

    def test_a_restored_revision_concludes(self) -> None:
        found = next_step(
            situation(
                desired(strategy="manual", target_revision=1),
                history("superseded", "superseded", "deployed"),
                ledger(entry(1), entry(2), entry(3, origin=1)),
                Rollback(1, "ManualRequest", requested=True),
            )
        )
        assert found == Conclude(Phase.DEPLOYED, "ManualRequest")

    def test_without_a_target_it_rolls_forward(self) -> None:
        known = ledger(entry(1), entry(2), entry(3, spec="spec-1", origin=1))
        found = history("superseded", "superseded", "deployed")
        assert next_step(situation(desired(strategy="manual"), found, known)) == Upgrade()

    @pytest.mark.parametrize(
        ("target", "reason"), [(9, "BeyondLatest"), (1, "NotGood")], ids=["beyond the latest", "bad"]
    )
    def test_a_target_that_cannot_be_is_refused(self, target: int, reason: str) -> None:
        found = next_step(
            situation(
                desired(strategy="manual", target_revision=target),
                history("failed", "deployed"),
                ledger(entry(1, "bad"), entry(2)),
            )
        )
        assert isinstance(found, Refuse)
        assert (found.property, found.reason) == ("operations.rollback.target_revision", reason)


class TestVersionBased:
    FOUND = History((record(1, "superseded", chart="web-1.0.0"), record(2, chart="web-1.1.0")))
    KNOWN = ledger(entry(1), entry(2), attempt=attempt(2, spec="spec-2"))

    def test_an_older_version_with_the_same_values_is_restored(self) -> None:
        wanted = desired(chart="web-1.0.0", strategy="version-based")
        assert next_step(situation(wanted, self.FOUND, self.KNOWN)) == Rollback(
            1, "VersionDowngrade", requested=True
        )

    def test_with_other_values_it_is_an_upgrade_to_the_older_chart(self) -> None:
        wanted = desired(chart="web-1.0.0", values="w", strategy="version-based")
        found = next_step(situation(wanted, self.FOUND, self.KNOWN))
        assert isinstance(found, Upgrade)
        assert found.note

    @pytest.mark.parametrize("chart", ["web-1.2.0", "other-1.0.0"])
    def test_a_newer_version_or_another_chart_is_an_upgrade(self, chart: str) -> None:
        wanted = desired(chart=chart, strategy="version-based")
        assert next_step(situation(wanted, self.FOUND, self.KNOWN)) == Upgrade()

    def test_under_automatic_it_is_an_upgrade(self) -> None:
        assert next_step(situation(desired(chart="web-1.0.0"), self.FOUND, self.KNOWN)) == Upgrade()

    def test_switched_off_it_is_an_upgrade(self) -> None:
        wanted = desired(chart="web-1.0.0", strategy="version-based", enabled=False)
        assert next_step(situation(wanted, self.FOUND, self.KNOWN)) == Upgrade()

    def test_with_nothing_deployed_it_is_an_upgrade(self) -> None:
        found = History((record(1, "superseded", chart="web-1.1.0"), record(2, "failed", chart="web-1.1.0")))
        wanted = desired(chart="web-1.0.0", strategy="version-based")
        assert next_step(situation(wanted, found, self.KNOWN)) == Upgrade()

    def test_a_restored_version_is_what_is_declared(self) -> None:
        wanted = desired(chart="web-1.0.0", strategy="version-based")
        step = Rollback(1, "VersionDowngrade", requested=True)
        assert next_step(situation(wanted, self.FOUND, self.KNOWN, step)) == Conclude(
            Phase.DEPLOYED, "VersionDowngrade"
        )


class TestAnotherClient:
    KNOWN = ledger(entry(1), attempt=attempt(1))
    KNOWN_NOTHING = ledger()

    def test_its_operation_is_left_alone_while_it_may_live(self) -> None:
        found = next_step(
            Situation(desired(), history("deployed", "pending-upgrade"), self.KNOWN, (), pending_for=10)
        )
        assert isinstance(found, Conclude)
        assert (found.phase, found.reason) == (Phase.FAILED, "OperationInProgress")

    def test_its_operation_is_taken_for_dead_after_the_patience(self) -> None:
        found = next_step(
            Situation(desired(), history("deployed", "pending-upgrade"), self.KNOWN, (), pending_for=999)
        )
        assert found == Unlock(2)

    def test_its_dead_installation_is_removed(self) -> None:
        found = next_step(Situation(desired(), history("pending-install"), self.KNOWN_NOTHING, (), 999))
        assert found == Uninstall("Interrupted")


def test_an_unreadable_newest_record_stalls() -> None:
    found = next_step(situation(desired(), History((record(1),), unreadable=(2,)), ledger(entry(1))))
    assert isinstance(found, Conclude)
    assert (found.phase, found.reason) == (Phase.STALLED, "RecordUnreadable")


def test_an_older_unreadable_record_is_in_nobodys_way() -> None:
    known = ledger(entry(2, spec="spec-new"), attempt=attempt(2))
    found = next_step(situation(desired(), History((record(2),), unreadable=(1,)), known))
    assert found == Conclude(Phase.DEPLOYED, "InSync")


def test_a_history_that_a_deletion_of_ours_left_is_removed_before_the_release_is_installed() -> None:
    known = ledger(attempt=attempt(0, action="uninstall"))
    assert next_step(situation(desired(), history("uninstalled"), known)) == Uninstall("Interrupted")
    assert next_step(situation(desired(), history("uninstalled"), ledger())) == Install(replace=True)
