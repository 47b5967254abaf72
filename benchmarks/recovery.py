"""How long a bad upgrade keeps the old revision from being back, by what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.place import CHART, kubectl, place, stopwatch
from benchmarks.result import Result
from helm_rollback_component import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground

TIMEOUT = 60
_MIGRATING = Path(__file__).with_name("chart")
_ATOMIC = {3: "--atomic", 4: "--rollback-on-failure"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with an upgrade, which Helm deploys it, and the bars that it is held to.

    Attributes:
        name: what is wrong, in words.
        bad: the values of the upgrade.
        major: the version of Helm.
        bar: for the ratio.
        limit: for our own time, in seconds, if there is one.
        timeout: that the upgrade is given, in seconds.
        chart: what is deployed.
        good: the values of the first deployment.
        pods: a quota of pods for the namespace, if there is one.
    """

    name: str
    bad: dict[str, Any]
    major: int = 4
    bar: float = 1 / 4
    limit: float | None = None
    timeout: int = TIMEOUT
    chart: Path = CHART
    good: dict[str, Any] = field(default_factory=lambda: {"replicas": 2})
    pods: int = 0


def _playing(play: str) -> dict[str, Any]:
    return {"replicas": 2, "podLabels": {"ground/play": play}, "image": {"tag": "bad"}}


_IMAGE = Fault("an image that cannot be pulled", _playing("image-pull"), bar=1 / 7, limit=8.0)
_FAULTS = (
    _IMAGE,
    Fault("the same, Helm 3", _IMAGE.bad, major=3, bar=1 / 7, limit=8.0),
    Fault("the same, with twice the timeout", _IMAGE.bad, bar=1 / 14, limit=8.0, timeout=2 * TIMEOUT),
    Fault("containers that crash", _playing("crash-loop")),
    Fault("a configuration that is missing", _playing("config-error")),
    Fault("a quota that is full", {"replicas": 2, "image": {"tag": "new"}}, pods=2),
    Fault("a hook whose image cannot be pulled", {"hook": "image-pull"}, chart=_MIGRATING, good={}),
    Fault("a hook that fails", {"hook": "fail", "backoffLimit": 0}, chart=_MIGRATING, good={}),
)


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield a case for each fault."""
    for fault in _FAULTS:
        yield partial(_compare, ground, rounds, fault)


def _compare(ground: Ground, rounds: int, fault: Fault) -> list[Result]:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        for measure, figures in ((_ours, ours), (_theirs, theirs)):
            with place(ground) as here:
                if fault.pods:
                    limit = f"--hard=pods={fault.pods}"
                    kubectl(ground, "create", "quota", "full", limit, f"--namespace={here.namespace}")
                measure(here, fault, figures)
    return [
        Result(
            work=f"until the old revision is back: {fault.name}",
            against=f"helm {fault.major} upgrade {_ATOMIC[fault.major]} --wait --timeout {fault.timeout}s",
            ours=tuple(ours),
            theirs=tuple(theirs),
            bar=fault.bar,
            limit=fault.limit,
        )
    ]


def _ours(here: Place, fault: Fault, figures: list[float]) -> None:
    declared: dict[str, Any] = {
        "source": {"chart": str(fault.chart)},
        "timeouts": {"upgrade": fault.timeout},
    }
    helm = f"helm{fault.major}"
    here.operations(helm, **declared, values=fault.good).deploy()
    with stopwatch(figures):
        status = here.operations(helm, **declared, values=fault.bad).upgrade()
    if status.phase is not Phase.ROLLED_BACK:
        raise RuntimeError(f"expected a rollback, found {status.phase}")


def _theirs(here: Place, fault: Fault, figures: list[float]) -> None:
    major, chart = fault.major, str(fault.chart)
    here.helm(major, "install", "web", chart, "--wait", values=fault.good)
    how = (_ATOMIC[major], "--wait", f"--timeout={fault.timeout}s")
    with stopwatch(figures):
        failed = here.helm(major, "upgrade", "web", chart, *how, values=fault.bad)
    if not failed:
        raise RuntimeError("expected the upgrade to fail")
