"""How long ago something happened."""

from datetime import UTC, datetime

import pytest

from helm_rollback_component.cli.ages import age, duration

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (200, "3m20s"),
        (601, "10m"),
        (10_800, "3h"),
        (11_100, "3h5m"),
        (100_000, "27h"),
        (180_000, "2d2h"),
        (700_000, "8d"),
        (63_072_000, "2y"),
        (94_694_400, "3y1d"),
        (315_360_000, "10y"),
    ],
)
def test_a_duration_is_written_as_kubectl_writes_it(seconds: int, written: str) -> None:
    assert duration(seconds) == written


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        ("2026-01-01T11:59:30Z", "30s"),
        ("2026-01-01T11:00:00.123456789+00:00", "59m"),
        ("2026-01-01T12:00:05Z", "0s"),
        ("2026-01-01T11:00:00", "-"),
        ("yesterday", "-"),
        ("", "-"),
    ],
)
def test_an_age_is_told_where_it_can_be(moment: str, written: str) -> None:
    assert age(moment, NOW) == written
