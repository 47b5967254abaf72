"""What is tried again, when, and what is done first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation import tries
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Install,
    Rollback,
    Timeouts,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.core.remediation.tries import Break, Clear, Judge, Repeat
from helm_rollback_component.reasons import Reason
from tests.support.histories import desired, failure, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Action

PASSING = failure("ServerError", temporary=True)
BACK = Rollback(1, "x")


class TestPause:
    def test_it_grows_up_to_a_limit(self) -> None:
        pauses = [tries.pause(PASSING, tried, 300) or 0 for tried in range(1, 9)]
        assert pauses[:3] == [0.5, 1, 2]
        assert all(shorter <= longer <= 15 for shorter, longer in pairwise(pauses))

    def test_the_last_try_is_when_the_time_is_over(self) -> None:
        assert tries.pause(PASSING, 9, 4.0) == 4.0

    @pytest.mark.parametrize("left", [0, -1])
    def test_there_is_none_after_that(self, left: float) -> None:
        assert tries.pause(PASSING, 1, left) is None

    def test_what_succeeded_is_not_tried_again(self) -> None:
        assert tries.pause(None, 1, 300) is None

    def test_nor_what_failed_for_good(self) -> None:
        assert tries.pause(failure("CrashLoopBackOff"), 1, 300) is None

    @pytest.mark.parametrize("reason", [Reason.OPERATION_IN_PROGRESS, Reason.NAMESPACE_TERMINATING])
    def test_nor_what_others_do(self, reason: Reason) -> None:
        assert tries.pause(failure(reason, temporary=True), 1, 300) is None


@pytest.mark.parametrize(
    ("action", "seconds"),
    [
        (Install(), 1),
        (Upgrade(), 1),
        (Verify(1), 1),
        (BACK, 2),
        (Uninstall("x"), 3),
        (Unlock(1), 0),
        (Accept(2, BACK, ""), 0),
    ],
)
def test_an_action_has_the_time_that_the_inputs_give_it(action: Action, seconds: int) -> None:
    assert tries.time_for(action, Timeouts(1, 2, 3)) == seconds


def after(action: Action, before: History, *made: Record) -> object:
    begun = situation(desired(), before, ledger())
    return tries.next_try(action, begun, History((*before, *made)))


class TestNextTry:
    BEFORE = history("superseded", "deployed")

    @pytest.mark.parametrize("action", [Upgrade(), BACK])
    def test_helm_has_stored_nothing(self, action: Action) -> None:
        assert after(action, self.BEFORE) == Repeat()

    def test_nothing_is_stored_at_all(self) -> None:
        assert after(Install(), History()) == Repeat()

    @pytest.mark.parametrize("action", [Upgrade(), BACK])
    def test_it_has_stored_a_failed_revision(self, action: Action) -> None:
        assert after(action, self.BEFORE, record(3, "failed")) == Repeat()

    @pytest.mark.parametrize(("action", "word"), [(Upgrade(), "pending-upgrade"), (BACK, "pending-rollback")])
    def test_it_has_left_it_pending(self, action: Action, word: str) -> None:
        assert after(action, self.BEFORE, record(3, word)) == Break(3)

    @pytest.mark.parametrize(("action", "told"), [(Upgrade(), "Upgrade complete"), (BACK, "Rollback to 1")])
    def test_it_has_deployed_it(self, action: Action, told: str) -> None:
        assert after(action, self.BEFORE, record(3, description=told)) == Judge(3)

    @pytest.mark.parametrize("word", ["failed", "pending-install", "uninstalling", "uninstalled"])
    def test_a_first_deployment_left_something(self, word: str) -> None:
        assert after(Install(), History(), record(1, word)) == Clear()

    def test_a_first_deployment_is_there(self) -> None:
        assert after(Install(), History(), record(1)) == Judge(1)

    @pytest.mark.parametrize("word", ["deployed", "pending-upgrade"])
    def test_another_client_has_used_the_number(self, word: str) -> None:
        foreign = record(3, word, chart="other-9.0.0")
        assert after(Upgrade(), self.BEFORE, foreign) is None
        assert after(BACK, self.BEFORE, foreign) is None

    def test_another_client_came_after_it(self) -> None:
        assert after(Upgrade(), self.BEFORE, record(3, "failed"), record(4)) is None

    @pytest.mark.parametrize("action", [Uninstall("x"), Verify(2)])
    def test_what_makes_no_revision_is_repeated(self, action: Action) -> None:
        assert after(action, self.BEFORE, record(3, "failed")) == Repeat()


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Install(), "Install complete"),
        (Upgrade(), "Upgrade complete"),
        (BACK, "Rollback to 1"),
        (Verify(1), ""),
    ],
)
def test_a_revision_is_described_as_helm_does(action: Action, told: str) -> None:
    assert tries.description(action) == told


def test_a_revision_of_ours_has_what_is_declared() -> None:
    same = replace(record(3, "pending-upgrade"), values_digest="v1:k:other")
    assert after(Upgrade(), TestNextTry.BEFORE, same) is None
