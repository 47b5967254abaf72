"""A healthy upgrade of many objects: time, processor and requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.big_release import HELM, NAME, alternated, declared, settle, upgrade_by_hand
from benchmarks.operating import Operated, operate
from benchmarks.requests import Requests, requests
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground


@dataclass(frozen=True)
class _Theirs:
    wall: float
    cpu: float
    requests: Requests


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_compare, ground, rounds)


def _compare(ground: Ground, rounds: int) -> list[Result]:
    return _results(*alternated(ground, rounds, _ours, _theirs))


def _ours(here: Place, number: int) -> tuple[Operated, Requests]:
    tag = f"v{number}"
    with requests(here.ground) as sent:
        operated = operate("upgrade", here.inputs(HELM, **declared({"tag": tag})))
    if operated.phase != "Deployed":
        raise RuntimeError(f"expected the upgrade to succeed, found {operated.phase}")
    settle(here, tag)
    return operated, sent


def _theirs(here: Place, number: int) -> _Theirs:
    tag = f"v{number}"
    with requests(here.ground) as sent:
        wall, cpu, failed = upgrade_by_hand(here, {"tag": tag}, "--wait")
    if failed:
        raise RuntimeError("expected the upgrade to succeed")
    settle(here, tag)
    return _Theirs(wall, cpu, sent)


def _results(ours: list[tuple[Operated, Requests]], theirs: list[_Theirs]) -> list[Result]:
    against = "helm 4 upgrade --wait"
    work = f"healthy upgrade of {NAME}"
    wall = tuple(operated.wall for operated, _ in ours)
    cpu = tuple(operated.cpu for operated, _ in ours)
    sent = tuple(len(requests.ours) for _, requests in ours)
    return [
        Result(work, against, wall, tuple(their.wall for their in theirs), bar=1.1),
        Result(f"{work}: our own CPU", against, cpu, tuple(their.cpu for their in theirs), bar=0.5),
        Result(
            f"{work}: our own requests",
            against,
            sent,
            tuple(len(their.requests.helm) for their in theirs),
            unit="requests",
            limit=60,
            note=ours[-1][1].most(),
        ),
    ]
