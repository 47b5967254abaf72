"""Where a release stands between two runs, and how that is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Attempt, Conclusion, Entry, Ledger
from helm_rollback_component.core.remediation.assessment import (
    assess,
    conditions,
    found_foreign_change,
    observed,
    revisions,
    taken_over,
    unobserved,
    warnings,
)
from helm_rollback_component.core.remediation.explanation import explain, headline, landed
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Condition, Phase, ReleaseRevision, ReleaseStatus, RollbackStatus
from tests.support.histories import attempt, entry, history, ledger, record

NOW = "2026-02-02T00:00:00Z"
EARLIER = "2026-01-01T00:00:00Z"

IN_SYNC = Conclusion(phase=Phase.DEPLOYED, reason="InSync")
ROLLED_BACK = Conclusion(phase=Phase.ROLLED_BACK, reason="ImagePullBackOff", message="why")
FAILED = Conclusion(phase=Phase.FAILED, reason="ImagePullBackOff", message="why")
STALLED = Conclusion(phase=Phase.STALLED, reason="RollbackFailed", message="stuck")


def concluded(conclusion: Conclusion | None, *entries: Entry, begun: Attempt | None = None) -> Ledger:
    return ledger(*entries, attempt=begun).model_copy(update={"conclusion": conclusion})


class TestAssess:
    @pytest.mark.parametrize("conclusion", [IN_SYNC, ROLLED_BACK, FAILED, STALLED])
    def test_how_the_last_run_ended_stands(self, conclusion: Conclusion) -> None:
        assert assess(history("deployed"), concluded(conclusion, entry(1))) == conclusion

    @pytest.mark.parametrize("conclusion", [FAILED, STALLED])
    @pytest.mark.parametrize("status", ["failed", "deployed", "pending-rollback", "uninstalling"])
    def test_a_bad_end_that_was_concluded_stands(self, conclusion: Conclusion, status: str) -> None:
        found = history("superseded", status)
        assert assess(found, concluded(conclusion, entry(1), entry(2, "bad"))) == conclusion

    @pytest.mark.parametrize(
        ("known", "told"),
        [
            (ledger(entry(1)), "another client uninstalled the release, or deleted its records"),
            (ledger(), "the release does not exist"),
        ],
    )
    def test_a_release_that_is_gone_was_there_if_anything_is_known_of_it(
        self, known: Ledger, told: str
    ) -> None:
        assert assess(History(), known).message == told

    @pytest.mark.parametrize(
        ("found", "reason"),
        [
            (History(), "ReleaseMissing"),
            (history("superseded", "uninstalled"), "Uninstalled"),
            (history("superseded", "superseded", "deployed"), "Drifted"),
            (history("superseded"), "Drifted"),
            (history("superseded", "pending-upgrade"), "Interrupted"),
            (history("superseded", "uninstalling"), "Interrupted"),
            (history("superseded", "superseded", "pending-upgrade"), "Interrupted"),
        ],
        ids=[
            "all records gone",
            "uninstalled",
            "another client's revision",
            "the newest revision gone",
            "left pending",
            "left half uninstalled",
            "another client's operation",
        ],
    )
    @pytest.mark.parametrize("conclusion", [IN_SYNC, ROLLED_BACK, None])
    def test_what_contradicts_it_comes_first(
        self, found: History, reason: str, conclusion: Conclusion | None
    ) -> None:
        assessed = assess(found, concluded(conclusion, entry(1), entry(2)))
        assert (assessed.phase, assessed.reason) == (Phase.FAILED, reason)
        assert assessed.message

    @pytest.mark.parametrize(
        "found", [History(unreadable=(1,)), History((record(1),), unreadable=(2,))], ids=["alone", "newest"]
    )
    def test_a_record_that_cannot_be_read_is_not_taken_for_one_that_is_gone(self, found: History) -> None:
        known = concluded(IN_SYNC, entry(1), entry(2))
        assessed = assess(found, known)
        assert (assessed.phase, assessed.reason) == (Phase.STALLED, "RecordUnreadable")
        told = {each.type: each for each in conditions(assessed, known, "now")}
        assert (told["Stalled"].status, told["Stalled"].reason) == ("True", "RecordUnreadable")
        assert told["Ready"].message.endswith("restore the Secret of that revision, or delete it")

    def test_why_an_upgrade_over_another_hands_revision_failed_stands(self) -> None:
        known = concluded(FAILED, entry(1), begun=attempt(3))
        assert assess(history("superseded", "deployed"), known) == FAILED

    @pytest.mark.parametrize(
        "known",
        [
            concluded(FAILED, entry(1), begun=attempt(2, action="uninstall")),
            concluded(FAILED, entry(1), begun=attempt(1)),
            concluded(IN_SYNC, entry(1), begun=attempt(4)),
            concluded(FAILED, entry(1), entry(4), begun=attempt(4)),
        ],
        ids=["of that number", "before it", "no failure", "whose own revision is gone"],
    )
    def test_no_other_end_stands_against_another_hands_revision(self, known: Ledger) -> None:
        found = history("superseded", "superseded", "deployed")
        assert assess(found, known).reason == "Drifted"

    def test_another_clients_operation_that_was_left_alone_is_named(self) -> None:
        left = Conclusion(phase=Phase.FAILED, reason="OperationInProgress", message="another client")
        assert assess(history("superseded", "pending-upgrade"), concluded(left, entry(1))) == left

    def test_a_record_that_was_tampered_with_is_drift(self) -> None:
        known = concluded(IN_SYNC, entry(1, digest="v1:k:other"))
        found = assess(history("deployed"), known)
        deed = "the record of revision 1 was changed after it was deployed"
        assert (found.reason, found.message) == ("Drifted", deed)
        assert list(warnings(history("deployed"), known, RollbackConfig())) == [
            f"{deed}; this update deploys over it"
        ]

    def test_a_verdict_under_a_lost_key_is_no_drift(self) -> None:
        known = concluded(IN_SYNC, entry(1, digest="v1:lost:record-1"))
        assert assess(history("deployed"), known) == IN_SYNC

    @pytest.mark.parametrize("status", ["deployed", "failed"])
    @pytest.mark.parametrize("conclusion", [IN_SYNC, None])
    def test_a_revision_that_nobody_judged_was_interrupted(
        self, status: str, conclusion: Conclusion | None
    ) -> None:
        known = concluded(conclusion, entry(1), begun=attempt(2))
        assert assess(history("superseded", status), known).reason == "Interrupted"

    @pytest.mark.parametrize("conclusion", [IN_SYNC, ROLLED_BACK, None])
    def test_a_bad_revision_that_was_not_remedied_was_interrupted(
        self, conclusion: Conclusion | None
    ) -> None:
        known = concluded(conclusion, entry(1), entry(2, "bad"), begun=attempt(3, action="rollback"))
        assert assess(history("deployed", "failed"), known).reason == "Interrupted"

    @pytest.mark.parametrize(
        ("status", "reason"), [("pending-upgrade", "OperationInProgress"), ("deployed", "Drifted")]
    )
    def test_another_clients_operation_was_left_alone_while_it_lasted(self, status: str, reason: str) -> None:
        waiting = Conclusion(phase=Phase.FAILED, reason="OperationInProgress", message="look again later")
        known = concluded(waiting, entry(1), begun=attempt(1))
        assert assess(history("superseded", status), known).reason == reason

    def test_an_attempt_that_left_no_record_changes_nothing(self) -> None:
        known = concluded(IN_SYNC, entry(1), begun=attempt(2))
        assert assess(history("deployed"), known) == IN_SYNC


class TestConditions:
    READY = Condition("Ready", "True", "InSync", "", EARLIER)

    def test_as_concluded_they_stay(self) -> None:
        known = Ledger(conditions=(self.READY,))
        assert conditions(IN_SYNC, known, NOW) == (self.READY,)

    @pytest.mark.parametrize("reason", ["ReleaseMissing", "Uninstalled", "Drifted", "Interrupted"])
    def test_what_contradicts_them_is_not_ready(self, reason: str) -> None:
        found = Conclusion(phase=Phase.FAILED, reason=reason, message="so it is")
        told = conditions(found, Ledger(conditions=(self.READY,)), NOW)
        assert told == (Condition("Ready", "False", reason, "so it is", NOW),)


def status(phase: Phase, *told: Condition, **fields: object) -> ReleaseStatus:
    plain = ReleaseStatus("web", "apps", 3, "1.0.0", "1", "deployed", phase, conditions=told)
    return replace(plain, **fields)  # type: ignore[arg-type]


class TestObservation:
    def test_what_cannot_be_read_is_a_condition_of_its_own_and_is_told(self) -> None:
        (told,) = observed(["templates/a.yaml, line 3: a tab"], record(2), ledger())
        assert (told.type, told.status, told.reason) == ("Observed", "False", "ManifestUnreadable")
        assert unobserved(status(Phase.DEPLOYED, told)) == [
            "the health of some objects is known from Helm alone: templates/a.yaml, line 3: a tab"
        ]

    def test_where_everything_was_read_nothing_is_told(self) -> None:
        assert [*observed((), record(2), ledger())] == []
        assert unobserved(status(Phase.DEPLOYED, TestConditions.READY)) == []

    def test_which_rights_the_last_run_lacked_is_told_until_a_run_lacks_none(self) -> None:
        lacking = Condition("Observed", "False", "Forbidden", "cannot list pods", NOW)
        known = ledger().model_copy(update={"conditions": (TestConditions.READY, lacking)})
        in_sync = Conclusion(phase=Phase.DEPLOYED, reason="InSync")
        assert conditions(in_sync, known, NOW) == (TestConditions.READY,)
        assert [*observed((), record(2), known)] == [lacking]
        (both,) = observed(["a.yaml: a tab"], record(2), known)
        assert both.message.endswith("a.yaml: a tab; cannot list pods")


class TestFoundForeignChange:
    @pytest.mark.parametrize("reason", ["ReleaseMissing", "Uninstalled", "Drifted", "Interrupted"])
    def test_what_others_did_is_told(self, reason: str) -> None:
        ready = Condition("Ready", "False", reason, "so it is", NOW)
        assert found_foreign_change(status(Phase.FAILED, ready)) == "so it is"

    def test_our_own_failures_are_not(self) -> None:
        ready = Condition("Ready", "False", "ImagePullBackOff", "so it is", NOW)
        assert found_foreign_change(status(Phase.FAILED, ready)) == ""

    def test_without_conditions_nothing_is(self) -> None:
        assert found_foreign_change(status(Phase.DEPLOYED)) == ""


class TestWarnings:
    AUTOMATIC = RollbackConfig()

    def told(self, found: History, known: Ledger, rollback: RollbackConfig = AUTOMATIC) -> list[str]:
        return list(warnings(found, known, rollback))

    def test_of_a_release_as_we_left_it_there_are_none(self) -> None:
        assert self.told(history("deployed"), ledger(entry(1))) == []
        assert self.told(History(), ledger(entry(1))) == []

    def test_another_hands_revision_is_named(self) -> None:
        found, known = history("superseded", "deployed"), ledger(entry(1))
        assert assess(found, known).message == "revision 2 was deployed by another client"
        assert self.told(found, known) == [
            "revision 2 was deployed by another client; this update deploys over it"
        ]

    @pytest.mark.parametrize(
        ("found", "known"),
        [(history("superseded", "uninstalled"), ledger(entry(1))), (history("deployed"), ledger())],
        ids=["uninstalled", "adopted"],
    )
    def test_what_is_nobodys_deed_is_not(self, found: History, known: Ledger) -> None:
        assert self.told(found, known) == []

    def test_records_that_cannot_be_read_are_named(self) -> None:
        (warning,) = self.told(History((record(3),), unreadable=(1, 2)), ledger(entry(3)))
        assert warning.endswith("1, 2")

    def test_a_target_that_is_not_there_is_named(self) -> None:
        (warning,) = self.told(history("deployed"), ledger(entry(1)), RollbackConfig(target_revision=7))
        assert warning.startswith("revision 7 is not stored")

    @pytest.mark.parametrize(
        "rollback",
        [RollbackConfig(target_revision=1), RollbackConfig(strategy="manual", target_revision=7)],
        ids=["there", "pinned"],
    )
    def test_any_other_target_is_not(self, rollback: RollbackConfig) -> None:
        assert self.told(history("deployed"), ledger(entry(1)), rollback) == []


def test_the_history_is_shown_with_what_was_verified() -> None:
    shown = revisions(history("superseded", "deployed"), ledger(entry(1), entry(2, "bad")))
    assert shown == (
        ReleaseRevision(1, "1.0.0", "1", "superseded", EARLIER, "Upgrade complete", verified=True),
        ReleaseRevision(2, "1.0.0", "1", "deployed", EARLIER, "Upgrade complete", verified=False),
    )


class TestExplain:
    def test_a_release_as_declared_needs_no_words(self) -> None:
        assert explain(status(Phase.DEPLOYED)) == ""

    def test_a_rollback_names_both_revisions_and_the_way_on(self) -> None:
        message = f"no such image; {Reason.IMAGE_PULL_BACK_OFF.remedy}"
        ready = Condition("Ready", "False", "ImagePullBackOff", message, NOW)
        rollback = RollbackStatus(target_revision=1, restored_revision=3)
        assert explain(status(Phase.ROLLED_BACK, ready, rollback_status=rollback)) == (
            "apps/web: the upgrade failed (ImagePullBackOff: no such image); revision 1 runs again, as "
            "revision 3. Check the image name, its tag, and the pull secrets. "
            "Change the inputs to try again, or only retry_trigger to try the same inputs again"
        )

    @pytest.mark.parametrize(
        ("reason", "because"),
        [
            ("ImagePullBackOff", "these inputs were rolled back"),
            ("OperatorRequest", "the release was rolled back by hand"),
        ],
    )
    def test_a_run_that_tried_nothing_says_why(self, reason: str, because: str) -> None:
        ready = Condition("Ready", "False", reason, "m", NOW)
        rolled_back = status(Phase.ROLLED_BACK, ready)
        assert explain(rolled_back, tried=False).startswith(
            f"apps/web: nothing was tried, because {because} ({reason}: m"
        )
        assert headline(rolled_back, tried=False) == f"nothing was tried: {because} ({reason})"
        assert explain(status(Phase.STALLED, ready), tried=False) == explain(status(Phase.STALLED, ready))

    def test_a_rollback_by_hand_is_no_failure(self) -> None:
        ready = Condition("Ready", "False", "OperatorRequest", "revision 1 was restored on request", NOW)
        assert explain(status(Phase.ROLLED_BACK, ready)).startswith(
            "apps/web: what runs is not what is declared (OperatorRequest: "
        )

    @pytest.mark.parametrize(
        ("phase", "headline"),
        [
            (Phase.FAILED, "the release is not as declared"),
            (Phase.STALLED, "the release cannot recover without your help"),
        ],
    )
    def test_else_it_names_what_is_there(self, phase: Phase, headline: str) -> None:
        ready = Condition("Ready", "False", "HookFailed", "", NOW)
        assert explain(status(phase, ready)) == (
            f"apps/web: {headline} (HookFailed); the latest revision is 3 (deployed). "
            "Read the logs of the hook's pod; if it is a Job or Pod that an earlier update left behind, "
            "delete it. The next update tries again"
        )

    def test_a_message_with_a_remedy_of_its_own_keeps_it_and_gets_no_other(self) -> None:
        message = "jobs exist already; delete them with kubectl"
        ready = Condition("Ready", "False", "AlreadyExists", message, NOW)
        told = explain(status(Phase.STALLED, ready))
        assert f"(AlreadyExists: {message})" in told
        assert told.endswith("(deployed). The next update tries again")

    @pytest.mark.parametrize("reason", ["Drifted", "Uninstalled", "ReleaseMissing"])
    def test_a_remedy_that_names_the_update_is_enough(self, reason: str) -> None:
        ready = Condition("Ready", "False", reason, "", NOW)
        assert "The next update " in explain(status(Phase.FAILED, ready))
        assert "The next update tries again" not in explain(status(Phase.FAILED, ready))

    def test_a_release_that_is_gone_has_no_status(self) -> None:
        gone = status(Phase.FAILED, revision=0, status="")
        assert explain(gone) == (
            "apps/web: the release is not as declared (Unknown); no revision is known. "
            "The next update tries again"
        )


class TestTakenOver:
    """Whether a ``kubernetes.helm.v3.Release`` has the release now."""

    @staticmethod
    def _theirs(*statuses: str) -> History:
        *before, latest = history(*statuses)
        return History((*before, replace(latest, by_kubernetes_provider=True)))

    @pytest.mark.parametrize("status", ["deployed", "failed", "pending-upgrade"])
    def test_its_newest_revision_tells(self, status: str) -> None:
        theirs = self._theirs("superseded", status)
        assert taken_over(theirs, ledger(entry(1))) == theirs.latest
        assert taken_over(theirs, Ledger()) == theirs.latest

    @pytest.mark.parametrize(
        ("found", "known"),
        [
            (History(), Ledger()),
            (history("superseded", "deployed"), ledger(entry(1))),
            (_theirs("superseded", "deployed"), ledger(entry(1), entry(2))),
            (_theirs("superseded", "deployed"), ledger(entry(1), attempt=attempt(2))),
            (_theirs("superseded", "uninstalling"), ledger(entry(1))),
            (_theirs("superseded", "uninstalled"), ledger(entry(1))),
            (History((*_theirs("superseded"), record(2))), ledger()),
        ],
        ids=["nothing", "a client's", "ours", "begun by us", "going", "gone", "a client's after it"],
    )
    def test_anything_else_does_not(self, found: History, known: Ledger) -> None:
        assert taken_over(found, known) is None


class TestLanded:
    def test_a_release_as_declared_is_deployed(self) -> None:
        requested = RollbackStatus(target_revision=1, restored_revision=3)
        assert landed(status(Phase.DEPLOYED), rolled_back=False) == "revision 3 is deployed"
        assert landed(status(Phase.DEPLOYED), rolled_back=True) == "revision 3 is deployed"
        assert landed(status(Phase.DEPLOYED, rollback_status=requested), rolled_back=True) == (
            "rolled back to revision 1, as revision 3"
        )


class TestHeadline:
    def test_a_release_as_declared_has_none(self) -> None:
        ready = Condition("Ready", "True", "UpgradeSucceeded", "", NOW)
        assert headline(status(Phase.DEPLOYED, ready)) == ""

    def test_a_rollback_names_the_revision_that_was_restored(self) -> None:
        ready = Condition("Ready", "False", "ImagePullBackOff", "no such image", NOW)
        rollback = RollbackStatus(target_revision=1, restored_revision=3)
        told = headline(status(Phase.ROLLED_BACK, ready, rollback_status=rollback))
        assert told == "rolled back to revision 1: ImagePullBackOff"

    @pytest.mark.parametrize(
        ("phase", "reason", "expected"),
        [
            (Phase.FAILED, "UpgradeTimeout", "failed: UpgradeTimeout"),
            (Phase.STALLED, "RollbackFailed", "stalled: RollbackFailed"),
        ],
    )
    def test_a_failure_names_phase_and_reason_alone(self, phase: Phase, reason: str, expected: str) -> None:
        ready = Condition("Ready", "False", reason, "a long sentence", NOW)
        assert headline(status(phase, ready)) == expected

    def test_without_conditions_the_reason_is_unknown(self) -> None:
        assert headline(status(Phase.FAILED)) == "failed: Unknown"
