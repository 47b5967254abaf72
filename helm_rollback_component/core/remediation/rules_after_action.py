"""What follows from what was just done in this run: the rules that `plan.next_step` asks first. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import predicates
from helm_rollback_component.core.remediation.steps import (
    Conclude,
    Gone,
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
    from collections.abc import Callable

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.remediation.steps import Situation, Step


def _after_failure(situation: Situation) -> Step | None:
    last = situation.taken[-1] if situation.taken else None
    if last is None or last.failure is None:
        return None
    failure = last.failure
    match last.action:
        case Install():
            return _after_failed_install(situation, failure)
        case Upgrade() | Verify():
            return _after_failed_upgrade(situation, failure)
        case Rollback() as action:
            return _after_failed_rollback(situation, action, failure)
        case Uninstall() | Unlock():
            return Conclude(Phase.FAILED, failure.reason, failure.message)
        case _:
            assert_never(last.action)


def _after_failed_install(situation: Situation, failure: Failure) -> Step:
    latest = situation.history.latest
    if not situation.history or (latest and latest.status is Status.UNINSTALLED):
        return Gone(failure.reason, failure.message)
    return Uninstall(failure.reason)


def _after_failed_upgrade(situation: Situation, failure: Failure) -> Step:
    latest = situation.history.latest
    rollback = situation.desired.rollback
    if failure.stored is False or latest is None or not predicates.ours(latest, situation.ledger):
        return Conclude(Phase.FAILED, failure.reason, failure.message)
    if not rollback.enabled or rollback.strategy == "manual":
        return Conclude(Phase.FAILED, failure.reason, failure.message)
    target = predicates.remediation_target(situation, latest)
    if target is None:
        return predicates.stalled(
            Reason.MISSING_ROLLBACK_TARGET,
            f"{failure.message}; no good revision is stored that can be restored",
        )
    return Rollback(target.revision, failure.reason)


def _after_failed_rollback(situation: Situation, action: Rollback, failure: Failure) -> Step:
    again = len(situation.rollbacks) < predicates.ROLLBACKS_PER_ATTEMPT
    if again and failure.temporary:
        return action
    latest = situation.history.latest
    older = latest and not action.requested and predicates.remediation_target(situation, latest)
    if again and older:
        return Rollback(older.revision, action.reason)
    return predicates.stalled(
        Reason.ROLLBACK_FAILED,
        f"the rollback to revision {action.revision} failed: {failure.message}",
    )


def _after_rollback(situation: Situation) -> Step | None:
    last = situation.taken[-1].action if situation.taken else None
    if not isinstance(last, Rollback):
        return None
    if last.requested:
        return Conclude(Phase.DEPLOYED, last.reason)
    if 0 < situation.count(Upgrade) <= situation.desired.rollback.retries:
        return Upgrade(note=f"attempt {situation.count(Upgrade) + 1}")
    cause = situation.cause
    return Conclude(Phase.ROLLED_BACK, last.reason, cause.message if cause else predicates.INTERRUPTED)


def _after_removal(situation: Situation) -> Step | None:
    cause = situation.cause
    if cause and situation.count(Uninstall) and not situation.history:
        return Gone(cause.reason, cause.message)
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
        return Conclude(Phase.ROLLED_BACK, attempt.reason, predicates.INTERRUPTED)
    return Conclude(Phase.DEPLOYED, Reason.IN_SYNC)


RULES: tuple[Callable[[Situation], Step | None], ...] = (
    _after_failure,
    _after_removal,
    _after_rollback,
    _after_success,
)
