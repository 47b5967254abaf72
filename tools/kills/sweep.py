"""Every operation, killed at every write, compared with the operation that nobody disturbs."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from tools.kills.trial import Kill, Who, tried, undisturbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Killed:
    """One operation, killed in one way.

    Attributes:
        engine: ``helm3``, ``helm4`` or ``embedded``.
        operation: a name of `OPERATIONS`.
        who: who was killed.
        every: at each so-manieth of those requests.
        good: how many trials ended as they should.
        tried: how many trials there were, one kill in each.
        date: when, such as ``2026-11-26``.
        requests: at which: ``writes``, as `trial.WRITES` has them, or ``all``.
    """

    engine: str
    operation: str
    who: str
    every: int
    good: int
    tried: int
    date: str
    requests: str = "writes"

    @property
    def line(self) -> str:
        """It as one line, which `read` takes."""
        return json.dumps(asdict(self))


def read(text: str) -> list[Killed]:
    """Return what is written there, one a line."""
    return [Killed(**json.loads(line)) for line in text.splitlines()]


@dataclass(frozen=True)
class Row:
    """One operation, killed in one way at each write.

    Attributes:
        who: who was killed.
        total: how many trials there were.
        failures: for each that did not end as it should, the request and what differed.
    """

    who: Who
    total: int
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Sweep:
    """How operations are killed.

    Attributes:
        kubeconfig: the content of one.
        helm: a Helm program's path, or ``embedded``.
        every: at each so-manieth write.
        at_once: how many trials run side by side.
    """

    kubeconfig: str
    helm: str
    every: int = 1
    at_once: int = 3

    def rows(self, operation: str, whom: Iterable[Who]) -> Iterator[Row]:
        """Kill one operation in each of these ways at each of its writes."""
        wanted, count = undisturbed(self.kubeconfig, self.helm, operation)
        numbers = range(1, count + 1, self.every)
        with ThreadPoolExecutor(self.at_once) as at_once:
            for who in whom:
                kills = [Kill(who, number) for number in numbers]
                trials = at_once.map(partial(tried, self.kubeconfig, self.helm, operation), kills)
                struck = [trial for trial in trials if trial.at]
                found = ((trial.at, trial.fault(wanted)) for trial in struck)
                failures = tuple(f"{at}: {fault}" for at, fault in found if fault)
                yield Row(who, len(struck), failures)
