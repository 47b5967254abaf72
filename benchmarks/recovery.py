"""How long a bad upgrade keeps the old revision from being back, by what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.place import CHART, place, stopwatch
from benchmarks.result import Result
from helm_rollback_component import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground

TIMEOUT = 60
_GOOD = {"replicas": 2}
_ATOMIC = {3: "--atomic", 4: "--rollback-on-failure"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with an upgrade, which Helm deploys it, and the bars that it is held to."""

    play: str
    major: int
    bar: float
    limit: float | None = None


_FAULTS = (
    Fault("image-pull", 4, bar=1 / 7, limit=8.0),
    Fault("image-pull", 3, bar=1 / 7, limit=8.0),
    Fault("crash-loop", 4, bar=1 / 4),
    Fault("config-error", 4, bar=1 / 4),
)


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], Result]]:
    """Yield a case for each fault, and each Helm for the commonest one."""
    for fault in _FAULTS:
        yield partial(_compare, ground, rounds, fault)


def _compare(ground: Ground, rounds: int, fault: Fault) -> Result:
    bad = {"replicas": 2, "podLabels": {"ground/play": fault.play}, "image": {"tag": "bad"}}
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        with place(ground) as here:
            _ours(here, fault.major, bad, ours)
        with place(ground) as here:
            _theirs(here, fault.major, bad, theirs)
    return Result(
        work=f"until the old revision is back: {fault.play}",
        against=f"helm {fault.major} upgrade {_ATOMIC[fault.major]} --wait --timeout {TIMEOUT}s",
        ours=tuple(ours),
        theirs=tuple(theirs),
        bar=fault.bar,
        limit=fault.limit,
    )


def _ours(here: Place, major: int, bad: dict[str, Any], figures: list[float]) -> None:
    here.operations(f"helm{major}", values=_GOOD).deploy()
    with stopwatch(figures):
        status = here.operations(f"helm{major}", values=bad, timeouts={"upgrade": TIMEOUT}).upgrade()
    if status.phase is not Phase.ROLLED_BACK:
        raise RuntimeError(f"expected a rollback, found {status.phase}")


def _theirs(here: Place, major: int, bad: dict[str, Any], figures: list[float]) -> None:
    here.helm(major, "install", "web", str(CHART), "--wait", values=_GOOD)
    with stopwatch(figures):
        failed = here.helm(
            major, "upgrade", "web", str(CHART), _ATOMIC[major], "--wait", f"--timeout={TIMEOUT}s", values=bad
        )
    if not failed:
        raise RuntimeError("expected the upgrade to fail")
