"""What a case gives: two figures, their ratio, and the bars that they are held to."""

from __future__ import annotations

import math
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
        bar: the ratio of the medians must not exceed it; None if the ratio only informs.
        unit: of the figures.
        limit: a bar for our median itself, in the same unit, if there is one.
        note: what else the last round showed.
    """

    work: str
    against: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    bar: float | None = None
    unit: str = "s"
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """Our median to theirs; infinity where theirs alone is 0."""
        ours, theirs = median(self.ours), median(self.theirs)
        if theirs:
            return ours / theirs
        return math.inf if ours else 1.0

    @property
    def met(self) -> bool:
        """Whether the bars are met."""
        within = self.limit is None or median(self.ours) <= self.limit
        return within and (self.bar is None or self.ratio <= self.bar)

    @property
    def bars(self) -> str:
        """The bars in words."""
        of_ratio = [] if self.bar is None else [f"{self.bar:.3f}"]
        of_ours = [] if self.limit is None else [f"{self.limit:g} {self.unit}"]
        return ", ".join([*of_ratio, *of_ours])

    def as_json(self) -> dict[str, Any]:
        """Return everything, raw figures and what follows from them."""
        return {**asdict(self), "ratio": self.ratio if math.isfinite(self.ratio) else None, "met": self.met}
