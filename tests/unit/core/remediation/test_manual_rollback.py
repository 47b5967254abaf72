"""A rollback by hand: what is declared from then on, and how it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Conclusion, Entry, Ledger, Request
from helm_rollback_component.core.remediation import manual_rollback
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Rollback,
    Timeouts,
    Upgrade,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

FOUND = history("superseded", "deployed")
TARGET = record(1, "superseded", chart="web-0.9.0", values="old")
AUTOMATIC = RollbackConfig()
ALICE = manual_rollback.request("alice@ops with a script", "too slow")


def by_hand(reason: str = "OperatorRequest") -> Ledger:
    """Return the ledger after revision 1 was restored, as revision 3."""
    made = entry(3, origin=1, spec="spec-1").model_copy(update={"request": ALICE})
    begun = attempt(3, spec="spec-2", retry_trigger="7", action="rollback", target=1, reason=reason)
    return ledger(entry(1), entry(2), made, attempt=begun).model_copy(
        update={
            "rollback_status": RollbackStatus(
                RollbackState.ROLLED_BACK,
                reason=reason,
                message="why",
                target_revision=1,
                restored_revision=3,
            )
        }
    )


def test_the_stacks_spec_stays_the_one_that_the_latest_revision_was_deployed_for() -> None:
    known = ledger(entry(1), entry(2, spec="spec-2"))
    found = manual_rollback.desired(TARGET, FOUND, known, AUTOMATIC, 60)
    wanted = desired("spec-2", chart="web-0.9.0", values="old")
    assert found == replace(wanted, timeouts=Timeouts(rollback=60))


TRIED = attempt(3, spec="spec-tried", retry_trigger="7", action="rollback", target=1)


@pytest.mark.parametrize(
    ("phase", "digest"),
    [
        (None, "spec-2"),
        (Phase.DEPLOYED, "spec-2"),
        (Phase.ROLLED_BACK, "spec-tried"),
        (Phase.FAILED, "spec-tried"),
        (Phase.STALLED, "spec-tried"),
    ],
)
def test_the_stacks_spec_is_what_the_last_run_was_for(phase: Phase | None, digest: str) -> None:
    last = Conclusion(phase=phase, reason="x") if phase else None
    known = ledger(entry(1), entry(2), attempt=TRIED).model_copy(update={"conclusion": last})
    assert manual_rollback.desired(TARGET, FOUND, known, AUTOMATIC, 60).digest == digest


@pytest.mark.parametrize("entries", [(), (entry(2).model_copy(update={"desired_digest": ""}),)])
def test_over_what_others_deployed_it_is_what_was_tried_last(entries: tuple[Entry, ...]) -> None:
    known = ledger(*entries, attempt=TRIED)
    assert manual_rollback.desired(TARGET, FOUND, known, AUTOMATIC, 60).digest == "spec-tried"


@pytest.mark.parametrize(
    ("known", "trigger"), [(ledger(attempt=TRIED), "7"), (ledger(attempt=attempt(1)), None), (ledger(), "9")]
)
def test_the_stacks_retry_trigger_stays(known: Ledger, trigger: str | None) -> None:
    own = RollbackConfig(retry_trigger="9")
    assert manual_rollback.desired(TARGET, FOUND, known, own, 60).rollback.retry_trigger == trigger


def test_a_stack_leaves_a_rollback_by_hand_alone() -> None:
    found, known = history("superseded", "superseded", "deployed"), by_hand()
    left = situation(desired("spec-2", retry_trigger="7"), found, known)
    assert next_step(left) == Conclude(Phase.ROLLED_BACK, "OperatorRequest", "why")
    assert manual_rollback.overruled(next_step(left), left) == ""


@pytest.mark.parametrize(("spec", "trigger"), [("spec-3", "7"), ("spec-2", "8")])
def test_another_spec_or_trigger_goes_forward_and_tells_what_it_replaces(spec: str, trigger: str) -> None:
    found, known = history("superseded", "superseded", "deployed"), by_hand()
    forward = situation(desired(spec, retry_trigger=trigger), found, known)
    assert next_step(forward) == Upgrade()
    assert manual_rollback.overruled(next_step(forward), forward) == (
        "revision 3, which this update replaces, is a rollback by hand to revision 1, "
        "by alice@ops with a script: too slow"
    )


def test_a_pin_is_held_and_tells_what_it_replaces() -> None:
    found, known = history("superseded", "superseded", "deployed"), by_hand()
    pinned = situation(desired("spec-2", strategy="manual", target_revision=2), found, known)
    assert next_step(pinned) == Rollback(2, "ManualRequest", requested=True)
    assert "is a rollback by hand to revision 1" in manual_rollback.overruled(next_step(pinned), pinned)


def test_without_a_name_only_the_rollback_is_told() -> None:
    known = by_hand()
    nameless = [each.model_copy(update={"request": None}) for each in known.entries]
    forward = situation(
        desired("spec-3"),
        history("superseded", "superseded", "deployed"),
        known.model_copy(update={"entries": tuple(nameless)}),
    )
    assert manual_rollback.overruled(Upgrade(), forward).endswith("a rollback by hand to revision 1")


@pytest.mark.parametrize(
    ("found", "known"),
    [
        (history("superseded", "superseded", "superseded", "deployed"), "by hand"),
        (history("superseded", "superseded", "deployed"), "automatic"),
        (History(), "by hand"),
    ],
)
def test_what_is_no_rollback_by_hand_is_replaced_without_a_word(found: History, known: str) -> None:
    ledger_ = by_hand() if known == "by hand" else by_hand("CrashLoopBackOff")
    assert manual_rollback.overruled(Upgrade(), situation(desired("spec-3"), found, ledger_)) == ""


@pytest.mark.parametrize(
    ("reason", "request_", "told"),
    [
        ("OperatorRequest", ALICE, "rolled back by hand to revision 1, by alice@ops with a script: too slow"),
        ("OperatorRequest", None, "rolled back by hand to revision 1"),
        ("CrashLoopBackOff", None, ""),
    ],
)
def test_one_whose_process_died_is_told(reason: str, request_: Request | None, told: str) -> None:
    assert manual_rollback.begun(attempt(3, target=1, reason=reason, request=request_)) == told


@pytest.mark.parametrize(
    ("why", "kept"),
    [
        ("", "by alice"),
        ("two\nlines\tand \x1b[31mred", "by alice: two lines and [31mred"),
        ("x" * 300, f"by alice: {'x' * 255}…"),
    ],
)
def test_what_a_person_says_is_kept_in_one_short_line(why: str, kept: str) -> None:
    assert str(manual_rollback.request("alice", why)) == kept


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
