"""A rollback that a command or a script requests: how it changes the ledger, and how it ends. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import predicates
from helm_rollback_component.core.remediation.passed_over import passed_over
from helm_rollback_component.core.remediation.steps import Accept, Conclude, Desired, Rollback, Timeouts
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Situation


def action(target: Record) -> Rollback:
    """Return the action that restores `target`."""
    return Rollback(target.revision, Reason.OPERATOR_REQUEST)


def desired(
    target: Record, history: History, ledger: Ledger, rollback: RollbackConfig, timeout: int
) -> Desired:
    """Return what is declared from then on: still what the latest revision was deployed for.

    So a stack that declares the release treats it like a rollback after a failure, and changes nothing until
    its inputs change.

    Args:
        target: the revision to restore.
        history: the release's revisions.
        ledger: what is known of them.
        rollback: the rollback section of the inputs.
        timeout: how long the rollback may take, in seconds.
    """
    latest = history.latest
    entry = ledger.entry(latest.revision) if latest else None
    return Desired(
        digest=entry.desired_digest if entry else "",
        chart_name=target.chart_name,
        chart_version=target.chart_version,
        values_digest=target.values_digest,
        rollback=rollback,
        timeouts=Timeouts(rollback=timeout),
    )


def outcome(target: Record, situation: Situation, *, named: bool) -> Conclude:
    """Return the end of the run that rolled back to `target`.

    Args:
        target: the revision that was to be restored.
        situation: the last situation of the run.
        named: whether the request named the target; else it is the last good one, and what was passed over
            is told.
    """
    last, reason = situation.taken[-1], Reason.OPERATOR_REQUEST
    if last.failure:
        return Conclude(Phase.STALLED, reason, predicates.told(last.failure.message, last.failure.remedy))
    message = f"revision {target.revision} was restored on request"
    remains = last.action.remains if isinstance(last.action, Accept) else ""
    others = "" if named else passed_over(situation, target.revision)
    parts = (message, others, remains, reason.remedy)
    return Conclude(Phase.ROLLED_BACK, reason, "; ".join(filter(None, parts)))
