"""Why an update with the inputs of before tries nothing after a rollback. Pure, and quick to import."""

from __future__ import annotations

from helm_rollback_component.reasons import Reason


def because(reason: str) -> str:
    """Return why, as a part of a sentence; `reason` is that of the rollback."""
    by_hand = reason == Reason.OPERATOR_REQUEST
    return "the release was rolled back by hand" if by_hand else "these inputs were rolled back"


def in_short(reason: str) -> str:
    """Return the same with the reason word, for a line of a table."""
    return f"{because(reason)} ({reason})"
