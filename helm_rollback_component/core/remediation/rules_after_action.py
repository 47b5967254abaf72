"""What follows from what was just done in this run: the rules that `plan.next_step` asks first. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import manual_rollback, predicates
from helm_rollback_component.core.remediation.passed_over import passed_over, passed_over_of_version
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Gone,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason, find
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.remediation.steps import Action, Situation, Step


def _after_failure(situation: Situation) -> Step | None:
    last = situation.taken[-1] if situation.taken else None
    if last is None or last.failure is None:
        return None
    return _after_failed(situation, last.action, last.failure)


def _after_failed(situation: Situation, action: Action, failure: Failure) -> Step:
    match action:
        case Install():
            return _after_failed_install(situation, failure)
        case Upgrade():
            return _after_failed_upgrade(situation, failure)
        case Verify():
            interrupted = failure.reason == Reason.INTERRUPTED
            return predicates.failed(failure) if interrupted else _remedy(situation, failure)
        case Rollback():
            return _after_failed_rollback(situation, action, failure)
        case Accept():
            return _after_failed_acceptance(situation, action, failure)
        case Uninstall() | Unlock():
            return predicates.failed(failure)
        case _:
            assert_never(action)


def _after_failed_install(situation: Situation, failure: Failure) -> Step:
    """What is there to be removed is told by the records; another client may have been faster."""
    latest = situation.history.latest
    none = not situation.history or (latest and latest.status is Status.UNINSTALLED)
    if none or (latest and not predicates.not_another_clients(latest, situation)):
        return Gone(failure.reason, failure.message, failure.remedy)
    return Uninstall(failure.reason)


def _after_failed_upgrade(situation: Situation, failure: Failure) -> Step:
    """What is owed is told by the records: nothing where the newest revision is not the one we began."""
    latest = situation.history.latest
    if latest is None or not predicates.not_another_clients(latest, situation):
        return predicates.failed(failure)
    return _remedy(situation, failure)


def _remedy(situation: Situation, failure: Failure) -> Step:
    latest, rollback = situation.history.latest, situation.desired.rollback
    if latest is None or not predicates.ours(latest, situation.ledger):
        return predicates.failed(failure)
    if not rollback.enabled or rollback.strategy == "manual":
        return predicates.failed(failure)
    target = predicates.remediation_target(situation, latest)
    if target is None:
        return predicates.stalled(
            Reason.MISSING_ROLLBACK_TARGET,
            f"{failure.message}; no good revision is stored that can be restored",
        )
    return Rollback(target.revision, failure.reason)


def _after_failed_rollback(situation: Situation, action: Rollback, failure: Failure) -> Step:
    """Where its time is over, and the failure may still pass, its target is not given up for another."""
    accepted = acceptance(situation)
    if failure.temporary:
        return accepted or _rollback_failed(situation, action, failure)
    return accepted or _otherwise(situation, action, failure)


def acceptance(situation: Situation) -> Accept | None:
    """Return the step that keeps what the last rollback has restored in part; None where nothing serves."""
    last, latest = situation.taken[-1], situation.history.latest
    if not isinstance(last.action, Rollback) or not last.failure or last.unrestored is None or not latest:
        return None
    named = "everything went back, but the rollback ended with an error"
    if last.unrestored:
        named = f"these could not go back: {', '.join(last.unrestored)}"
    return Accept(latest.revision, last.action, f"{named} ({last.failure.message})")


def _after_failed_acceptance(situation: Situation, action: Accept, failure: Failure) -> Step:
    """Where the record could not be marked, what serves is left; else it did not become ready."""
    latest = situation.history.latest
    if latest and latest.status is Status.DEPLOYED:
        return _otherwise(situation, action.rollback, failure)
    return _rollback_failed(situation, action.rollback, failure)


def _otherwise(situation: Situation, action: Rollback, failure: Failure) -> Step:
    """Restore the next older good revision, once, where the target of a rollback cannot be had."""
    latest = situation.history.latest
    older = latest and not action.requested and predicates.remediation_target(situation, latest)
    if older and _may_roll_back_again(situation):
        return Rollback(older.revision, action.reason)
    return _rollback_failed(situation, action, failure)


def _may_roll_back_again(situation: Situation) -> bool:
    return len(situation.rollbacks) < predicates.ROLLBACKS_PER_ATTEMPT


def _rollback_failed(situation: Situation, action: Rollback, failure: Failure) -> Conclude:
    why = predicates.told(failure.message, failure.remedy)
    message = predicates.rollback_failed(situation, action, why)
    others = "" if action.requested else passed_over(situation, action.revision)
    return predicates.stalled(Reason.ROLLBACK_FAILED, predicates.told(message, others))


def _after_rollback(situation: Situation) -> Step | None:
    last = situation.taken[-1].action if situation.taken else None
    match last:
        case Rollback():
            return _after_restoring(situation, last, "")
        case Accept():
            return _after_restoring(situation, last.rollback, last.remains)
        case _:
            return None


def _after_restoring(situation: Situation, rollback: Rollback, remains: str) -> Step:
    if rollback.requested:
        by_version = rollback.reason == Reason.VERSION_DOWNGRADE
        others = passed_over_of_version(situation, rollback.revision) if by_version else ""
        return Conclude(Phase.DEPLOYED, rollback.reason, "; ".join(filter(None, (others, remains))))
    again = 0 < situation.count(Upgrade) <= situation.desired.rollback.retries
    if again and not situation.interrupted:
        return Upgrade(note=f"attempt {situation.count(Upgrade) + 1}")
    cause = situation.cause
    parts = (
        cause.message if cause else predicates.INTERRUPTED,
        passed_over(situation, rollback.revision),
        remains,
        cause.remedy if cause else find(rollback.reason).remedy,
    )
    phase = Phase.FAILED if rollback.reason == Reason.INTERRUPTED else Phase.ROLLED_BACK
    return Conclude(phase, rollback.reason, "; ".join(filter(None, parts)))


def _after_removal(situation: Situation) -> Step | None:
    cause = situation.cause
    if cause and situation.count(Uninstall) and not situation.history:
        return Gone(cause.reason, cause.message, cause.remedy)
    return None


def _after_success(situation: Situation) -> Step | None:
    last = situation.taken[-1].action if situation.taken else None
    match last:
        case Install():
            return Conclude(Phase.DEPLOYED, Reason.INSTALL_SUCCEEDED)
        case Upgrade():
            return Conclude(Phase.DEPLOYED, Reason.UPGRADE_SUCCEEDED)
        case Verify():
            return _after_verification(situation, last.revision)
        case _:
            return None


def _after_verification(situation: Situation, revision: int) -> Step:
    if predicates.pin(situation):
        return Conclude(Phase.DEPLOYED, Reason.MANUAL_REQUEST)
    attempt, entry = situation.ledger.attempt, situation.ledger.entry(revision)
    declared = entry is not None and entry.desired_digest == situation.desired.digest
    if attempt and attempt.revision == revision and predicates.remediating(attempt) and not declared:
        parts = manual_rollback.begun(attempt), predicates.INTERRUPTED, find(attempt.reason).remedy
        message = "; ".join(filter(None, parts))
        return Conclude(Phase.ROLLED_BACK, attempt.reason, message)
    return Conclude(Phase.DEPLOYED, Reason.IN_SYNC)


RULES: tuple[Callable[[Situation], Step | None], ...] = (
    _after_failure,
    _after_removal,
    _after_rollback,
    _after_success,
)
