"""What follows from an interruption: of our own process, of Helm's, or of another client's. Pure.

An interrupted upgrade is not held against what was declared: the next run tries it again. What had failed by
itself before the interruption is remedied.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import Failure, classify
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import predicates, targets
from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Conclude,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.ledger import Attempt
    from helm_rollback_component.core.remediation.steps import Situation, Step

_INTERRUPTIONS = (Reason.INTERRUPTED, Reason.CANCELLED, Reason.HELM_CRASHED)


def named(failure: Failure | None) -> Failure | None:
    """Return the failure; every interruption has one reason, and a message that begins in the same way.

    Args:
        failure: how an action failed, None if it did not.
    """
    if failure is None or failure.reason not in _INTERRUPTIONS:
        return failure
    detail = failure.message.removeprefix(predicates.INTERRUPTED).removeprefix(": ")
    message = ": ".join(filter(None, (predicates.INTERRUPTED, detail)))
    return replace(failure, reason=Reason.INTERRUPTED, message=message, remedy=Reason.INTERRUPTED.remedy)


def instead(step: Step, situation: Situation) -> Step:
    """Return the step; where the run is interrupted and the step begins something new, the run's end."""
    if not situation.interrupted or not begins(step):
        return step
    message = predicates.told(predicates.INTERRUPTED, Reason.INTERRUPTED.remedy)
    return Conclude(Phase.FAILED, Reason.INTERRUPTED, message)


def begins(step: Step) -> bool:
    """Whether a step is something new, and not what is owed for a step before."""
    return isinstance(step, Install | Upgrade | Verify) or (isinstance(step, Rollback) and step.requested)


def unfinished(situation: Situation) -> Step | None:
    """Return what to do about an operation that did not end."""
    latest = situation.history.latest
    if latest and latest.status.pending and not predicates.ours(latest, situation.ledger):
        return _unlock_if_dead(latest, situation)
    if latest and latest.status in (Status.PENDING_INSTALL, Status.UNINSTALLING):
        return Uninstall(reason=Reason.INTERRUPTED)
    if latest and latest.status.pending:
        return Unlock(latest.revision)
    return None


def _unlock_if_dead(latest: Record, situation: Situation) -> Step:
    """Another client's pending operation may still run: only its age shows that it does not."""
    if situation.pending_for < situation.desired.patience:
        return Conclude(
            Phase.FAILED,
            Reason.OPERATION_IN_PROGRESS,
            f"another Helm client is working on revision {latest.revision} ({latest.status.value}); "
            f"if it died, delete the Secret of that revision, or run an update "
            f"{situation.desired.patience:.0f} s after it began, which takes over then",
        )
    if latest.status is Status.PENDING_INSTALL:
        return Uninstall(reason=Reason.INTERRUPTED)
    return Unlock(latest.revision)


def unremedied(situation: Situation) -> Step | None:
    """Return the rollback that a run owed when it was interrupted; None where the upgrade is tried again."""
    latest, rollback, attempt = situation.history.latest, situation.desired.rollback, situation.ledger.attempt
    if latest is None or latest.status is not Status.FAILED or not predicates.ours(latest, situation.ledger):
        return None
    automatic = rollback.enabled and rollback.strategy != "manual"
    if attempt is None or not automatic or not predicates.attempted(situation):
        return None
    reason = _owed_for(attempt, latest, situation)
    target = predicates.remediation_target(situation, latest) if reason else None
    return Rollback(target.revision, reason) if target else None


def _owed_for(attempt: Attempt, latest: Record, situation: Situation) -> str:
    """Return why a failed revision is to be rolled back; empty if that was concluded, or only interrupted."""
    ledger = situation.ledger
    if predicates.remedy_begun(latest, ledger) and not predicates.retriggered(situation):
        return "" if attempt.concluded else _unless_interrupted(attempt.reason)
    if attempt.revision != latest.revision or ledger.entry(latest.revision):
        return ""
    if attempt.action == "rollback":
        return "" if attempt.reason in REQUESTS else _unless_interrupted(attempt.reason)
    if targets.was_interrupted(latest):
        return ""
    return _unless_interrupted(classify(latest.description, attempt.action).reason)


def _unless_interrupted(reason: str) -> str:
    return "" if reason in _INTERRUPTIONS else reason
