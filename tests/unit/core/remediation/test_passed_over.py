"""Which revisions were passed over on the way back, and what is told of them."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.passed_over import passed_over, passed_over_of_version
from helm_rollback_component.core.remediation.steps import Accept, Rollback, Upgrade
from tests.support.histories import attempt, desired, entry, failure, history, ledger, record, situation

FAILED = (Upgrade(), failure())
BACK = attempt(5, action="rollback")


def test_nothing_is_told_of_the_last_good_one() -> None:
    known = ledger(entry(1), entry(2, "bad"), entry(3, origin=1), attempt=attempt(3))
    found = history("superseded", "failed", "deployed")
    assert passed_over(situation(desired(), found, known, FAILED, Rollback(1, "x")), 1) == ""


@pytest.mark.parametrize(
    ("between", "known", "why"),
    [
        (record(2, "superseded"), entry(2, "bad"), "it is not known to be good (ImagePullBackOff)"),
        (record(2, "failed"), None, "it is not known to be good (failed)"),
        (record(2, "superseded"), None, "it was never seen to work"),
        (
            record(2, "superseded"),
            entry(2, digest="v1:k:other"),
            "its record was changed after it was deployed",
        ),
        (None, None, "it is no longer stored"),
    ],
)
def test_what_was_not_fit_is_told(between: object, known: object, why: str) -> None:
    records = [record(1, "superseded"), between, record(3, "failed"), record(4)]
    entries = [entry(1), known, entry(3, "bad"), entry(4, origin=1)]
    found = History(tuple(each for each in records if each))  # type: ignore[misc]  # what is there
    ledger_ = ledger(*(each for each in entries if each), attempt=BACK)  # type: ignore[arg-type]  # as above
    situation_ = situation(desired(), found, ledger_, FAILED, Rollback(1, "x"))
    assert passed_over(situation_, 1) == f"revision 2 was passed over: {why}"


def test_a_record_that_cannot_be_read_is_told() -> None:
    found = History((record(1, "superseded"), record(3, "failed"), record(4)), unreadable=(2,))
    known = ledger(entry(1), entry(3, "bad"), entry(4, origin=1), attempt=BACK)
    told = passed_over(situation(desired(), found, known, FAILED, Rollback(1, "x")), 1)
    assert told == "revision 2 was passed over: its record cannot be decoded"


FOUND = history("superseded", "superseded", "superseded", "failed", "deployed")
KNOWN = ledger(
    entry(1), entry(2), entry(3, "bad"), entry(4, "bad", origin=2), entry(5, origin=1), attempt=BACK
)


def test_one_that_could_not_be_had_is_told_with_the_reason_once() -> None:
    tried = (Rollback(2, "x"), failure("Forbidden"))
    told = passed_over(situation(desired(), FOUND, KNOWN, FAILED, tried, Rollback(1, "x")), 1)
    assert told == "revision 2 was passed over: Forbidden was seen"


def test_one_that_did_not_become_ready_is_told_with_that_reason() -> None:
    tried = (Rollback(2, "x"), failure("ImmutableField"))
    accepted = (Accept(4, tried[0], ""), failure("ReadinessTimeout"))
    told = passed_over(situation(desired(), FOUND, KNOWN, FAILED, tried, accepted, Rollback(1, "x")), 1)
    assert told == "revision 2 was passed over: ReadinessTimeout was seen"


def test_what_was_kept_in_an_earlier_cycle_was_not_passed_over() -> None:
    tried = (Rollback(2, "x"), failure("ImmutableField"))
    steps = (FAILED, tried, Accept(4, tried[0], ""), FAILED)
    assert "ImmutableField" not in passed_over(situation(desired(), FOUND, KNOWN, *steps), 1)


def test_what_the_inputs_name_passes_over_nothing() -> None:
    wanted = desired(target_revision=1)
    assert passed_over(situation(wanted, FOUND, KNOWN, FAILED, Rollback(1, "x")), 1) == ""


def test_of_many_the_newest_are_told() -> None:
    found = history("superseded", *["failed"] * 8, "deployed")
    known = ledger(entry(1), *(entry(number, "bad") for number in range(2, 10)), entry(10, origin=1))
    told = passed_over(situation(desired(), found, known, FAILED, Rollback(1, "x")), 1)
    assert told.startswith("revision 8 was passed over: it is not known to be good (ImagePullBackOff); ")
    assert told.endswith("; 2 older ones were passed over too")
    assert told.count("ImagePullBackOff") == 5


def test_a_downgrade_tells_which_newer_revision_of_that_version_was_bad() -> None:
    found = History(
        (
            record(1, "superseded"),
            record(2, "failed"),
            record(3, "superseded", chart="web-1.1.0"),
            record(4),
        )
    )
    known = ledger(entry(1), entry(2, "bad"), entry(3), entry(4, origin=1), attempt=attempt(4))
    by_version = situation(desired(strategy="version-based"), found, known, Rollback(1, "VersionDowngrade"))
    told = passed_over_of_version(by_version, 1)
    assert told == "revision 2 was passed over: it is not known to be good (ImagePullBackOff)"
