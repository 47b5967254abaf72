"""What a run leaves in the ledger: how it ended, the rollback status, and the conditions.

Pure. The conditions have the names of Flux's HelmRelease. ``Ready`` is false after a successful rollback,
because what runs is not what was declared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import known_shortage
from helm_rollback_component.core.health.evidence import NOTHING_SEEN
from helm_rollback_component.core.records.ledger import Conclusion, Verdict
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Accept,
    Conclude,
    Install,
    Rollback,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Condition, Phase, RollbackState, RollbackStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Situation, Taken

_UNSEEN = "whether its objects are ready could not be seen, so Helm's word counts"

OBSERVED = "Observed"
"""The type of the condition that is there where something could not be observed."""

_LACKING = "what these rights are missing for is not looked at, and Helm's word counts"

CONDITION_TYPES = ("Released", "TestSuccess", "Remediated", "Ready", "Stalled", OBSERVED)


def conclude(situation: Situation, outcome: Conclude, *, tested: bool, now: str) -> Ledger:
    """Return the ledger after a run with that outcome.

    Args:
        situation: the last situation of the run.
        outcome: how it ended.
        tested: whether the chart's tests were part of the run.
        now: the time (RFC 3339).
    """
    ledger = situation.ledger
    status = _rollback_status(situation, outcome, now)
    found = tuple(_conditions(situation, outcome, status, tested=tested))
    before = [each for each in ledger.conditions if each.type != OBSERVED or not situation.taken]
    return ledger.model_copy(
        update={
            "attempt": ledger.attempt and ledger.attempt.model_copy(update={"concluded": True}),
            "conclusion": Conclusion(phase=outcome.phase, reason=outcome.reason, message=outcome.message),
            "rollback_status": status,
            "conditions": merge_conditions(before, found, now),
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
    declared = outcome.phase is Phase.DEPLOYED
    last = situation.taken[-1].action if situation.taken else None
    if declared and isinstance(last, Install | Upgrade):
        return RollbackStatus()
    rollbacks = rollbacks_of(situation)
    if rollbacks and (rollbacks[-1].action.reason in REQUESTS or not declared):
        return _told(situation, rollbacks, outcome, now)
    if declared and current.reason not in REQUESTS:
        return RollbackStatus()
    return current


@dataclass(frozen=True)
class RolledBack:
    """A rollback that was made, and whether it failed."""

    action: Rollback
    failed: bool


def rollbacks_of(situation: Situation) -> list[RolledBack]:
    """Return the rollbacks of this run, or the one of a run that died, if this one has found it good."""
    rollbacks = [
        RolledBack(taken.action, taken.failure is not None and not _accepted(after))
        for taken, after in pairwise((*situation.taken, None))
        if taken and isinstance(taken.action, Rollback)
    ]
    last, attempt = situation.taken[-1] if situation.taken else None, situation.ledger.attempt
    if rollbacks or last is None or last.failure or attempt is None or attempt.action != "rollback":
        return rollbacks
    judged = isinstance(last.action, Verify) and last.action.revision == attempt.revision
    return [RolledBack(Rollback(attempt.target, attempt.reason), failed=False)] if judged else []


def _accepted(taken: Taken | None) -> bool:
    return taken is not None and isinstance(taken.action, Accept) and taken.failure is None


def _told(situation: Situation, rollbacks: list[RolledBack], outcome: Conclude, now: str) -> RollbackStatus:
    newest, failed = rollbacks[-1].action, rollbacks[-1].failed
    requested = newest.reason in REQUESTS
    return RollbackStatus(
        state=RollbackState.FAILED if failed else RollbackState.ROLLED_BACK,
        strategy=situation.desired.rollback.strategy,
        reason=newest.reason,
        message=outcome.message,
        failed_revision=0 if requested else _failed_revision(situation, rollbacks),
        target_revision=newest.revision,
        restored_revision=0 if failed else _restored_revision(situation, newest),
        attempts=situation.count(Upgrade),
        at=now,
    )


def _failed_revision(situation: Situation, rollbacks: list[RolledBack]) -> int:
    """Return the newest revision after the target that is not good and not itself one of the rollbacks."""
    history, ledger = situation.history, situation.ledger
    restored = {_origin(situation, rollback.action.revision) for rollback in rollbacks}
    bad = (
        record.revision
        for record in reversed(history.records)
        if record.revision > rollbacks[-1].action.revision
        and targets.standing(record, ledger) is not Verdict.GOOD
        and targets.origin(record, history, ledger) not in restored
    )
    return next(bad, 0)


def _restored_revision(situation: Situation, rollback: Rollback) -> int:
    history, ledger = situation.history, situation.ledger
    wanted = _origin(situation, rollback.revision)
    holding = (
        record.revision
        for record in reversed(history.records)
        if targets.origin(record, history, ledger) == wanted
    )
    return next(holding, 0)


def _origin(situation: Situation, revision: int) -> int:
    record = situation.history.get(revision)
    return targets.origin(record, situation.history, situation.ledger) if record else revision


def _conditions(
    situation: Situation, outcome: Conclude, status: RollbackStatus, *, tested: bool
) -> Iterator[Condition]:
    ready = outcome.phase is Phase.DEPLOYED
    stalled = outcome.phase is Phase.STALLED
    yield from _released(situation, outcome)
    if tested:
        yield from _test_success(situation)
    if status.state is RollbackState.ROLLED_BACK:
        yield _true("Remediated", status.reason, status.message)
    elif status.state is RollbackState.FAILED:
        yield _false("Remediated", status.reason, status.message)
    else:
        yield _false("Remediated", outcome.reason if stalled else Reason.NOT_NEEDED)
    message = "; ".join(filter(None, (outcome.message, _not_counted(situation))))
    yield (_true if ready else _false)("Ready", outcome.reason, message)
    yield (_true("Stalled", outcome.reason) if stalled else _false("Stalled", Reason.PROGRESSING))
    lacking = dict.fromkeys(told for taken in situation.taken for told in taken.evidence.lacking)
    if lacking:
        yield _false(OBSERVED, Reason.FORBIDDEN, f"{_LACKING}: {'; '.join(lacking)}")


def _not_counted(situation: Situation) -> str:
    """Return what the good revision that runs is not held to, or how far its verdict is only Helm's."""
    latest = situation.history.latest
    entry = situation.ledger.entry(latest.revision) if latest else None
    if entry is None or entry.verdict is not Verdict.GOOD:
        return ""
    if not entry.seen:
        return _UNSEEN
    evidence = situation.taken[-1].evidence if situation.taken else NOTHING_SEEN
    told = evidence.told or tuple(name for name, _ in entry.unready)
    return known_shortage.sentence(told)


