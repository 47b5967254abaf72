"""One row of the table that classifies Helm's messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_rollback_component.reasons import Reason


@dataclass(frozen=True)
class Rule:
    """One kind of failure.

    Attributes:
        pattern: matches Helm's words.
        reason: its word.
        remedy: what to do, if the reason's own remedy does not fit; it may have ``{object}`` in it, which
            names to kubectl the object that the groups ``kind`` and ``name`` of the pattern find.
        message: the message to show instead of Helm's words, if those say too little.
        actions: the Helm verbs to which the rule applies; empty means all.
    """

    pattern: re.Pattern[str]
    reason: Reason
    remedy: str = ""
    message: str = ""
    actions: frozenset[str] = frozenset()


def pattern(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern that finds any of `alternatives`, in upper or lower case."""
    return re.compile("|".join(alternatives), re.IGNORECASE)
