"""Questions that several rules ask about a situation. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records import chart_versions
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.steps import REQUESTS, Conclude, Refuse
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Attempt, Ledger
    from helm_rollback_component.core.remediation.steps import Desired, Rollback, Situation

ROLLBACKS_PER_ATTEMPT = 2
INTERRUPTED = "the update was interrupted"


def stalled(reason: Reason, message: str) -> Conclude:
    """Return the end of a run that cannot progress without help; its message ends with what to do."""
    return Conclude(Phase.STALLED, reason, told(message, reason.remedy))


def unreadable(history: History) -> Conclude | None:
    """Return why nothing can be done while the newest record cannot be read; None if it can."""
    number = max(history.unreadable, default=0)
    if number < (history.latest.revision if history.latest else 1):
        return None
    return stalled(
        Reason.RECORD_UNREADABLE,
        f"the record of the newest revision ({number}) cannot be decoded; Helm cannot deploy over it",
    )


def failed(failure: Failure) -> Conclude:
    """Return the end of a run whose failure is left as it is; its message ends with what to do."""
    return Conclude(Phase.FAILED, failure.reason, told(failure.message, failure.remedy))


def told(message: str, remedy: str) -> str:
    """Return a message that ends with what to do, if anything is."""
    return "; ".join(filter(None, (message, remedy)))


def asked_for(action: Rollback) -> bool:
    """Return whether a person, or the inputs, asked for this rollback; else it follows from a failure."""
    return action.requested or action.reason == Reason.OPERATOR_REQUEST


def rollback_failed(situation: Situation, action: Rollback, why: str) -> str:
    """Return that a rollback failed and why, after what it was to put right, if that was a failure."""
    said = f"the rollback to revision {action.revision} failed: {why}"
    return told(_to_be_put_right(situation, action), said)


def _to_be_put_right(situation: Situation, action: Rollback) -> str:
    """Another run may have begun the rollback; then the word for the failure is all that is known of it."""
    if asked_for(action):
        return ""
    if situation.cause:
        return f"the upgrade failed: {situation.cause.message}"
    return INTERRUPTED if action.reason == Reason.INTERRUPTED else f"the upgrade failed ({action.reason})"


def remediation_target(situation: Situation, failed: Record) -> Record | None:
    """Return the revision to restore after `failed` that was not tried since, if there is one."""
    history, ledger = situation.history, situation.ledger
    restored = (history.get(action.revision) for action in situation.rollbacks)
    tried = {targets.origin(record, history, ledger) for record in (failed, *restored) if record}
    wanted = history.get(situation.desired.rollback.target_revision or 0)
    if (
        wanted
        and wanted.revision < failed.revision
        and targets.origin(wanted, history, ledger) not in tried
        and targets.refuse(wanted.revision, history, ledger) is None
    ):
        return wanted
    return targets.last_good(history, ledger, below=failed.revision, without=tried)


def present(history: History, ledger: Ledger) -> tuple[Record, ...]:
    """Return the revisions whose objects may be there, oldest first."""
    may_be = (history.latest, history.deployed, *targets.since_last_good(history, ledger))
    return tuple(record for record in history if record in may_be)


def pin(situation: Situation) -> int | None:
    """Return the revision that the inputs hold the release at, if they do."""
    rollback = situation.desired.rollback
    return rollback.target_revision if rollback.strategy == "manual" else None


def downgrades(rollback: RollbackConfig, declared: tuple[str, str], present: tuple[str, str]) -> bool:
    """Whether declaring a chart (name, version) in place of the present one requests a rollback."""
    by_version = rollback.strategy == "version-based" and rollback.enabled
    return by_version and declared[0] == present[0] and chart_versions.older(declared[1], present[1])


def refuse_target(revision: int, situation: Situation) -> Refuse | None:
    """Return why the revision that the inputs name cannot be restored, None if it can."""
    refusal = targets.refuse(revision, situation.history, situation.ledger)
    return refuse(refusal) if refusal else None


def refuse(refusal: targets.Refusal) -> Refuse:
    """Return the refusal of a rollback target as the end of a run."""
    return Refuse("operations.rollback.target_revision", refusal.reason, refusal.message)


def ours(latest: Record, ledger: Ledger) -> bool:
    """Whether the latest record has the number that the last action was begun for, or is what it replaces."""
    attempt = ledger.attempt
    return bool(attempt and attempt.revision == latest.revision) or remedy_begun(latest, ledger)


def remedy_begun(latest: Record, ledger: Ledger) -> bool:
    """Whether the last action was to roll the latest revision back, and has stored nothing."""
    attempt = ledger.attempt
    return bool(attempt and remediating(attempt) and attempt.revision == latest.revision + 1)


def as_declared(record: Record, desired: Desired) -> bool:
    """Whether a record may be what is declared: another client may have used the number of our attempt."""
    return (
        record.chart_name == desired.chart_name
        and chart_versions.same(record.chart_version, desired.chart_version)
        and record.values_digest == desired.values_digest
    )


def not_another_clients(record: Record, situation: Situation) -> bool:
    """Whether a record with the number that we began is ours: it failed, or has what is declared."""
    return record.status is Status.FAILED or as_declared(record, situation.desired)


def attempted(situation: Situation) -> bool:
    """Whether the last action was begun for what is declared now."""
    attempt = situation.ledger.attempt
    return bool(attempt and attempt.desired_digest == situation.desired.digest)


def remediating(attempt: Attempt) -> bool:
    """Whether an action was a rollback after a failure, not a requested one."""
    return attempt.action == "rollback" and attempt.reason not in REQUESTS


def retriggered(situation: Situation) -> bool:
    """Whether the retry trigger changed since the last action was begun."""
    attempt = situation.ledger.attempt
    return bool(attempt and attempt.retry_trigger != (situation.desired.rollback.retry_trigger or ""))
