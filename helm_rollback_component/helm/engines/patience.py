"""How long Helm is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

_PHASES = 3
_MARGIN = 60.0


@dataclass(frozen=True)
class Patience:
    """How long Helm may take before it must be hung, and what is done then.

    Attributes:
        limit: how long, in seconds.
        interruptible: whether it is stopped then; if not, it is left to itself.
    """

    limit: float
    interruptible: bool = True

    @classmethod
    def with_timeout(cls, timeout: int, *, interruptible: bool = True) -> Self:
        """Return the patience for a Helm that was given `timeout`, in seconds.

        Helm may spend it on the hooks before, on the wait for readiness, and on the hooks after.
        """
        return cls(_PHASES * timeout + _MARGIN, interruptible)

    @property
    def exhausted(self) -> str:
        """What to say when it was not enough."""
        what = (
            "was stopped" if self.interruptible else "still runs, because stopping it would lock the release"
        )
        return f"Helm did not end within {self.limit:g} s and {what}"
