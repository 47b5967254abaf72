"""What an update begins with, in one line: for a preview, and for whoever asks what would be done. Pure.

It says what `plan.next_step` has chosen for a release as it is now, before anything is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Gone,
    Install,
    Refuse,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import find
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.remediation.steps import Desired, Situation, Step

WILL_FAIL = "this update will fail: "
IN_PLACE = "uninstall what is there, and "
"""What stands before an install that replaces a release of the same name, in the same place."""


def told(step: Step, situation: Situation) -> str:
    """Return what an update begins with, such as ``upgrade 1.2.0 → 1.3.0``.

    Args:
        step: the first step of the update.
        situation: the release as it is now, and what is declared.
    """
    match step:
        case Install() | Upgrade() | Unlock() | Uninstall():
            return _deployment(step, situation)
        case Rollback(revision=revision, reason=reason):
            target = situation.history.get(revision)
            return f"roll back to revision {revision}{_of(target)}: {_meaning(reason)}"
        case Verify(revision=revision) | Accept(revision=revision):
            return f"no upgrade: revision {revision} is as declared, and is judged again"
        case Conclude(phase=Phase.DEPLOYED, message=message):
            return f"no action: {message or 'what runs is what is declared'}"
        case Conclude(message=message) | Gone(message=message) | Refuse(message=message):
            return f"{WILL_FAIL}{message}"
        case _:
            assert_never(step)


def _deployment(step: Install | Upgrade | Unlock | Uninstall, situation: Situation) -> str:
    install, upgrade = f"install {_chart(situation.desired)}", _upgrade(situation.desired, situation.history)
    match step:
        case Install():
            return install
        case Upgrade(note=note):
            return f"{upgrade}; {note}" if note else upgrade
        case Unlock(revision=revision):
            return f"mark revision {revision} failed, which was left pending; {upgrade}"
        case Uninstall(reason=reason):
            return f"remove what is there, and {install}: {_meaning(reason)}"
        case _:
            assert_never(step)


def _upgrade(desired: Desired, history: History) -> str:
    """Return which upgrade it is: from which version of the chart to which."""
    before = history.deployed or history.latest
    if before is None or before.chart_name != desired.chart_name:
        from_ = f"{before.chart_name} {before.chart_version} → " if before else ""
        return f"upgrade {from_}{_chart(desired)}"
    if before.chart_version != desired.chart_version:
        return f"upgrade {before.chart_version} → {desired.chart_version}"
    return f"upgrade (chart {_chart(desired)} as before)"


def _chart(desired: Desired) -> str:
    return f"{desired.chart_name} {desired.chart_version}"


def _of(record: Record | None) -> str:
    return f" ({record.chart_name} {record.chart_version})" if record else ""


def _meaning(reason: str) -> str:
    meaning = find(reason).meaning.rstrip(".")
    return f"{meaning[0].lower()}{meaning[1:]}"
