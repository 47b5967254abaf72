"""An upgrade of many objects with a bad image in one of them: how long until the old revision is back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.big_release import (
    FIRST,
    HELM,
    NAME,
    alternated,
    declared,
    odd,
    settle,
    upgrade_by_hand,
)
from benchmarks.operating import Operated, operate
from benchmarks.requests import Requests, requests
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground

_TIMEOUT = 30
_ALLOWED = 4.0
"""Seconds, beside twice the time that Helm needs to apply the chart."""
_AGAINST = f"helm 4 upgrade --rollback-on-failure --timeout {_TIMEOUT}s"


@dataclass(frozen=True)
class _Theirs:
    wall: float
    apply: float
    requests: Requests


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_compare, ground, rounds)


def _compare(ground: Ground, rounds: int) -> list[Result]:
    return _results(*alternated(ground, rounds, _ours, _theirs))


def _ours(here: Place, number: int) -> tuple[Operated, Requests]:
    bad = {"tag": f"bad-{number}", **odd("image-pull")}
    with requests(here.ground) as sent:
        operated = operate("upgrade", here.inputs(HELM, **declared(bad)))
    if operated.phase != "RolledBack":
        raise RuntimeError(f"expected a rollback, found {operated.phase}")
    settle(here)
    return operated, sent


def _theirs(here: Place, number: int) -> _Theirs:
    bad = {"tag": f"bad-{number}", **odd("image-pull")}
    with requests(here.ground) as sent:
        wall, _, failed = upgrade_by_hand(
            here, bad, "--rollback-on-failure", "--wait", f"--timeout={_TIMEOUT}s"
        )
    if not failed:
        raise RuntimeError("expected the upgrade to fail")
    settle(here)
    apply = _apply(here, f"v{number}")
    _apply(here, FIRST)
    return _Theirs(wall, apply, sent)


def _apply(here: Place, tag: str) -> float:
    """Return how long Helm needs to apply the chart, in seconds."""
    apply, _, failed = upgrade_by_hand(here, {"tag": tag})
    if failed:
        raise RuntimeError("expected the upgrade to succeed")
    settle(here, tag)
    return apply


def _results(ours: list[tuple[Operated, Requests]], theirs: list[_Theirs]) -> list[Result]:
    work = f"bad image in one of {NAME}"
    apply = tuple(their.apply for their in theirs)
    return [
        Result(
            f"{work}: from the verdict until the old revision is back",
            "helm 4 upgrade without --wait",
            tuple(operated.after_verdict or operated.wall for operated, _ in ours),
            apply,
            limit=round(_ALLOWED + 2 * median(apply), 1),
        ),
        Result(
            f"{work}: until the old revision is back",
            _AGAINST,
            tuple(operated.wall for operated, _ in ours),
            tuple(their.wall for their in theirs),
            bar=1.0,
        ),
        Result(
            f"{work}: our own requests",
            _AGAINST,
            tuple(len(sent.ours) for _, sent in ours),
            tuple(len(their.requests.helm) for their in theirs),
            unit="requests",
            limit=150,
            note=ours[-1][1].most(),
        ),
    ]
