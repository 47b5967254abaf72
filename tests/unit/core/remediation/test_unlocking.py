"""When a revision that was left pending counts as given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.unlocking import pending, still_possible
from tests.support.histories import attempt, history, ledger, record

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
LEFT = replace(record(2, "pending-upgrade"), stored_at=BEGUN.isoformat())


@pytest.mark.parametrize(
    ("found", "revision"),
    [
        (history("deployed", "pending-upgrade"), 2),
        (history("pending-install"), 1),
        (history("superseded", "pending-rollback"), 2),
        (history("deployed", "failed"), None),
        (History(), None),
    ],
)
def test_only_the_newest_revision_can_be_pending(found: History, revision: int | None) -> None:
    left = pending(found)
    assert (left and left.revision) == revision


@pytest.mark.parametrize(("age", "seconds"), [(0, 600), (590, 10), (600, 0), (9000, 0)])
def test_another_client_counts_as_dead_after_its_time(age: int, seconds: int) -> None:
    assert still_possible(LEFT, ledger(), BEGUN + timedelta(seconds=age)) == seconds


def test_what_the_holder_of_the_lock_began_is_given_up_with_it() -> None:
    assert still_possible(LEFT, ledger(attempt=attempt(2)), BEGUN) == 0
