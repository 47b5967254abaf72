"""What a sweep has measured, as lines of a file that other commands read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Cell:
    """One operation with one fault on one engine.

    Attributes:
        engine: ``helm3``, ``helm4`` or ``embedded``.
        operation: a name of `OPERATIONS`.
        fault: which fault.
        whose: whose requests are spoiled: ``ours``, ``all``, or a regular expression; or everybody's
            ``watches``, and nothing else.
        every: each so-manieth of these.
    """

    engine: str
    operation: str
    fault: str
    whose: str
    every: int


@dataclass(frozen=True)
class Measured(Cell):
    """What was found of a cell.

    Attributes:
        good: how many trials ended as without the fault.
        tried: how many trials there were, one request spoiled in each.
        date: when, such as ``2026-11-26``.
        version: of what: what names the content of the package; empty if that is not known.
        seconds: how long it took, with others beside it; 0 if that is not known.
    """

    good: int
    tried: int
    date: str
    version: str = ""
    seconds: int = 0

    @property
    def cell(self) -> Cell:
        """What was measured."""
        return Cell(self.engine, self.operation, self.fault, self.whose, self.every)

    @property
    def line(self) -> str:
        """It as one line, which `read` takes."""
        return json.dumps(asdict(self))

    @property
    def command(self) -> Measured:
        """What cells that are measured by one command have in common."""
        return replace(self, operation="", fault="", good=0, tried=0, version="", seconds=0)


def read(text: str) -> list[Measured]:
    """Return what is written there, one a line; a last line that was being written is left out."""
    whole = text[: text.rfind("\n") + 1]
    return [Measured(**json.loads(line)) for line in whole.splitlines()]
