"""What a run leaves in the ledger: how it ended, the rollback status, and the conditions.

Pure. The conditions have the names of Flux's HelmRelease. ``Ready`` is false after a successful rollback,
because what runs is not what was declared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.ledger import Conclusion
from helm_rollback_component.core.steps import REQUESTS, Conclude, Install, Rollback, Upgrade, Verify
from helm_rollback_component.results import Condition, Phase, RollbackState, RollbackStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.core.ledger import Ledger
    from helm_rollback_component.core.steps import Situation, Taken

CONDITION_TYPES = ("Released", "TestSuccess", "Remediated", "Ready", "Stalled")


def conclude(situation: Situation, outcome: Conclude, *, tested: bool, now: str) -> Ledger:
    """Return the ledger as it stands after a run that ended so.

    Args:
        situation: the last situation of the run.
        outcome: how it ended.
        tested: whether the chart's tests were part of the run.
        now: the time (RFC 3339).
    """
    ledger = situation.ledger
    status = _rollback_status(situation, outcome, now)
    found = tuple(_conditions(situation, outcome, status, tested=tested))
    return ledger.model_copy(
        update={
            "conclusion": Conclusion(phase=outcome.phase, reason=outcome.reason, message=outcome.message),
            "rollback_status": status,
            "conditions": merge_conditions(ledger.conditions, found, now),
        }
    )


def merge_conditions(
    before: Iterable[Condition], found: Iterable[Condition], now: str
) -> tuple[Condition, ...]:
    """Return the conditions in their fixed order, the found ones over those before.

    A condition keeps its transition time while its status stays the same.
    """
    known = {condition.type: condition for condition in before}
    for condition in found:
        old = known.get(condition.type)
        same = old is not None and old.status == condition.status
        known[condition.type] = replace(
            condition, last_transition_time=old.last_transition_time if old and same else now
        )
    return tuple(known[kind] for kind in CONDITION_TYPES if kind in known)


def _rollback_status(situation: Situation, outcome: Conclude, now: str) -> RollbackStatus:
    current = situation.ledger.rollback_status
    rollbacks = [taken for taken in situation.taken if isinstance(taken.action, Rollback)]
    if rollbacks and outcome.phase is not Phase.FAILED:
        return _after_rollback(situation, rollbacks[-1], outcome, now)
    requested = current.reason in REQUESTS
    deployed_anew = any(isinstance(taken.action, Install | Upgrade) for taken in situation.taken)
    if outcome.phase is Phase.DEPLOYED and (deployed_anew or not requested):
        return RollbackStatus()
    if outcome.phase is Phase.ROLLED_BACK and situation.taken:
        return _after_interruption(situation, outcome, now)
    return current


def _after_rollback(situation: Situation, last: Taken, outcome: Conclude, now: str) -> RollbackStatus:
    action, latest = last.action, situation.history.latest
    restored = latest.revision if latest and not last.failure else 0
    return RollbackStatus(
        state=RollbackState.FAILED if last.failure else RollbackState.ROLLED_BACK,
        strategy=situation.desired.rollback.strategy,
        reason=action.reason if isinstance(action, Rollback) else outcome.reason,
        message=outcome.message,
        failed_revision=_failed_revision(situation),
        target_revision=action.revision if isinstance(action, Rollback) else 0,
        restored_revision=restored,
        attempts=situation.count(Upgrade),
        at=now,
    )


def _after_interruption(situation: Situation, outcome: Conclude, now: str) -> RollbackStatus:
    attempt, latest = situation.ledger.attempt, situation.history.latest
    return RollbackStatus(
        state=RollbackState.ROLLED_BACK,
        strategy=situation.desired.rollback.strategy,
        reason=outcome.reason,
        message=outcome.message,
        failed_revision=_failed_revision(situation),
        target_revision=attempt.target if attempt else 0,
        restored_revision=latest.revision if latest else 0,
        attempts=1,
        at=now,
    )


def _failed_revision(situation: Situation) -> int:
    latest = situation.history.latest
    failed = (
        record.revision
        for record in reversed(situation.history.records)
        if latest and record.revision < latest.revision and record.status.value == "failed"
    )
    requested = any(isinstance(t.action, Rollback) and t.action.requested for t in situation.taken)
    return 0 if requested else next(failed, 0)


def _conditions(
    situation: Situation, outcome: Conclude, status: RollbackStatus, *, tested: bool
) -> Iterator[Condition]:
    ready = outcome.phase is Phase.DEPLOYED
    stalled = outcome.phase is Phase.STALLED
    yield from _released(situation)
    if tested:
        yield from _test_success(situation)
    if status.state is RollbackState.ROLLED_BACK:
        yield _true("Remediated", status.reason, status.message)
    elif status.state is RollbackState.FAILED:
        yield _false("Remediated", status.reason, status.message)
    elif situation.taken:
        yield _false("Remediated", "NotNeeded")
    yield (_true if ready else _false)("Ready", outcome.reason, outcome.message)
    yield (_true("Stalled", outcome.reason) if stalled else _false("Stalled", "Progressing"))


def _released(situation: Situation) -> Iterator[Condition]:
    deploying = [taken for taken in situation.taken if isinstance(taken.action, Install | Upgrade | Verify)]
    if not deploying:
        return
    last = deploying[-1]
    verb = "Install" if isinstance(last.action, Install) else "Upgrade"
    if last.failure:
        yield _false("Released", f"{verb}Failed", last.failure.message)
    else:
        yield _true("Released", f"{verb}Succeeded")


def _test_success(situation: Situation) -> Iterator[Condition]:
    cause = situation.cause
    if cause and cause.reason == "TestFailed":
        yield _false("TestSuccess", "TestFailed", cause.message)
    elif situation.taken and cause is None:
        yield _true("TestSuccess", "TestSucceeded")


def _true(kind: str, reason: str, message: str = "") -> Condition:
    return Condition(kind, "True", reason, message, "")


def _false(kind: str, reason: str, message: str = "") -> Condition:
    return Condition(kind, "False", reason, message, "")
