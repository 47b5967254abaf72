"""What watching costs an upgrade that goes well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.place import CHART, place, stopwatch
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.ground import Ground

_BARS = {"helm4": 1.2, "helm3": 1.2, "embedded": 1.05}


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield a case for each engine, against the Helm it is, or is made of."""
    for helm in _BARS:
        yield partial(_compare, ground, helm, 3 * rounds)


def _compare(ground: Ground, helm: str, rounds: int) -> list[Result]:
    major = 3 if helm == "helm3" else 4
    ours: list[float] = []
    theirs: list[float] = []
    with place(ground) as mine, place(ground) as other:
        mine.operations(helm, values={"replicas": 1}).deploy()
        other.helm(major, "install", "web", str(CHART), "--wait", values={"replicas": 1})
        for number in range(rounds):
            values = {"replicas": 1, "image": {"tag": f"1.{number}"}}
            with stopwatch(ours):
                mine.operations(helm, values=values).upgrade()
            with stopwatch(theirs):
                other.helm(major, "upgrade", "web", str(CHART), "--wait", values=values)
    return [
        Result(
            work=f"healthy upgrade of one release, {helm}",
            against=f"helm {major} upgrade --wait",
            ours=tuple(ours),
            theirs=tuple(theirs),
            bar=_BARS[helm],
        )
    ]
