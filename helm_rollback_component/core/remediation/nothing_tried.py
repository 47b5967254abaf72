"""Why an update with the inputs of before tries nothing after a rollback. Pure, and quick to import."""

from __future__ import annotations

from helm_rollback_component.reasons import Reason


def because(reason: str) -> str:
    """Return why, as a part of a sentence; `reason` is that of the rollback."""
    if reason == Reason.OPERATOR_REQUEST:
        return "the release was rolled back by hand"
    return f"these inputs were rolled back ({reason})"
