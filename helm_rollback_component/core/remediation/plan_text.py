"""The beginnings of a plan's text, and which plans stay as they are while the inputs do. Pure."""

from __future__ import annotations

DEPLOY = "deploy "
HOLD = "hold the release at the content of revision "
OBSERVED = " over what a refresh found ("


def stays(plan: str) -> bool:
    """Whether the next update has the same plan if its inputs are the same.

    A rollback to an older chart, and the correction of what a refresh found, are followed by an upgrade.
    """
    return plan.startswith((DEPLOY, HOLD)) and OBSERVED not in plan
