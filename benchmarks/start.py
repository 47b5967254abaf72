"""What the provider adds to the start of the process that it runs in."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.place import stopwatch
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.ground import Ground


def cases(_: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_compare, 3 * rounds)


def _compare(rounds: int) -> list[Result]:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        with stopwatch(ours):
            _import("pulumi.dynamic, helm_rollback_component.provider, helm_rollback_component.operations")
        with stopwatch(theirs):
            _import("pulumi.dynamic")
    return [
        Result(
            work="start of a provider's process, everything imported that an update needs",
            against="start of a provider's process with Pulumi's SDK alone",
            ours=tuple(ours),
            theirs=tuple(theirs),
            bar=2.0,
        )
    ]


def _import(modules: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True)
