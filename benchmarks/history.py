"""Reading a long history of large revisions."""

from __future__ import annotations

import random
import string
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.place import CHART, place, stopwatch
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.ground import Ground

_REVISIONS = 10
_SIZE = 640_000


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], Result]]:
    """Yield the one case."""
    yield partial(_compare, ground, 3 * rounds)


def _compare(ground: Ground, rounds: int) -> Result:
    ours: list[float] = []
    theirs: list[float] = []
    with place(ground) as here:
        for number in range(_REVISIONS):
            verb = ("install",) if number == 0 else ("upgrade",)
            here.helm(4, *verb, "web", str(CHART), values={"ballast": _noise(number)})
        operations = here.operations("helm4")
        operations.get_release_history()
        for _ in range(rounds):
            with stopwatch(ours):
                found = operations.get_release_history()
            with stopwatch(theirs):
                here.helm(4, "history", "web", "--max=10")
        if len(found) != _REVISIONS:
            raise RuntimeError(f"expected {_REVISIONS} revisions, found {len(found)}")
    return Result(
        work=f"history of {_REVISIONS} revisions of 0.9 MB, in a process that read it before",
        against="helm 4 history",
        ours=tuple(ours),
        theirs=tuple(theirs),
        bar=0.1,
    )


def _noise(seed: int) -> str:
    """Return text that does not compress."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=_SIZE))  # noqa: S311  # no key
