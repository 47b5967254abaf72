"""What no rollback goes back across, and what is said instead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Conclude,
    Refuse,
    Rollback,
    Step,
    Upgrade,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record


def marked(found: Record) -> Record:
    """Return the record of a chart that is a point of no return."""
    return replace(found, point_of_no_return=True)


FIRST, FAILED = record(1, "superseded"), failure("HookFailed")
PIN: dict[str, Any] = {"strategy": "manual", "target_revision": 1}
MARKED_AND_FAILED = History((record(1), marked(record(2, "failed", chart="web-2.0.0"))))
OF_TWO = ledger(entry(1), entry(2), attempt=attempt(2, spec="spec-2"))


def after_failure(found: History, **rollback: Any) -> Step:
    latest = found.records[-1].revision
    words = {each.revision: "bad" if each.status == "failed" else "good" for each in found.records[:-1]}
    known = ledger(
        *(entry(*each) for each in words.items()),
        entry(latest, "bad", spec="spec-new"),
        attempt=attempt(latest),
    )
    return next_step(situation(desired(**rollback), found, known, (Upgrade(), FAILED)))


def stalled(step: Step) -> str:
    """Hold that a run ends there, and return what it says."""
    assert isinstance(step, Conclude)
    assert (step.phase, step.reason) == (Phase.STALLED, "PointOfNoReturn")
    return step.message


class TestMarks:
    @pytest.mark.parametrize("rollback", [{}, {"allow_data_loss": True}, {"target_revision": 1}])
    def test_a_failed_upgrade_to_a_marked_chart_is_not_rolled_back(self, rollback: dict[str, Any]) -> None:
        assert stalled(after_failure(MARKED_AND_FAILED, **rollback)) == (
            "HookFailed was seen; the rollback to revision 1 would go back across revision 2, whose chart "
            "(web 2.0.0) is a point of no return, so it is not made; "
            "fix the inputs, so that the next update goes forward"
        )

    def test_nor_is_the_next_upgrade_that_fails(self) -> None:
        found = History((*MARKED_AND_FAILED.records, record(3, "failed", chart="web-2.0.1")))
        assert "across revision 2" in stalled(after_failure(found))

    def test_an_interrupted_remediation_does_not_cross_it_either(self) -> None:
        known = ledger(entry(1), attempt=attempt(2))
        said = stalled(next_step(situation(desired(), MARKED_AND_FAILED, known)))
        assert said.startswith("the update was interrupted; the rollback to revision 1 would go back")

    def test_what_nothing_was_stored_of_needs_no_way_back(self) -> None:
        nothing = failure("RenderFailed")
        wanted = desired(chart="web-2.0.0")
        step = next_step(situation(wanted, history("deployed"), ledger(entry(1)), (Upgrade(), nothing)))
        assert step == Conclude(Phase.FAILED, "RenderFailed", "RenderFailed was seen")

    def test_revisions_of_one_marked_chart_replace_each_other(self) -> None:
        change = marked(record(2, chart="web-2.0.0"))
        found = History((FIRST, change, marked(record(3, "failed", chart="web-2.0.0"))))
        assert after_failure(found) == Rollback(2, "HookFailed")

    def test_not_those_of_two(self) -> None:
        change = marked(record(2, chart="web-2.0.0"))
        found = History((FIRST, change, marked(record(3, "failed", chart="web-3.0.0"))))
        assert "revision 3, whose chart (web 3.0.0)" in stalled(after_failure(found))

    def test_nor_those_of_one_that_was_marked_later(self) -> None:
        found = History((record(1), marked(record(2, "failed"))))
        assert "revision 2, whose chart (web 1.0.0)" in stalled(after_failure(found))

    def test_after_it_everything_goes_back_to_it_and_no_further(self) -> None:
        change = marked(record(2, "superseded", chart="web-2.0.0"))
        last = (record(3, chart="web-2.1.0"), record(4, "failed", chart="web-2.2.0"))
        assert after_failure(History((FIRST, change, *last))) == Rollback(3, "HookFailed")
        assert after_failure(History((FIRST, change, last[1]))) == Rollback(2, "HookFailed")

    def test_a_failed_rollback_is_not_followed_by_one_across_it(self) -> None:
        records = (FIRST, marked(record(2, chart="web-2.0.0")), record(3, "failed", chart="web-2.1.0"))
        found = History((*records, marked(record(4, "failed", chart="web-2.0.0"))))
        known = ledger(entry(1), entry(2), entry(3, "bad"), entry(4, "bad", origin=2), attempt=attempt(4))
        steps = ((Upgrade(), FAILED), (Rollback(2, "HookFailed"), failure("Forbidden")))
        said = stalled(next_step(situation(desired(), found, known, *steps)))
        assert said.startswith(
            "the upgrade failed: HookFailed was seen; the rollback to revision 2 failed: Forbidden was seen; "
            "the rollback to revision 1 would go back"
        )


class TestRequests:
    FOUND = History((FIRST, marked(record(2, chart="web-2.0.0"))))

    @pytest.mark.parametrize("rollback", [PIN, {"strategy": "version-based"}])
    def test_a_requested_rollback_across_it_is_refused(self, rollback: dict[str, Any]) -> None:
        step = next_step(situation(desired(**rollback), self.FOUND, OF_TWO))
        assert step == Refuse(
            "operations.rollback.allow_data_loss",
            Reason.POINT_OF_NO_RETURN,
            "the rollback to revision 1 would go back across revision 2, whose chart (web 2.0.0) is a point "
            "of no return; set it to True to roll back nevertheless",
        )

    def test_with_leave_it_is_made(self) -> None:
        wanted = desired(**PIN, allow_data_loss=True)
        assert next_step(situation(wanted, self.FOUND, OF_TWO)) == Rollback(
            1, "ManualRequest", requested=True
        )


class TestFloor:
    FOUND = History((FIRST, record(2, "superseded"), record(3), record(4, "failed")))

    @pytest.mark.parametrize("floor", [1, 3, "current"])
    def test_the_floor_itself_is_restored(self, floor: object) -> None:
        assert after_failure(self.FOUND, floor=floor) == Rollback(3, "HookFailed")

    def test_nothing_below_it_is(self) -> None:
        assert "would go below revision 4, the oldest that operations.rollback.floor allows" in stalled(
            after_failure(self.FOUND, floor=4)
        )

    def test_the_current_one_is_the_last_that_was_good(self) -> None:
        said = stalled(after_failure(self.FOUND, floor="current", target_revision=2))
        assert "to revision 2 would go below revision 3" in said

    def test_another_revision_with_its_content_is_as_good(self) -> None:
        found = History((FIRST, record(2, "failed"), record(3), record(4, "failed")))
        known = ledger(entry(1), entry(2, "bad"), entry(3, origin=1), entry(4, "bad"), attempt=attempt(4))
        wanted = desired(floor="current", target_revision=1)
        assert next_step(situation(wanted, found, known, (Upgrade(), FAILED))) == Rollback(1, "HookFailed")

    @pytest.mark.parametrize("floor", [2, "current"])
    def test_a_requested_rollback_below_it_is_refused(self, floor: object) -> None:
        wanted = desired(strategy="version-based", floor=floor)
        found = History((FIRST, record(2, chart="web-2.0.0")))
        step = next_step(situation(wanted, found, ledger(entry(1), entry(2))))
        assert isinstance(step, Refuse)
        assert (step.reason, step.property) == ("PointOfNoReturn", "operations.rollback.allow_data_loss")

    def test_without_a_good_revision_the_current_one_is_none(self) -> None:
        found = History((record(1, "superseded"), record(2, "failed")))
        wanted = desired(floor="current", strategy="manual", target_revision=1)
        step = next_step(situation(wanted, found, ledger(entry(1, "bad"), entry(2, "bad"))))
        assert isinstance(step, Refuse)
        assert step.reason == "NotGood"
