"""Many releases that each take their time to become ready, all at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.many import RELEASES, declared, project
from benchmarks.place import places, stopwatch
from benchmarks.result import Result
from tools.sandbox import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.ground import Ground

_SECONDS = 10
_PARALLEL = 64
_BARS = {RELEASES: 1.5, 1: 1.7}
"""By the number of namespaces."""


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield a case for each kind of Helm and each way to spread the releases over namespaces."""
    for helm in ("helm4", "embedded"):
        for namespaces in _BARS:
            yield partial(_measure, ground, helm, namespaces, max(1, rounds // 3))


def _measure(ground: Ground, helm: str, namespaces: int, rounds: int) -> list[Result]:
    values = {"podAnnotations": {"ground/after": f"{_SECONDS}s"}}
    ours: list[float] = []
    for _ in range(rounds):
        with places(ground, namespaces) as here, project(LOCAL, ground) as sandbox:
            sandbox.declare(declared(here, RELEASES, helm, values))
            with stopwatch(ours):
                sandbox.stack.up(parallel=_PARALLEL)
            sandbox.stack.destroy(parallel=_PARALLEL)
    return [
        Result(
            work=(
                f"{RELEASES} releases in {namespaces} namespace(s), each ready after {_SECONDS} s, "
                f"--parallel {_PARALLEL} ({helm})"
            ),
            against="the time that one of them takes",
            ours=tuple(ours),
            theirs=(float(_SECONDS),),
            bar=_BARS[namespaces],
        )
    ]
