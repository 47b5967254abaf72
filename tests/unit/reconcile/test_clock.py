"""The time as it is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from helm_rollback_component.reconcile.clock import now, timestamp


def test_a_moment_is_told_in_whole_seconds_of_universal_time() -> None:
    moment = datetime(2026, 2, 2, 1, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert timestamp(moment) == "2026-02-02T00:30:15Z"


def test_the_time_is_that_of_the_zone_that_is_written_down() -> None:
    assert now().tzinfo is UTC
