"""One row of the table by which Helm's words are understood."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One kind of failure.

    Attributes:
        pattern: what tells it.
        reason: one CamelCase word; ``{action}`` stands for Helm's verb.
        stored: whether Helm had begun by then, unless `nothing_stored`; None if it may or may not have.
        remedy: what a person can do.
        temporary: whether the same call may succeed later with nothing changed.
        message: what to say instead of Helm's words, where those say too little.
        actions: the verbs that it is about; all of them, if empty.
    """

    pattern: re.Pattern[str]
    reason: str
    stored: bool | None
    remedy: str = ""
    temporary: bool = False
    message: str = ""
    actions: frozenset[str] = frozenset()


def pattern(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that finds any of `alternatives`, in capitals or not."""
    return re.compile("|".join(alternatives), re.IGNORECASE)
