"""A rollback by hand: what is declared from then on, and how it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation import manual_rollback
from helm_rollback_component.core.remediation.steps import Accept, Conclude, Rollback, Timeouts
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase
from tests.support.histories import desired, entry, failure, history, ledger, record, situation

FOUND = history("superseded", "deployed")
TARGET = record(1, "superseded", chart="web-0.9.0", values="old")
AUTOMATIC = RollbackConfig()
ALICE = manual_rollback.request("alice@ops with a script", "too slow")


def test_the_stacks_spec_stays_the_one_that_the_latest_revision_was_deployed_for() -> None:
    known = ledger(entry(1), entry(2, spec="spec-2"))
    found = manual_rollback.desired(TARGET, FOUND, known, AUTOMATIC, 60)
    wanted = desired("spec-2", chart="web-0.9.0", values="old")
    assert found == replace(wanted, timeouts=Timeouts(rollback=60))


@pytest.mark.parametrize("found", [FOUND, History()])
def test_a_spec_that_is_not_known_is_not_made_up(found: History) -> None:
    assert manual_rollback.desired(TARGET, found, ledger(), AUTOMATIC, 60).digest == ""


def test_what_was_restored_is_told() -> None:
    action = manual_rollback.action(TARGET, ALICE)
    assert action == Rollback(1, "OperatorRequest", request=ALICE)
    ended = manual_rollback.outcome(TARGET, 2, situation(desired(), FOUND, ledger(), action), named=True)
    made = "rolled back by hand from revision 2 to revision 1, by alice@ops with a script: too slow"
    told = f"{made}; {Reason.OPERATOR_REQUEST.remedy}"
    assert ended == Conclude(Phase.ROLLED_BACK, "OperatorRequest", told)


def test_what_could_not_go_back_is_told() -> None:
    action = manual_rollback.action(TARGET, ALICE)
    taken = ((action, failure("ImmutableField")), Accept(3, action, "ConfigMap web could not go back"))
    ended = manual_rollback.outcome(TARGET, 2, situation(desired(), FOUND, ledger(), *taken), named=True)
    assert ended.phase is Phase.ROLLED_BACK
    assert "too slow; ConfigMap web could not go back; " in ended.message


def test_a_rollback_that_failed_needs_a_person() -> None:
    failed = (manual_rollback.action(TARGET, ALICE), failure("HookFailed"))
    ended = manual_rollback.outcome(TARGET, 2, situation(desired(), FOUND, ledger(), failed), named=True)
    assert ended == Conclude(Phase.STALLED, "OperatorRequest", "HookFailed was seen")


@pytest.mark.parametrize(("named", "times"), [(True, 0), (False, 1)])
def test_what_was_passed_over_is_told_unless_the_request_names_its_target(named: bool, times: int) -> None:  # noqa: FBT001
    found = history("superseded", "failed", "failed", "deployed")
    known = ledger(entry(1), entry(2, "bad"), entry(3, "bad"), entry(4, origin=1))
    action = manual_rollback.action(TARGET, ALICE)
    ended = manual_rollback.outcome(TARGET, 2, situation(desired(), found, known, action), named=named)
    assert ended.message.count("revision 2 was passed over: ") == times
