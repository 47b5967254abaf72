"""How cost grows: with the number of releases, with the length of the history, and in memory."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.many import declared, project
from benchmarks.place import place, places, stopwatch
from benchmarks.result import Result
from tools.sandbox import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.ground import Ground

_RELEASES = (1, 10, 100, 300)
_FEW = 10
_BAR_TOGETHER = 1.15
"""Of the largest number of releases to the one before, all in one namespace."""
_REVISIONS = (1, 10, 100)
_MANY = 100
_HELM = "helm4"


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the cases; releases and memory are measured once."""
    for together in (_FEW, max(_RELEASES)):
        yield partial(_by_releases, ground, together)
    yield partial(_by_revisions, ground, rounds)
    yield partial(_memory, ground)


def _by_releases(ground: Ground, together: int) -> list[Result]:
    """Measure with so many releases in each namespace, at most."""
    created: list[float] = []
    unchanged: list[float] = []
    for count in _RELEASES:
        with places(ground, -(-count // together)) as here, project(LOCAL, ground) as sandbox:
            sandbox.declare(declared(here, count, _HELM, {"replicas": 0}))
            with stopwatch(created):
                sandbox.stack.up()
            with stopwatch(unchanged):
                sandbox.stack.up()
            sandbox.stack.destroy()
    return [
        Result(
            work=f"one of {more} releases {done}, {together} to a namespace",
            against=f"one of {fewer}",
            ours=(figures[index + 1] / more,),
            theirs=(figures[index] / fewer,),
            bar=_BAR_TOGETHER if together == max(_RELEASES) and more == max(_RELEASES) else 1.1,
        )
        for done, figures in (("created", created), ("left unchanged", unchanged))
        for index, (fewer, more) in enumerate(itertools.pairwise(_RELEASES))
    ]


def _by_revisions(ground: Ground, rounds: int) -> list[Result]:
    figures: dict[int, list[float]] = {count: [] for count in _REVISIONS}
    with place(ground) as here:
        for number in range(1, _REVISIONS[-1] + rounds):
            values = {"replicas": 1, "image": {"tag": f"1.{number}"}}
            operations = here.operations(_HELM, values=values, history={"max_revisions": 0})
            taken: list[float] = []
            with stopwatch(taken):
                operations.upgrade()
            for count in _REVISIONS:
                if count < number <= count + rounds:
                    figures[count] += taken
    return [
        Result(
            work=f"an upgrade over {more} revisions",
            against=f"over {fewer}",
            ours=tuple(figures[more]),
            theirs=tuple(figures[fewer]),
            bar=1.1,
        )
        for fewer, more in itertools.pairwise(_REVISIONS)
    ]


def _memory(ground: Ground) -> list[Result]:
    return [
        Result(
            work=f"memory of a process that deployed {_MANY} releases, 64 at once",
            against="one that deployed a single release",
            ours=(_largest(ground, _MANY),),
            theirs=(_largest(ground, 1),),
            bar=2.0,
            unit="MiB",
        )
    ]


def _largest(ground: Ground, count: int) -> float:
    """Return how large a process grew that deployed so many releases, in MiB."""
    with place(ground) as here:
        inputs = declared([here], count, _HELM, {})
        given = json.dumps({"inputs": inputs, "kubeconfig": str(ground.kubeconfig)})
        line = [sys.executable, "-m", "benchmarks.deploying"]
        done = subprocess.run(line, input=given, capture_output=True, text=True, check=True)  # our own
    return float(done.stdout)
