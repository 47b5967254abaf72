"""A release of many objects: 5 for each service, 60 services unless less is asked for."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from benchmarks.operating import cpu_of_children
from benchmarks.place import kubectl, place, stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground

CHART = Path(__file__).with_name("big_chart")
SERVICES = 60
OBJECTS = 5 * SERVICES
HELM = "helm4"
FIRST = "v1"
"""The tag that the chart has unless values give another."""
TAG = "app.kubernetes.io/version"
"""The label of pods that holds their tag."""
NAME = f"{OBJECTS} objects, {SERVICES} Deployments"
_PATIENCE = 300.0
_Ours = TypeVar("_Ours")
_Theirs = TypeVar("_Theirs")


def declared(values: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    """Return the inputs of a release of the chart."""
    return {"source": {"chart": str(CHART)}, "values": values, **inputs}


def odd(play: str, after: int | None = None) -> dict[str, Any]:
    """Return the values with which one pod plays this, after so many seconds or when it usually does."""
    annotations = {} if after is None else {"ground/after": f"{after}s"}
    return {"odd": {"labels": {"ground/play": play}, "annotations": annotations}}


def alternated(
    ground: Ground, rounds: int, ours: Callable[[Place, int], _Ours], theirs: Callable[[Place, int], _Theirs]
) -> tuple[list[_Ours], list[_Theirs]]:
    """Return what each side measures on a release of its own, round by round in turn, from number 2 on."""
    with deployed(ground, {}) as mine, installed(ground, {}) as other:
        found = [(ours(mine, number), theirs(other, number)) for number in range(2, rounds + 2)]
    return [one for one, _ in found], [other for _, other in found]


@contextmanager
def deployed(ground: Ground, values: dict[str, Any]) -> Iterator[Place]:
    """Give a namespace where we have deployed the release `web`, and nothing goes on any more."""
    with place(ground) as here:
        here.operations(HELM, **declared(values)).deploy()
        settle(here)
        yield here


@contextmanager
def installed(ground: Ground, values: dict[str, Any]) -> Iterator[Place]:
    """Give a namespace where Helm has installed the release `web`, and nothing goes on any more."""
    with place(ground) as here:
        if here.helm(4, "install", "web", str(CHART), "--wait", values=values):
            raise RuntimeError("helm install failed")
        settle(here)
        yield here


def upgrade_by_hand(here: Place, values: dict[str, Any], *how: str) -> tuple[float, float, int]:
    """Run `helm upgrade`; return its seconds, its CPU seconds, and its exit status."""
    taken: list[float] = []
    before = cpu_of_children()
    with stopwatch(taken):
        status = here.helm(4, "upgrade", "web", str(CHART), *how, values=values)
    return taken[0], cpu_of_children() - before, status


def settle(here: Place, tag: str = FIRST) -> None:
    """Wait until the namespace has just the pods of that tag, all of them ready, and none on its way out."""
    for where in (f"--selector={TAG}={tag}", "--show-labels=false"):
        await_pods(here, where, ready=SERVICES)


def await_pods(here: Place, where: str, *, ready: int, unready: int = 0) -> None:
    """Wait until `where` selects so many pods of the namespace.

    Raises:
        RuntimeError: it does not after five minutes.
    """
    ends = time.monotonic() + _PATIENCE
    while (found := pods(here.ground, f"--namespace={here.namespace}", where)) != (ready, unready):
        if time.monotonic() > ends:
            raise RuntimeError(f"expected {ready} pods that are ready and {unready} not, found {found}")
        time.sleep(1)


def pods(ground: Ground, *where: str) -> tuple[int, int]:
    """Return how many of the pods that `where` selects are ready, and how many are not."""
    lines = kubectl(ground, "get", "pods", *where, "--no-headers").splitlines()
    ready = sum(" 1/1 " in line and " Running " in line for line in lines)
    return ready, len(lines) - ready
