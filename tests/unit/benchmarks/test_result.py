"""What follows from the figures of a benchmark."""

import math

import pytest

from benchmarks.result import Result


def result(
    *, ours: float, theirs: float = 1.0, bar: float | None = None, limit: float | None = None
) -> Result:
    return Result("work", "other", (ours,), (theirs,), bar=bar, limit=limit)


@pytest.mark.parametrize(("ours", "met"), [(1.1, True), (1.2, False)])
def test_the_ratio_is_held_to_its_bar(ours: float, *, met: bool) -> None:
    assert result(ours=ours, bar=1.1).met is met


@pytest.mark.parametrize(("ours", "met"), [(60, True), (61, False)])
def test_our_own_figure_is_held_to_its_limit(ours: float, *, met: bool) -> None:
    assert result(ours=ours, theirs=1000, limit=60).met is met


def test_of_two_bars_both_must_be_met() -> None:
    assert not result(ours=9, theirs=100, bar=0.5, limit=8).met
    assert not result(ours=8, theirs=10, bar=0.5, limit=8).met
    assert result(ours=8, theirs=100, bar=0.5, limit=8).bars == "0.500, 8 s"


def test_it_is_the_median_that_counts() -> None:
    assert Result("work", "other", (1, 2, 9), (4, 4, 4)).ratio == 0.5


def test_nothing_is_compared_with_nothing() -> None:
    assert result(ours=0, theirs=0).ratio == 1
    assert result(ours=5, theirs=0).ratio == math.inf
    assert result(ours=5, theirs=0).as_json()["ratio"] is None
