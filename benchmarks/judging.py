"""What it costs to judge a large picture once: CPU time, of which half a picture takes half."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.picture import PODS, picture
from benchmarks.result import Result
from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.judge import FaultMemory, faults, judge, progress
from helm_rollback_component.core.health.queries import questions
from helm_rollback_component.core.health.readiness import readiness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.core.health.snapshot import Snapshot
    from tools.ground import Ground

_DEPLOYMENTS = 300
_CPU_SECONDS = 0.05
_PULLED = {"all of them ready": PODS, "two of five without their image": 3}


def cases(_: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield a case for a picture that is well, and one for a picture that is not."""
    for how, pulled in _PULLED.items():
        yield partial(_compare, how, pulled, 5 * rounds)


def _compare(how: str, pulled: int, rounds: int) -> list[Result]:
    whole, half = (picture(count, pulled=pulled) for count in (_DEPLOYMENTS, _DEPLOYMENTS // 2))
    figures = [(_cpu(whole), _cpu(half)) for _ in range(rounds)]
    return [
        Result(
            work=f"{_DEPLOYMENTS} Deployments of {PODS} pods judged once, {how}",
            against="half as many",
            ours=tuple(ours for ours, _ in figures),
            theirs=tuple(theirs for _, theirs in figures),
            bar=2.5,
            unit="CPU-s",
            limit=_CPU_SECONDS,
        )
    ]


def _cpu(seen: Snapshot) -> float:
    """Return how many CPU seconds one look at the picture costs, of which nothing is known yet."""
    fresh, health = replace(seen), HealthConfig()
    began = time.process_time()
    questions(fresh)
    judgement = judge(faults(fresh, health), fresh, 0.0, FaultMemory())
    progress(readiness(fresh), judgement.faults)
    return time.process_time() - began
