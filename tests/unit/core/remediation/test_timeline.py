"""The history of a release, as a person tells it."""

from __future__ import annotations

from dataclasses import replace

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Ledger, Request
from helm_rollback_component.core.remediation.timeline import Moment, timeline
from helm_rollback_component.results import RollbackState, RollbackStatus
from tests.support.histories import attempt, entry, history, ledger, record

ALICE = Request(by="alice@ops-1 with helm-rollback 1.2.0", why="the shop was down")


def rolled_back(*, reason: str = "ImagePullBackOff", failed: int = 2) -> RollbackStatus:
    return RollbackStatus(
        state=RollbackState.ROLLED_BACK,
        reason=reason,
        failed_revision=failed,
        target_revision=1,
        restored_revision=3,
    )


def told(found: History, known: Ledger) -> list[tuple[object, ...]]:
    """Return verdict, what is restored, instead of what, why and by whom of each revision."""
    return [
        (each.verdict, each.restores, each.instead_of, each.reason, each.made_by)
        for each in timeline(found, known)
    ]


def test_a_rollback_is_told_with_what_failed() -> None:
    found = history("superseded", "failed", "deployed")
    known = ledger(entry(1), entry(2, "bad"), entry(3, origin=1))
    assert told(found, known.model_copy(update={"rollback_status": rolled_back()})) == [
        ("good", 0, 0, "", "stack"),
        ("bad", 0, 0, "ImagePullBackOff", "stack"),
        ("good", 1, 2, "ImagePullBackOff", "stack"),
    ]


def test_one_of_the_past_is_told_by_the_revision_before() -> None:
    found = history("superseded", "failed", "superseded", "deployed")
    known = ledger(entry(1), entry(2, "bad"), entry(3, origin=1), entry(4))
    assert told(found, known)[2] == ("good", 1, 2, "ImagePullBackOff", "stack")


def test_a_rollback_after_a_good_revision_replaces_no_failure() -> None:
    found = history("superseded", "superseded", "deployed")
    assert told(found, ledger(entry(1), entry(2), entry(3, origin=1)))[2] == ("good", 1, 0, "", "stack")


def test_a_rollback_by_hand_has_its_person() -> None:
    found = history("superseded", "superseded", "deployed")
    by_alice = entry(3, origin=1).model_copy(update={"request": ALICE})
    last = timeline(found, ledger(entry(1), entry(2), by_alice))[-1]
    assert (last.made_by, last.requested_by, last.why) == ("operator", ALICE.by, ALICE.why)
    assert (last.restores, last.instead_of, last.reason) == (1, 0, "OperatorRequest")


def test_one_under_way_has_its_person_too() -> None:
    begun = attempt(2, action="rollback", reason="OperatorRequest", request=ALICE)
    last = timeline(history("deployed", "pending-rollback"), ledger(entry(1), attempt=begun))[-1]
    assert (last.made_by, last.requested_by) == ("operator", ALICE.by)


def test_one_without_a_name_was_made_by_hand_nevertheless() -> None:
    known = ledger(entry(1), entry(2), entry(3, origin=1)).model_copy(
        update={"rollback_status": rolled_back(reason="OperatorRequest", failed=0)}
    )
    assert told(history("superseded", "superseded", "deployed"), known)[2] == (
        *("good", 1, 0),
        *("OperatorRequest", "operator"),
    )


def test_what_the_ledger_does_not_know_is_another_clients() -> None:
    assert told(history("superseded", "deployed"), ledger(entry(1)))[1] == (
        "good",
        0,
        0,
        "",
        "another client",
    )


def test_without_a_ledger_there_are_helms_words() -> None:
    found = History((record(1, "superseded"), record(2, "deployed", description="Rollback to 1")))
    assert told(found, Ledger()) == [("good", 0, 0, "", ""), ("good", 1, 0, "", "")]


def test_a_changed_record_is_told() -> None:
    found = history("superseded", "deployed")
    known = ledger(entry(1, digest="v1:k:another"), entry(2))
    assert told(found, known)[0] == ("bad", 0, 0, "Tampered", "stack")


def test_what_runs_and_what_is_a_point_of_no_return_is_marked() -> None:
    marked = replace(record(2, "superseded"), point_of_no_return=True)
    found = timeline(History((record(1, "superseded"), marked, record(3))), Ledger())
    assert [(each.live, each.point_of_no_return) for each in found] == [
        (False, False),
        (False, True),
        (True, False),
    ]


def test_a_record_that_cannot_be_read_has_its_place() -> None:
    found = timeline(History((record(1, "superseded"), record(3)), unreadable=(2,)), Ledger())
    assert [each.revision for each in found] == [1, 2, 3]
    assert found[1] == Moment(2)
    assert found[1].status == "unreadable"
