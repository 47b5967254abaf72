"""What a case gives: two figures, their ratio, and the bar that the ratio is held to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Result:
    """One comparison.

    Attributes:
        work: what was done.
        against: what it was measured against.
        ours: the figures of this project, one a round.
        theirs: the figures of the other, one a round.
        bar: the ratio of the medians must not exceed it.
        unit: of the figures.
        limit: a bar for our median itself, in the same unit, if there is one.
    """

    work: str
    against: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    bar: float
    unit: str = "s"
    limit: float | None = None

    @property
    def ratio(self) -> float:
        """Our median to theirs."""
        return median(self.ours) / median(self.theirs)

    @property
    def met(self) -> bool:
        """Whether the bars are met."""
        within = self.limit is None or median(self.ours) <= self.limit
        return within and self.ratio <= self.bar

    def as_json(self) -> dict[str, Any]:
        """Return everything, raw figures and what follows from them."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}
