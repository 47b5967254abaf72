"""What a run that changed a release has to announce, in the words of Flux's helm-controller. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Accept,
    Conclude,
    Gone,
    Install,
    Rollback,
    Uninstall,
    Unlock,
)
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.remediation.steps import Action, Outcome, Situation, Taken


@dataclass(frozen=True)
class Announcement:
    """What is announced.

    Attributes:
        reason: such as ``UpgradeSucceeded``.
        action: ``Install``, ``Upgrade``, ``Rollback`` or ``Uninstall``.
        note: one sentence.
        warning: whether the release is not what was declared.
    """

    reason: Reason
    action: str
    note: str
    warning: bool


def announcement(situation: Situation, outcome: Outcome) -> Announcement | None:
    """Return what a run announces, None where it changed nothing: the last thing that it did, and its result.

    Args:
        situation: the last situation of the run.
        outcome: how it ended.
    """
    done = [taken for taken in situation.taken if not isinstance(taken.action, Unlock)]
    if not done or not isinstance(outcome, Conclude | Gone):
        return None
    last = done[-1]
    succeeded = last.failure is None and not isinstance(outcome, Gone)
    action = "Install" if isinstance(outcome, Gone) else _named(last.action)
    good = succeeded and _as_declared(last)
    note = _note(situation, last) if succeeded else ""
    why = "" if good else ": ".join(filter(None, (outcome.reason, outcome.message)))
    return Announcement(
        _REASONS[action, succeeded], action, "; ".join(filter(None, (note, why))), warning=not good
    )


def uninstalled(reason: str) -> Announcement:
    """Return what a deletion announces; `reason` is why it failed, empty where it did not."""
    word = Reason.UNINSTALL_FAILED if reason else Reason.UNINSTALL_SUCCEEDED
    note = f"the uninstall failed: {reason}" if reason else "the release was uninstalled"
    return Announcement(word, "Uninstall", note, warning=bool(reason))


_REASONS = {
    ("Install", True): Reason.INSTALL_SUCCEEDED,
    ("Install", False): Reason.INSTALL_FAILED,
    ("Upgrade", True): Reason.UPGRADE_SUCCEEDED,
    ("Upgrade", False): Reason.UPGRADE_FAILED,
    ("Rollback", True): Reason.ROLLBACK_SUCCEEDED,
    ("Rollback", False): Reason.ROLLBACK_FAILED,
    ("Uninstall", True): Reason.UNINSTALL_SUCCEEDED,
    ("Uninstall", False): Reason.UNINSTALL_FAILED,
}


def _named(action: Action) -> str:
    match action:
        case Rollback() | Accept():
            return "Rollback"
        case Install():
            return "Install"
        case Uninstall():
            return "Uninstall"
        case _:
            return "Upgrade"


def _rollback(action: Action) -> Rollback | None:
    if isinstance(action, Accept):
        return action.rollback
    return action if isinstance(action, Rollback) else None


def _as_declared(last: Taken) -> bool:
    rollback = _rollback(last.action)
    return rollback.reason in REQUESTS if rollback else not isinstance(last.action, Uninstall)


def _note(situation: Situation, last: Taken) -> str:
    latest, rollback = situation.history.latest, _rollback(last.action)
    if latest is None:
        return "nothing of the release is left"
    if rollback:
        return f"the content of revision {rollback.revision} runs again, as revision {latest.revision}"
    return f"revision {latest.revision} ({latest.chart_name} {latest.chart_version}) is deployed"