def _released(situation: Situation, outcome: Conclude) -> Iterator[Condition]:
    last = _last_deployment(situation)
    if last is None:
        if outcome.phase is Phase.DEPLOYED:
            yield _true("Released", outcome.reason)
        return
    first = isinstance(last.action, Install)
    if last.failure:
        reason = Reason.INSTALL_FAILED if first else Reason.UPGRADE_FAILED
        yield _false("Released", reason, last.failure.message)
    else:
        note = last.action.note if isinstance(last.action, Upgrade) else ""
        yield _true("Released", Reason.INSTALL_SUCCEEDED if first else Reason.UPGRADE_SUCCEEDED, note)


def _test_success(situation: Situation) -> Iterator[Condition]:
    last = _last_deployment(situation)
    if last is None:
        return
    if last.failure is None:
        yield _true("TestSuccess", Reason.TEST_SUCCEEDED)
    elif last.failure.reason == Reason.TEST_FAILED:
        yield _false("TestSuccess", Reason.TEST_FAILED, last.failure.message)


def _last_deployment(situation: Situation) -> Taken | None:
    """Return the last step that deployed what is declared, or judged it again."""
    deploying = (
        taken for taken in reversed(situation.taken) if isinstance(taken.action, Install | Upgrade | Verify)
    )
    return next(deploying, None)


def _true(kind: str, reason: str, message: str = "") -> Condition:
    return Condition(kind, "True", reason, message, "")


def _false(kind: str, reason: str, message: str = "") -> Condition:
    return Condition(kind, "False", reason, message, "")
