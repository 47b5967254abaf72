"""What a sweep has measured, as lines of a file that other commands read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measured:
    """One operation with one fault.

    Attributes:
        engine: ``helm3``, ``helm4`` or ``embedded``.
        operation: a name of `OPERATIONS`.
        fault: which fault.
        whose: whose requests were spoiled: ``ours``, ``all``, or a regular expression.
        every: each so-manieth of these.
        good: how many trials ended as without the fault.
        tried: how many trials there were, one request spoiled in each.
        date: when, such as ``2026-11-26``.
    """

    engine: str
    operation: str
    fault: str
    whose: str
    every: int
    good: int
    tried: int
    date: str

    @property
    def line(self) -> str:
        """It as one line, which `read` takes."""
        return json.dumps(asdict(self))


def read(text: str) -> list[Measured]:
    """Return what is written there, one a line."""
    return [Measured(**json.loads(line)) for line in text.splitlines()]
