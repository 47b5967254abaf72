"""When two clusters are one, as far as their identities tell."""

import pytest

from helm_rollback_component.core.records.cluster_identity import Comparison, compare, merge


@pytest.mark.parametrize(
    ("stored", "found", "expected"),
    [
        ("uid:1 server:a", "uid:1 server:a", Comparison.SAME),
        ("uid:1 server:a", "uid:1 server:b", Comparison.SAME),
        ("uid:1 server:a", "uid:2 server:a", Comparison.ANOTHER),
        ("uid:1 server:a", "server:a", Comparison.SAME),
        ("server:a", "uid:1 server:a", Comparison.SAME),
        ("uid:1 server:a", "server:b", Comparison.ANOTHER_ADDRESS),
        ("server:a", "uid:1 server:b", Comparison.ANOTHER_ADDRESS),
        ("uid:1", "uid:1 server:a", Comparison.SAME),
        ("uid:1", "uid:2 server:a", Comparison.ANOTHER),
        ("uid:1", "server:a", Comparison.INCOMPARABLE),
        ("cluster-1", "uid:1 server:a", Comparison.INCOMPARABLE),
    ],
)
def test_like_is_compared_with_like(stored: str, found: str, expected: Comparison) -> None:
    assert compare(stored, found) is expected


@pytest.mark.parametrize(
    ("stored", "found", "known"),
    [
        ("", "uid:1 server:a", "uid:1 server:a"),
        ("uid:1 server:a", "server:b", "uid:1 server:b"),
        ("uid:1", "server:a", "uid:1 server:a"),
        ("server:a", "uid:1 server:a", "server:a uid:1"),
    ],
)
def test_what_cannot_be_had_any_more_is_remembered(stored: str, found: str, known: str) -> None:
    assert merge(stored, found) == known
