"""What a run writes into the ledger: what it is about to do, then the verdict on what it did. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.health.evidence import NOTHING_SEEN
from helm_rollback_component.core.records.ledger import Attempt, Entry, Look, Verdict
from helm_rollback_component.core.remediation import interruptions, predicates, targets
from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Accept,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.evidence import Evidence
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger, Request
    from helm_rollback_component.core.remediation.steps import Action, Situation


MAX_NOTED = 16
"""So many unready objects are noted of one revision, the first of its record: the Lease has to stay small."""


@dataclass(frozen=True)
class Lineage:
    """Where a revision comes from.

    Attributes:
        origin: the revision whose content it has.
        desired_digest: keyed digest of the spec that it serves; empty where that is not known.
    """

    origin: int
    desired_digest: str


def attempt_for(action: Action, situation: Situation) -> Attempt | None:
    """Return what is written down before an action; None for one that needs no such note.

    Args:
        action: what is about to be done.
        situation: the situation before it.
    """
    revision = situation.history.next_revision
    match action:
        case Install():
            return _attempt("install", revision, situation)
        case Upgrade():
            return _attempt("upgrade", revision, situation)
        case Rollback():
            return _attempt_of_rollback(action, situation)
        case Uninstall():
            return _attempt("uninstall", 0, situation, reason=action.reason)
        case Accept() | Unlock() | Verify():
            return None
        case _:
            assert_never(action)


def before_deletion(ledger: Ledger) -> Ledger:
    """Return the ledger before the release is deleted with its history: what that leaves is not kept."""
    return ledger.model_copy(update={"attempt": Attempt(action="uninstall", revision=0, desired_digest="")})


def entry_for(
    action: Action,
    situation: Situation,
    history: History,
    failure: Failure | None,
    evidence: Evidence = NOTHING_SEEN,
) -> Entry | None:
    """Return the verdict on the revision that an action made, or judged; None where there is no such record.

    Args:
        action: what was done.
        situation: the situation before it.
        history: the revisions after it.
        failure: how it failed, None if it did not.
        evidence: what was seen of its readiness.
    """
    record = history.get(_judged_revision(action, situation))
    deployed = isinstance(action, Install | Upgrade)
    if record is None or (deployed and not predicates.not_another_clients(record, situation)):
        return None
    lineage, failure = _lineage(action, record, situation), interruptions.named(failure)
    return Entry(
        revision=record.revision,
        record_digest=record.digest,
        desired_digest=lineage.desired_digest,
        origin=lineage.origin,
        verdict=_verdict(failure),
        reason=failure.reason if failure else "",
        unready=() if failure else evidence.left[:MAX_NOTED],
        seen=not evidence.unseen,
        request=_request(action, record, situation.ledger),
    )


def _request(action: Action, record: Record, ledger: Ledger) -> Request | None:
    match action:
        case Rollback():
            return action.request
        case Accept():
            return action.rollback.request
        case Verify():
            known = ledger.entry(record.revision)
            attempt = (
                ledger.attempt if ledger.attempt and ledger.attempt.revision == record.revision else None
            )
            return known.request if known else attempt.request if attempt else None
        case _:
            return None


def _verdict(failure: Failure | None) -> Verdict:
    if failure is None:
        return Verdict.GOOD
    return Verdict.UNKNOWN if failure.reason == Reason.INTERRUPTED else Verdict.BAD


def ledger_after(
    action: Action,
    situation: Situation,
    history: History,
    failure: Failure | None,
    evidence: Evidence = NOTHING_SEEN,
) -> Ledger:
    """Return the ledger after an action; the arguments are those of `entry_for`."""
    if isinstance(action, Uninstall) and failure is None:
        return situation.ledger.keep(())
    entry = entry_for(action, situation, history, failure, evidence)
    ledger = _with_look(situation.ledger, evidence)
    return ledger.record(entry) if entry else ledger


def _with_look(ledger: Ledger, evidence: Evidence) -> Ledger:
    if not evidence.serving:
        return ledger
    seen = evidence.before[:MAX_NOTED]
    look = Look(revision=evidence.serving, unready=seen) if seen else None
    return ledger.model_copy(update={"last_look": look})


def of_rollback(target: Record | None, situation: Situation, *, requested: bool) -> Lineage:
    """Return the lineage of a revision that restores `target`; of nothing, where that is not stored any more.

    A version-based request declares what it restores; any other rollback serves the spec of its target.
    """
    if target is None:
        return Lineage(0, "")
    entry = situation.ledger.entry(target.revision)
    by_version = requested and situation.desired.rollback.strategy == "version-based"
    digest = situation.desired.digest if by_version else entry.desired_digest if entry else ""
    return Lineage(targets.origin(target, situation.history, situation.ledger), digest)


def of_judged_again(record: Record, situation: Situation) -> Lineage:
    """Return the lineage of a deployed revision that has no verdict, or gets another one."""
    ledger = situation.ledger
    origin = targets.origin(record, situation.history, ledger)
    entry, attempt = ledger.entry(record.revision), ledger.attempt
    if entry:
        return Lineage(origin, entry.desired_digest)
    if attempt is None or attempt.revision != record.revision:
        return Lineage(origin, "")
    if attempt.action != "rollback":
        return Lineage(record.revision, attempt.desired_digest)
    target = situation.history.get(attempt.target)
    restored = of_rollback(target, situation, requested=attempt.reason in REQUESTS)
    return Lineage(origin, restored.desired_digest)


def _attempt_of_rollback(action: Rollback, situation: Situation) -> Attempt:
    begun = _attempt("rollback", situation.history.next_revision, situation, action.revision, action.reason)
    return begun.model_copy(update={"request": action.request})


def _attempt(action: str, revision: int, situation: Situation, target: int = 0, reason: str = "") -> Attempt:
    desired = situation.desired
    return Attempt(
        action=action,
        revision=revision,
        desired_digest=desired.digest,
        retry_trigger=desired.rollback.retry_trigger or "",
        target=target,
        reason=reason,
    )


def _judged_revision(action: Action, situation: Situation) -> int:
    """Return the number of the revision that an action makes or judges, 0 if there is none."""
    match action:
        case Install() | Upgrade() | Rollback():
            return situation.history.next_revision
        case Accept() | Verify():
            return action.revision
        case Uninstall() | Unlock():
            return 0
        case _:
            assert_never(action)


def _lineage(action: Action, record: Record, situation: Situation) -> Lineage:
    match action:
        case Rollback():
            target = situation.history.get(action.revision)
            return of_rollback(target, situation, requested=action.requested)
        case Accept() | Verify():
            return of_judged_again(record, situation)
        case _:
            return Lineage(record.revision, situation.desired.digest)
