"""What is asked of the API server while an upgrade of many objects waits and nothing changes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.big_release import HELM, NAME, SERVICES, TAG, await_pods, declared, deployed, odd, settle
from benchmarks.operating import operate
from benchmarks.requests import Requests, requests
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground

_WINDOW = 60
_SETTLING = 5
_SLOW = 120
"""Seconds until the one pod is ready that the upgrade waits for."""


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_measure, ground, max(1, rounds // 3))


def _measure(ground: Ground, rounds: int) -> list[Result]:
    with deployed(ground, {}) as here:
        found = [_calm(here, f"v{number}") for number in range(2, rounds + 2)]
    return [
        Result(
            f"{_WINDOW} s of calm while an upgrade of {NAME} waits: our own requests but the Lease's renewal",
            "those of the helm 4 upgrade --wait that runs in it",
            tuple(len(sent.unrenewing) for sent in found),
            tuple(len(sent.helm) for sent in found),
            unit="requests",
            limit=0,
            note=found[-1].most(),
        )
    ]


def _calm(here: Place, tag: str) -> Requests:
    """Upgrade with one pod that is slow; return the requests of a minute in which all others are ready."""
    inputs = here.inputs(HELM, **declared({"tag": tag, **odd("ready", after=_SLOW)}))
    with ThreadPoolExecutor(1) as pool:
        upgrade = pool.submit(operate, "upgrade", inputs)
        await_pods(here, f"--selector={TAG}={tag}", ready=SERVICES - 1, unready=1)
        time.sleep(_SETTLING)
        with requests(here.ground) as sent:
            time.sleep(_WINDOW)
        if upgrade.done():
            raise RuntimeError("the upgrade has ended too early to be measured")
        if (phase := upgrade.result().phase) != "Deployed":
            raise RuntimeError(f"expected the upgrade to succeed, found {phase}")
    settle(here, tag)
    return sent
