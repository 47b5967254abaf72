"""What is pruned, and what never is."""

from dataclasses import replace

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.records.history import History, Record, Status
from helm_rollback_component.core.records.ledger import Conclusion, Entry, Ledger, Verdict
from helm_rollback_component.core.remediation.retention import expendable, held, pinned
from helm_rollback_component.results import Phase, RollbackStatus


def record(revision: int, status: Status = Status.SUPERSEDED) -> Record:
    return Record(
        revision=revision,
        status=status,
        chart_name="web",
        chart_version="1.0.0",
        app_version="",
        description="Upgrade complete",
        deployed_at="",
        digest=f"digest {revision}",
        values_digest="",
    )


def history(*records: Record, unreadable: tuple[int, ...] = ()) -> History:
    return History(records, unreadable)


def ledger(*good: int, bad: tuple[int, ...] = ()) -> Ledger:
    verdicts = {**dict.fromkeys(good, Verdict.GOOD), **dict.fromkeys(bad, Verdict.BAD)}
    known = Ledger()
    for revision, verdict in verdicts.items():
        known = known.record(
            Entry(
                revision=revision,
                record_digest=f"digest {revision}",
                desired_digest="",
                origin=revision,
                verdict=verdict,
            )
        )
    return known


FIVE = history(*map(record, (1, 2, 3, 4)), record(5, Status.DEPLOYED))


@pytest.mark.parametrize(
    ("limit", "gone"), [(0, ()), (10, ()), (5, ()), (4, (1,)), (2, (1, 2, 3)), (1, (1, 2, 3, 4))]
)
def test_the_oldest_go_first(limit: int, gone: tuple[int, ...]) -> None:
    assert expendable(FIVE, Ledger(), limit) == gone


def test_the_newest_point_of_no_return_stays_as_long_as_the_release() -> None:
    marks = (replace(record(number), point_of_no_return=True) for number in (1, 2))
    found = history(*marks, *map(record, (3, 4)), record(5, Status.DEPLOYED))
    assert expendable(found, Ledger(), 1) == (1, 3, 4)


def test_what_is_kept_is_passed_over() -> None:
    assert expendable(FIVE, Ledger(), 3, frozenset({1})) == (2, 3)
    assert expendable(FIVE, Ledger(), 1, frozenset({1, 3})) == (2, 4)


def test_no_deployed_revision_goes() -> None:
    several = history(record(1, Status.DEPLOYED), record(2), record(3, Status.DEPLOYED), record(4))
    assert expendable(several, Ledger(), 1) == (2,)


def test_the_latest_stays_whatever_it_is() -> None:
    failed = history(record(1, Status.DEPLOYED), record(2, Status.FAILED), record(3, Status.FAILED))
    assert expendable(failed, Ledger(), 1) == (2,)


def test_the_last_good_one_by_helms_words_stays() -> None:
    without_deployed = history(record(1), record(2), record(3, Status.FAILED), record(4, Status.FAILED))
    assert expendable(without_deployed, Ledger(), 1) == (1, 3)


def test_the_last_good_one_by_the_ledger_stays() -> None:
    without_deployed = history(record(1), record(2), record(3, Status.FAILED), record(4, Status.FAILED))
    assert expendable(without_deployed, ledger(1, bad=(2,)), 1) == (2, 3)


def test_unreadable_revisions_are_neither_counted_nor_touched() -> None:
    some = history(record(2), record(4, Status.DEPLOYED), unreadable=(1, 3))
    assert expendable(some, Ledger(), 2) == ()
    assert expendable(some, Ledger(), 1) == (2,)


def test_of_nothing_nothing_goes() -> None:
    assert expendable(history(), Ledger(), 1) == ()
    assert expendable(history(unreadable=(1,)), Ledger(), 1) == ()


@pytest.mark.parametrize(
    ("declared", "restored", "kept"), [(None, 0, set()), (3, 0, {3}), (None, 2, {2}), (3, 2, {2, 3})]
)
def test_what_the_inputs_or_the_last_rollback_name_is_kept(
    declared: int | None, restored: int, kept: set[int]
) -> None:
    known = Ledger(rollback_status=RollbackStatus(target_revision=restored))
    assert pinned(RollbackConfig(target_revision=declared), known) == kept


@pytest.mark.parametrize(("reason", "kept"), [("ManualRequest", {2, 5}), ("InSync", set())])
def test_what_a_pin_may_name_is_held(reason: str, kept: set[int]) -> None:
    restored = replace(record(5, Status.DEPLOYED), description="Rollback to 2")
    found = history(*map(record, (1, 2, 3, 4)), restored)
    known = Ledger(conclusion=Conclusion(phase=Phase.DEPLOYED, reason=reason))
    assert held(found, known) == kept


def test_without_a_conclusion_or_a_revision_nothing_is_held() -> None:
    pinned_ = Ledger(conclusion=Conclusion(phase=Phase.DEPLOYED, reason="ManualRequest"))
    assert held(FIVE, Ledger()) == frozenset()
    assert held(history(), pinned_) == frozenset()
