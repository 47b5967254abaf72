"""Reading a long history of large revisions."""

from __future__ import annotations

import random
import string
import tempfile
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.place import CHART, place, stopwatch
from benchmarks.result import Result
from tools.relay import relay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground
    from tools.relay import Traffic

_REVISIONS = 10
_SIZE = 640_000


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_compare, ground, 3 * rounds)


def _compare(ground: Ground, rounds: int) -> list[Result]:
    ours: list[float] = []
    theirs: list[float] = []
    with place(ground) as here:
        for number in range(_REVISIONS):
            verb = ("install",) if number == 0 else ("upgrade",)
            here.helm(4, *verb, "web", str(CHART), values={"ballast": _noise(number)})
        with relay(ground.kubeconfig) as traffic:
            read = _read(here, traffic, ours, theirs, rounds)
    work = f"history of {_REVISIONS} revisions of 0.9 MB, in a process that read it before"
    against = "helm 4 history"
    return [
        Result(work, against, tuple(ours), tuple(theirs), bar=0.1),
        Result(f"{work}: what is read", against, *read, bar=0.01, unit="MB"),
    ]


def _read(
    here: Place, traffic: Traffic, ours: list[float], theirs: list[float], rounds: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Read the history in turn; return the megabytes that came over the wire, ours and theirs."""
    volumes: tuple[list[float], list[float]] = ([], [])
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as kubeconfig:
        kubeconfig.write(traffic.kubeconfig)
        kubeconfig.flush()
        operations = here.operations("helm4", kubeconfig=kubeconfig.name)
        operations.get_release_history()
        for _ in range(rounds):
            with stopwatch(ours), volume(traffic, volumes[0]):
                found = operations.get_release_history()
            with stopwatch(theirs), volume(traffic, volumes[1]):
                here.helm(4, "history", "web", "--max=10", f"--kubeconfig={kubeconfig.name}")
            if len(found) != _REVISIONS:
                raise RuntimeError(f"expected {_REVISIONS} revisions, found {len(found)}")
    return tuple(volumes[0]), tuple(volumes[1])


@contextmanager
def volume(traffic: Traffic, figures: list[float]) -> Iterator[None]:
    """Add how much came from the API server while the block ran, in MB."""
    before = traffic.received
    yield
    figures.append((traffic.received - before) / 1e6)


def _noise(seed: int) -> str:
    """Return text that does not compress."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=_SIZE))  # noqa: S311  # no key
