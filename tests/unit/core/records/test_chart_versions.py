"""Chart versions are read as loosely as Helm reads them, and ordered as it orders them."""

from itertools import pairwise

import pytest

from helm_rollback_component.core.records.chart_versions import older, parse, same


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        ("1.2", "1.2.0"),
        ("1", "1.0.0"),
        (" 1.2.3 ", "1.2.3"),
        ("1.2.3-rc.1", "1.2.3-rc.1"),
        ("1.2-rc1", "1.2.0-rc1"),
        ("1.2.3+build.5", "1.2.3+build.5"),
        ("1.2.3_build.5", "1.2.3+build.5"),
        ("01.2.3", "1.2.3"),
    ],
)
def test_what_helm_takes_is_understood(text: str, meant: str) -> None:
    assert str(parse(text)) == meant


@pytest.mark.parametrize(
    "text", ["", "latest", "1.2.3.4", "1.2.x", "^1.2", "1.2.3-", "1.2.3-rc..1", "1.2.3-01", "9" * 5000, "1.٢"]
)
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1.2.3", "v1.2.3", True),
        ("1.2", "1.2.0", True),
        ("1.2.3+a", "1.2.3_a", True),
        ("1.2.3+a", "1.2.3+b", False),
        ("1.2.3+a", "1.2.3", False),
        ("1.2.3-rc1", "1.2.3", False),
        ("main", "main", True),
        ("main", "master", False),
        ("main", "1.2.3", False),
    ],
)
def test_two_spellings_of_one_version_are_the_same(one: str, other: str, *, equal: bool) -> None:
    assert same(one, other) is equal
    assert same(other, one) is equal


def test_each_comes_before_the_next() -> None:
    ascending = ("0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc1", "1.0.0", "1.0.1", "1.10", "v2")
    for before, after in pairwise(ascending):
        assert older(before, after)
        assert not older(after, before)


@pytest.mark.parametrize(
    ("one", "other"), [("1.0.0", "1.0.0+b"), ("1.0.0+b", "1.0.0+a"), ("main", "1.0.0"), ("1.0.0", "main")]
)
def test_builds_and_texts_have_no_order(one: str, other: str) -> None:
    assert not older(one, other)
    assert not older(other, one)
