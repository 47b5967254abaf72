"""A rollback that a command or a script requests: how it changes the ledger, and how it ends. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Request
from helm_rollback_component.core.remediation import predicates
from helm_rollback_component.core.remediation.passed_over import passed_over
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Desired,
    Install,
    Rollback,
    Timeouts,
    Upgrade,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase, RollbackState

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Attempt, Ledger
    from helm_rollback_component.core.remediation.steps import Situation, Step

_LONGEST = 256
"""In characters: the ledger has to fit in a Lease."""


def request(by: str, why: str) -> Request:
    """Return who has a rollback made, as the ledger keeps it: in one line of printable text, and short."""
    return Request(by=_line(by), why=_line(why))


def action(target: Record, request: Request) -> Rollback:
    """Return the action that restores `target`."""
    return Rollback(target.revision, Reason.OPERATOR_REQUEST, request=request)


def desired(
    target: Record, history: History, ledger: Ledger, rollback: RollbackConfig, timeout: int
) -> Desired:
    """Return what is declared from then on: still what the last run was for, its retry trigger included.

    So a stack that declares the release treats it like a rollback after a failure, and changes nothing until
    its inputs change.

    Args:
        target: the revision to restore.
        history: the release's revisions.
        ledger: what is known of them.
        rollback: the rollback section of the inputs.
        timeout: how long the rollback may take, in seconds.
    """
    trigger = ledger.attempt.retry_trigger if ledger.attempt else rollback.retry_trigger
    return Desired(
        digest=_declared(history, ledger),
        chart_name=target.chart_name,
        chart_version=target.chart_version,
        values_digest=target.values_digest,
        rollback=rollback.model_copy(update={"retry_trigger": trigger or None}),
        timeouts=Timeouts(rollback=timeout),
    )


def outcome(target: Record, replaced: int, situation: Situation, *, named: bool) -> Conclude:
    """Return the end of the run that rolled back to `target`.

    Args:
        target: the revision that was to be restored.
        replaced: the latest revision before it.
        situation: the last situation of the run.
        named: whether the request named the target; else it is the last good one, and what was passed over
            is told.
    """
    last, reason = situation.taken[-1], Reason.OPERATOR_REQUEST
    if last.failure:
        return Conclude(Phase.STALLED, reason, predicates.told(last.failure.message, last.failure.remedy))
    rollback = last.action.rollback if isinstance(last.action, Accept) else last.action
    by = rollback.request if isinstance(rollback, Rollback) else None
    message = ", ".join(filter(None, (_made(target.revision, replaced), str(by or ""))))
    remains = last.action.remains if isinstance(last.action, Accept) else ""
    others = "" if named else passed_over(situation, target.revision)
    parts = (message, others, remains, reason.remedy)
    return Conclude(Phase.ROLLED_BACK, reason, "; ".join(filter(None, parts)))


def begun(attempt: Attempt) -> str:
    """Return what a run tells of a rollback by hand whose process died; empty for any other action."""
    if attempt.reason != Reason.OPERATOR_REQUEST:
        return ""
    made = f"rolled back by hand to revision {attempt.target}"
    return f"{made}, {attempt.request}" if attempt.request else made


def overruled(step: Step, situation: Situation) -> str:
    """Return what is told before a run replaces what a rollback by hand restored; empty where it does not.

    Args:
        step: the first of the run.
        situation: the one before it.
    """
    latest, status = situation.history.latest, situation.ledger.rollback_status
    stands = status.state is RollbackState.ROLLED_BACK and status.reason == Reason.OPERATOR_REQUEST
    replaces = isinstance(step, Install | Rollback | Upgrade)
    if not replaces or not stands or latest is None or latest.revision != status.restored_revision:
        return ""
    entry = situation.ledger.entry(latest.revision)
    by = f", {entry.request}" if entry and entry.request else ""
    return (
        f"revision {latest.revision}, which this update replaces, is a rollback by hand to revision "
        f"{status.target_revision}{by}"
    )


def _made(target: int, replaced: int) -> str:
    return f"rolled back by hand from revision {replaced} to revision {target}"


def _declared(history: History, ledger: Ledger) -> str:
    """Return the digest of the spec that was declared when the last run ended; empty where it is not known.

    A run that ended well has left it with the latest revision; one that did not, with what it tried last.
    """
    latest, attempt, last = history.latest, ledger.attempt, ledger.conclusion
    entry = ledger.entry(latest.revision) if latest else None
    as_declared = last is None or last.phase is Phase.DEPLOYED
    if entry and entry.desired_digest and (as_declared or attempt is None):
        return entry.desired_digest
    return attempt.desired_digest if attempt else ""


def _line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
