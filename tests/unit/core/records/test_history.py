"""A history answers what is newest, what is deployed, and what is there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helm_rollback_component.core.records.history import History, Record, Status, lost_deployment
from tests.support.histories import history, record


@pytest.mark.parametrize("status", list(Status))
def test_only_the_pending_words_are_pending(status: Status) -> None:
    assert status.pending is status.value.startswith("pending-")


def test_the_newest_is_the_latest_whatever_became_of_it() -> None:
    latest = history("superseded", "deployed", "failed").latest
    assert latest
    assert latest.revision == 3


@pytest.mark.parametrize(
    ("statuses", "revision"),
    [
        (("superseded", "deployed", "failed"), 2),
        (("deployed", "failed", "deployed"), 3),
        (("failed", "superseded"), None),
    ],
)
def test_the_newest_that_helm_calls_deployed_is_the_deployed_one(
    statuses: tuple[str, ...], revision: int | None
) -> None:
    deployed = history(*statuses).deployed
    assert (deployed and deployed.revision) == revision


def test_a_revision_is_found_by_its_number() -> None:
    found = history("superseded", "deployed", first=7)
    assert found.get(8) == record(8)
    assert found.get(6) is None


def test_it_yields_its_records_oldest_first() -> None:
    assert [each.revision for each in history("failed", "failed", "deployed")] == [1, 2, 3]


def test_an_empty_one_has_nothing() -> None:
    assert not History()
    assert History().latest is None
    assert History().deployed is None


def test_one_that_cannot_be_read_is_not_empty() -> None:
    assert History(unreadable=(1,))


def test_what_was_deleted_can_be_left_out() -> None:
    found = History(history("superseded", "superseded", "deployed").records, unreadable=(9,))
    left = found.without({1, 2, 4})
    assert [found.revision for found in left] == [3]
    assert left.unreadable == (9,)


@pytest.mark.parametrize(
    ("found", "revision"),
    [(History(), 1), (history("superseded", "deployed", first=7), 9), (History((record(2),), (1, 5)), 6)],
)
def test_the_next_revision_comes_after_all_that_are_stored(found: History, revision: int) -> None:
    assert found.next_revision == revision


class TestPendingFor:
    NOW = datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    PENDING = replace(record(1, "pending-upgrade"), stored_at="2026-01-01T00:00:00Z")

    @pytest.mark.parametrize("said", ["2025-12-31T23:00:00Z", "2026-01-01T01:00:00Z", ""])
    def test_a_pending_revision_has_been_so_since_it_was_stored_whatever_helms_host_says(
        self, said: str
    ) -> None:
        assert replace(self.PENDING, deployed_at=said).pending_for(self.NOW) == 90

    def test_a_clock_that_is_behind_makes_it_no_less_than_nothing(self) -> None:
        ahead = replace(self.PENDING, stored_at="2026-01-02T00:00:00Z")
        assert ahead.pending_for(self.NOW) == 0

    @pytest.mark.parametrize("date", ["yesterday", "9" * 5000, "2026-01-01T00:00:00", "0000-00-00T00:00:00Z"])
    def test_a_date_that_is_none_is_not_known(self, date: str) -> None:
        assert replace(self.PENDING, stored_at=date).pending_for(self.NOW) == 0

    @pytest.mark.parametrize(
        "other",
        [replace(PENDING, status=Status.DEPLOYED), replace(PENDING, stored_at="")],
        ids=["done", "undated"],
    )
    def test_any_other_is_not_pending(self, other: Record) -> None:
        assert other.pending_for(self.NOW) == 0


class TestLostDeployment:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (("superseded", "deployed"), ("superseded", "superseded", "failed")),
            (("superseded", "deployed", "failed"), ("superseded", "superseded", "superseded", "failed")),
        ],
    )
    def test_a_failed_rollback_takes_it(self, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        lost = lost_deployment(history(*before), history(*after))
        assert lost
        assert (lost.revision, lost.status) == (2, "superseded")

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ((), ("failed",)),
            (("failed",), ("superseded", "failed")),
            (("deployed",), ()),
            (("deployed",), ("deployed", "failed")),
            (("deployed",), ("superseded", "deployed")),
            (("deployed",), ("superseded", "pending-rollback")),
            (("deployed",), ("uninstalled", "failed")),
        ],
    )
    def test_nothing_else_does(self, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        assert lost_deployment(history(*before), history(*after)) is None

    def test_a_record_that_is_gone_cannot_be_marked(self) -> None:
        assert lost_deployment(history("deployed"), history("superseded", "failed", first=2)) is None


@pytest.mark.parametrize(("method", "server_side"), [("ssa", True), ("csa", False), ("", False)])
def test_a_record_tells_how_it_was_applied(method: str, server_side: bool) -> None:  # noqa: FBT001
    assert replace(record(1), apply_method=method).server_side is server_side
