"""What a run leaves behind: how it ended, the rollback status, and the conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.health.evidence import Evidence
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Conclusion
from helm_rollback_component.core.remediation.conclude import CONDITION_TYPES, conclude, merge_conditions
from helm_rollback_component.core.remediation.steps import (
    Conclude,
    Install,
    Rollback,
    Situation,
    Taken,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.results import Condition, Phase, RollbackState, RollbackStatus
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.records.ledger import Entry, Ledger

NOW = "2026-02-02T00:00:00Z"
EARLIER = "2026-01-01T00:00:00Z"

DEPLOYED = Conclude(Phase.DEPLOYED, "InSync")
ROLLED_BACK = Conclude(Phase.ROLLED_BACK, "ImagePullBackOff", "why")
FAILED = Conclude(Phase.FAILED, "Unreachable", "no answer")
STALLED = Conclude(Phase.STALLED, "RollbackFailed", "stuck")

UPGRADE_FAILED = (Upgrade(), failure())
BACK = Rollback(1, "ImagePullBackOff")
BACK_FAILED = (BACK, failure("Forbidden"))

RESTORED = history("superseded", "failed", "deployed")
KNOWN = ledger(
    entry(1), entry(2, "bad"), entry(3, origin=1), attempt=attempt(3, action="rollback", target=1, reason="x")
)
AUTOMATIC = RollbackStatus(
    RollbackState.ROLLED_BACK, "automatic", "ImagePullBackOff", "why", 2, 1, 3, attempts=1, at=EARLIER
)
REQUESTED = RollbackStatus(
    RollbackState.ROLLED_BACK, "manual", "ManualRequest", "", 0, 1, 3, attempts=0, at=EARLIER
)


def status_after(found: Situation, outcome: Conclude) -> RollbackStatus:
    return conclude(found, outcome, tested=False, now=NOW).rollback_status


def with_status(known: Ledger, status: RollbackStatus) -> Ledger:
    return known.model_copy(update={"rollback_status": status})


class TestLackingRights:
    told = 'pods is forbidden: User "ci" cannot list resource "pods" in API group "" in the namespace "apps"'

    def observed(self, before: Ledger, *taken: Taken) -> tuple[Ledger, list[Condition]]:
        there = Situation(desired(), history("deployed"), before, taken)
        after = conclude(there, DEPLOYED, tested=False, now=NOW)
        return after, [each for each in after.conditions if each.type == "Observed"]

    def test_are_a_condition_that_names_each_once(self) -> None:
        taken = Taken(Upgrade(), evidence=Evidence(lacking=(self.told,)))
        _, (found,) = self.observed(ledger(entry(1)), taken, taken)
        assert (found.status, found.reason) == ("False", "Forbidden")
        assert found.message.count(self.told) == 1

    def test_are_known_until_a_run_that_looks_lacks_none(self) -> None:
        first, (found,) = self.observed(
            ledger(entry(1)), Taken(Upgrade(), evidence=Evidence(lacking=(self.told,)))
        )
        assert self.observed(first)[1] == [found]
        assert self.observed(first, Taken(Upgrade()))[1] == []


class TestWhatIsNotCounted:
    told = ("Widget own: is not ready (no room)",)
    sentence = "1 object was not ready before either and is not counted: "

    def ready(self, found: Entry, outcome: Conclude, *taken: Taken) -> str:
        there = Situation(desired(), history("deployed"), ledger(found), taken)
        ledger_then = conclude(there, outcome, tested=False, now=NOW)
        return next(each.message for each in ledger_then.conditions if each.type == "Ready")

    @pytest.mark.parametrize(
        ("outcome", "before"), [(DEPLOYED, ""), (ROLLED_BACK, "why; ")], ids=["deployed", "rolled back"]
    )
    def test_is_said(self, outcome: Conclude, before: str) -> None:
        lacking = entry(1).model_copy(update={"unready": (("Widget.example.com/apps/own", 1),)})
        taken = Taken(Upgrade(), evidence=Evidence(told=self.told))
        assert self.ready(lacking, outcome, taken) == f"{before}{self.sentence}{self.told[0]}"

    def test_is_said_as_long_as_it_is_known(self) -> None:
        lacking = entry(1).model_copy(update={"unready": (("Widget.example.com/apps/own", 1),)})
        assert self.ready(lacking, DEPLOYED) == f"{self.sentence}Widget.example.com/apps/own"

    def test_is_not_said_of_a_bad_revision(self) -> None:
        lacking = entry(1, "bad").model_copy(update={"unready": (("Widget.example.com/apps/own", 1),)})
        assert self.ready(lacking, FAILED) == "no answer"

    def test_nor_that_nothing_could_be_seen(self) -> None:
        unseen = entry(1).model_copy(update={"seen": False})
        said = self.ready(unseen, DEPLOYED)
        assert said == "whether its objects are ready could not be seen, so Helm's word counts"


def test_how_a_run_ended_is_kept() -> None:
    found = situation(desired(), history("deployed"), ledger(entry(1)))
    kept = conclude(found, STALLED, tested=False, now=NOW)
    assert kept.conclusion == Conclusion(phase=Phase.STALLED, reason="RollbackFailed", message="stuck")
    assert kept.entries == found.ledger.entries


class TestRollbackStatus:
    def test_of_an_automatic_rollback_everything_is_told(self) -> None:
        found = situation(desired(), RESTORED, KNOWN, UPGRADE_FAILED, BACK)
        assert status_after(found, ROLLED_BACK) == RollbackStatus(
            state=RollbackState.ROLLED_BACK,
            strategy="automatic",
            reason="ImagePullBackOff",
            message="why",
            failed_revision=2,
            target_revision=1,
            restored_revision=3,
            attempts=1,
            at=NOW,
        )

    @pytest.mark.parametrize("reason", ["ManualRequest", "VersionDowngrade"])
    def test_of_a_requested_one_nothing_failed(self, reason: str) -> None:
        step = Rollback(1, reason, requested=True)
        status = status_after(situation(desired(), RESTORED, KNOWN, step), DEPLOYED)
        assert (status.state, status.reason, status.failed_revision, status.attempts) == (
            RollbackState.ROLLED_BACK,
            reason,
            0,
            0,
        )
        assert (status.target_revision, status.restored_revision) == (1, 3)

    def test_an_upgrade_that_helm_calls_deployed_failed_all_the_same(self) -> None:
        found = history("superseded", "superseded", "deployed")
        status = status_after(situation(desired(), found, KNOWN, UPGRADE_FAILED, BACK), ROLLED_BACK)
        assert status.failed_revision == 2

    def test_an_older_failure_is_not_the_one_that_was_rolled_away_from(self) -> None:
        found = history("failed", "superseded", "superseded", "deployed")
        known = ledger(entry(1, "bad"), entry(2), entry(3), entry(4, origin=2))
        step = Rollback(2, "OperatorRequest")
        assert status_after(situation(desired(), found, known, step), ROLLED_BACK).failed_revision == 0

    def test_a_failed_one_restored_nothing(self) -> None:
        found = history("superseded", "failed", "failed")
        known = ledger(entry(1), entry(2, "bad"), entry(3, "bad", origin=1))
        status = status_after(situation(desired(), found, known, UPGRADE_FAILED, BACK_FAILED), STALLED)
        assert (status.state, status.failed_revision, status.target_revision, status.restored_revision) == (
            RollbackState.FAILED,
            2,
            1,
            0,
        )

    def test_a_failed_one_of_which_nothing_was_stored_names_the_upgrade(self) -> None:
        found = situation(
            desired(),
            history("deployed", "failed"),
            ledger(entry(1), entry(2, "bad")),
            UPGRADE_FAILED,
            BACK_FAILED,
        )
        assert status_after(found, STALLED).failed_revision == 2

    def test_the_second_choice_is_the_one_that_is_told(self) -> None:
        found = history("superseded", "superseded", "failed", "failed", "deployed")
        known = ledger(entry(1), entry(2), entry(3, "bad"), entry(4, "bad", origin=2), entry(5, origin=1))
        steps = (UPGRADE_FAILED, (Rollback(2, "x"), failure("Forbidden")), Rollback(1, "x"))
        status = status_after(situation(desired(), found, known, *steps), ROLLED_BACK)
        assert (status.state, status.failed_revision, status.target_revision, status.restored_revision) == (
            RollbackState.ROLLED_BACK,
            3,
            1,
            5,
        )

    def test_one_that_succeeded_when_tried_again_succeeded(self) -> None:
        found = history("superseded", "failed", "failed", "deployed")
        known = ledger(entry(1), entry(2, "bad"), entry(3, "bad", origin=1), entry(4, origin=1))
        steps = (UPGRADE_FAILED, BACK)
        status = status_after(situation(desired(), found, known, *steps), ROLLED_BACK)
        assert (status.state, status.failed_revision, status.restored_revision) == (
            RollbackState.ROLLED_BACK,
            2,
            4,
        )

    def test_a_retry_that_succeeds_leaves_nothing_to_tell(self) -> None:
        found = history("superseded", "failed", "superseded", "deployed")
        steps = (UPGRADE_FAILED, BACK, Upgrade("attempt 2"))
        assert status_after(situation(desired(), found, KNOWN, *steps), DEPLOYED) == RollbackStatus()

    def test_a_retry_that_never_began_leaves_it_rolled_back(self) -> None:
        steps = (UPGRADE_FAILED, BACK, (Upgrade("attempt 2"), failure("Unreachable")))
        status = status_after(situation(desired(retries=1), RESTORED, KNOWN, *steps), FAILED)
        assert (status.state, status.restored_revision, status.attempts) == (RollbackState.ROLLED_BACK, 3, 2)

    @pytest.mark.parametrize("step", [Install(), Upgrade()])
    @pytest.mark.parametrize("before", [AUTOMATIC, REQUESTED])
    def test_a_good_deployment_ends_it(self, step: Install | Upgrade, before: RollbackStatus) -> None:
        found = situation(desired(), history("deployed"), with_status(KNOWN, before), step)
        assert status_after(found, DEPLOYED) == RollbackStatus()

    @pytest.mark.parametrize("outcome", [FAILED, STALLED])
    def test_a_failed_deployment_does_not_end_it(self, outcome: Conclude) -> None:
        found = situation(desired(), RESTORED, with_status(KNOWN, AUTOMATIC), UPGRADE_FAILED)
        assert status_after(found, outcome) == AUTOMATIC

    def test_it_lasts_while_the_same_spec_is_not_tried_again(self) -> None:
        found = situation(desired(), RESTORED, with_status(KNOWN, AUTOMATIC))
        assert status_after(found, ROLLED_BACK) == AUTOMATIC

    def test_what_was_restored_being_declared_ends_it(self) -> None:
        found = situation(desired("spec-1"), RESTORED, with_status(KNOWN, AUTOMATIC))
        assert status_after(found, DEPLOYED) == RollbackStatus()

    def test_a_requested_one_lasts_while_it_is_held(self) -> None:
        found = situation(desired(), RESTORED, with_status(KNOWN, REQUESTED))
        assert status_after(found, DEPLOYED) == REQUESTED


class TestRollbackStatusAfterAnInterruption:
    def interrupted(self, reason: str, *, spec: str = "spec-new") -> Situation:
        known = ledger(
            entry(1),
            entry(2, "bad"),
            entry(3, origin=1),
            attempt=attempt(3, action="rollback", target=1, reason=reason),
        )
        return situation(desired(spec), RESTORED, known, Verify(3))

    def test_an_automatic_rollback_is_told(self) -> None:
        status = status_after(self.interrupted("ImagePullBackOff"), ROLLED_BACK)
        assert (status.state, status.reason) == (RollbackState.ROLLED_BACK, "ImagePullBackOff")
        assert (status.failed_revision, status.target_revision, status.restored_revision) == (2, 1, 3)

    def test_a_requested_one_is_told(self) -> None:
        status = status_after(self.interrupted("ManualRequest"), DEPLOYED)
        assert (status.state, status.reason) == (RollbackState.ROLLED_BACK, "ManualRequest")
        assert (status.failed_revision, status.target_revision, status.restored_revision) == (0, 1, 3)

    def test_an_automatic_one_to_what_is_declared_now_is_none(self) -> None:
        assert status_after(self.interrupted("x", spec="spec-1"), DEPLOYED) == RollbackStatus()

    def test_a_requested_one_that_failed_before_was_carried_out_after_all(self) -> None:
        found = self.interrupted("ManualRequest")
        failed = RollbackStatus(RollbackState.FAILED, "manual", "ManualRequest", target_revision=1)
        known = with_status(found.ledger, failed)
        status = status_after(situation(desired(), RESTORED, known, Verify(3)), DEPLOYED)
        assert (status.state, status.restored_revision) == (RollbackState.ROLLED_BACK, 3)

    def test_a_target_that_is_not_stored_any_more_is_told(self) -> None:
        known = ledger(
            entry(3, origin=1), attempt=attempt(3, action="rollback", target=1, reason="ImagePullBackOff")
        )
        found = History((record(2, "failed"), record(3, description="Rollback to 1")))
        status = status_after(situation(desired(), found, known, Verify(3)), ROLLED_BACK)
        assert (status.failed_revision, status.target_revision, status.restored_revision) == (2, 1, 3)

    @pytest.mark.parametrize(
        "steps", [(), (Unlock(3),), ((Verify(3), failure()),)], ids=["nothing", "an unlock", "a bad verdict"]
    )
    def test_nothing_is_told_of_it_before_it_is_found_good(self, steps: tuple[Verify, ...]) -> None:
        found = situation(desired(), RESTORED, self.interrupted("x").ledger, *steps)
        assert status_after(found, FAILED) == RollbackStatus()

    def test_the_verdict_on_another_revision_is_none_on_it(self) -> None:
        known = ledger(entry(1), entry(2), attempt=attempt(3, action="rollback", target=1, reason="x"))
        found = situation(desired(), history("superseded", "deployed"), known, Verify(2))
        assert status_after(found, DEPLOYED) == RollbackStatus()


class TestConditions:
    def conditions(
        self, found: Situation, outcome: Conclude, *, tested: bool = False
    ) -> dict[str, tuple[str, str]]:
        concluded = conclude(found, outcome, tested=tested, now=NOW)
        return {each.type: (each.status, each.reason) for each in concluded.conditions}

    def test_after_a_good_install(self) -> None:
        found = situation(desired(), history("deployed"), ledger(entry(1)), Install())
        assert self.conditions(found, Conclude(Phase.DEPLOYED, "InstallSucceeded"), tested=True) == {
            "Released": ("True", "InstallSucceeded"),
            "TestSuccess": ("True", "TestSucceeded"),
            "Remediated": ("False", "NotNeeded"),
            "Ready": ("True", "InstallSucceeded"),
            "Stalled": ("False", "Progressing"),
        }

    def test_after_a_rollback_what_is_declared_is_not_ready(self) -> None:
        found = situation(desired(), RESTORED, KNOWN, UPGRADE_FAILED, BACK)
        assert self.conditions(found, ROLLED_BACK) == {
            "Released": ("False", "UpgradeFailed"),
            "Remediated": ("True", "ImagePullBackOff"),
            "Ready": ("False", "ImagePullBackOff"),
            "Stalled": ("False", "Progressing"),
        }

    def test_after_a_failed_rollback(self) -> None:
        found = situation(desired(), RESTORED, KNOWN, UPGRADE_FAILED, BACK_FAILED)
        told = self.conditions(found, STALLED)
        assert told["Remediated"] == ("False", "ImagePullBackOff")
        assert told["Stalled"] == ("True", "RollbackFailed")
        assert told["Ready"] == ("False", "RollbackFailed")

    def test_where_no_rollback_could_be_made_it_was_not_needless(self) -> None:
        found = situation(desired(), history("superseded", "failed"), KNOWN, UPGRADE_FAILED)
        told = self.conditions(found, Conclude(Phase.STALLED, "DataLossPrevented"))
        assert told["Remediated"] == ("False", "DataLossPrevented")

    def test_after_an_install_that_could_not_be_removed(self) -> None:
        steps = ((Install(), failure()), (Uninstall("x"), failure("HookFailed")))
        found = situation(desired(), history("failed"), ledger(entry(1, "bad")), *steps)
        assert self.conditions(found, FAILED)["Released"] == ("False", "InstallFailed")

    def test_what_was_restored_being_declared_mends_them_all(self) -> None:
        before = conclude(
            situation(desired(), RESTORED, KNOWN, UPGRADE_FAILED, BACK),
            ROLLED_BACK,
            tested=False,
            now=EARLIER,
        )
        assert self.conditions(situation(desired("spec-1"), RESTORED, before), DEPLOYED) == {
            "Released": ("True", "InSync"),
            "Remediated": ("False", "NotNeeded"),
            "Ready": ("True", "InSync"),
            "Stalled": ("False", "Progressing"),
        }

    def test_failed_tests_are_told(self) -> None:
        steps = ((Upgrade(), failure("TestFailed")), BACK)
        found = situation(desired(), RESTORED, KNOWN, *steps)
        assert self.conditions(found, ROLLED_BACK, tested=True)["TestSuccess"] == ("False", "TestFailed")

    def test_tests_that_passed_in_the_end_passed(self) -> None:
        steps = ((Upgrade(), failure("TestFailed")), BACK, Upgrade("attempt 2"))
        found = situation(desired(retries=1), RESTORED, KNOWN, *steps)
        assert self.conditions(found, DEPLOYED, tested=True)["TestSuccess"] == ("True", "TestSucceeded")

    @pytest.mark.parametrize(
        "steps",
        [(), (Rollback(1, "ManualRequest", requested=True),), (UPGRADE_FAILED,)],
        ids=["nothing done", "a requested rollback", "an upgrade that did not get that far"],
    )
    def test_tests_that_did_not_run_are_not_told(self, steps: tuple[Rollback, ...]) -> None:
        found = situation(desired(), RESTORED, KNOWN, *steps)
        assert "TestSuccess" not in self.conditions(found, FAILED, tested=True)

    def test_what_failed_is_told_in_words(self) -> None:
        found = situation(desired(), RESTORED, KNOWN, UPGRADE_FAILED, BACK)
        messages = {
            each.type: each.message for each in conclude(found, ROLLED_BACK, tested=False, now=NOW).conditions
        }
        assert messages["Released"] == "ImagePullBackOff was seen"
        assert messages["Ready"] == "why"


class TestMergeConditions:
    def test_the_time_stays_while_the_status_does(self) -> None:
        before = (Condition("Ready", "False", "Old", "", EARLIER),)
        found = (Condition("Ready", "False", "New", "", ""),)
        assert merge_conditions(before, found, NOW) == (Condition("Ready", "False", "New", "", EARLIER),)

    def test_the_time_changes_with_the_status(self) -> None:
        before = (Condition("Ready", "True", "Old", "", EARLIER),)
        found = (Condition("Ready", "False", "New", "", ""),)
        assert merge_conditions(before, found, NOW) == (Condition("Ready", "False", "New", "", NOW),)

    def test_what_was_not_found_again_stays(self) -> None:
        before = (Condition("Released", "True", "Old", "", EARLIER),)
        assert merge_conditions(before, (), NOW) == before

    def test_the_order_is_fixed(self) -> None:
        found = [Condition(kind, "True", "x", "", "") for kind in reversed(CONDITION_TYPES)]
        assert tuple(each.type for each in merge_conditions((), found, NOW)) == CONDITION_TYPES
