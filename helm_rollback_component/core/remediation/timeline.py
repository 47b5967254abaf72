"""The history of a release as a person tells it: what each revision is, and who made it why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import stored_words, targets
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Attempt, Ledger, Request
    from helm_rollback_component.results import RollbackStatus

UNREADABLE = "unreadable"
BY_STACK, BY_HAND, BY_ANOTHER = "stack", "operator", "another client"


@dataclass(frozen=True)
class Moment:
    """One revision in the history of a release.

    Attributes:
        revision: Helm's number.
        chart: the chart's name and version, as ``web-1.2.3``.
        app_version: the chart's label for the application in it.
        status: Helm's status, or ``unreadable``.
        verdict: ``good``, ``bad`` or ``unknown``.
        verified: whether this component saw it work; a good one that is not is so by Helm's word.
        live: whether it is what runs.
        point_of_no_return: whether its chart is marked as one that nothing rolls back across.
        restores: the revision whose content it has again; 0 if it is new.
        instead_of: the revision that failed and that it replaced; 0 if none.
        reason: why it is bad, or why something was restored; one CamelCase word, or an empty string.
        made_by: ``stack``, ``operator``, ``another client``, or an empty string where that is not known.
        requested_by: of what an operator had made, who that was, with which tool; may be empty.
        why: what that person said about it; may be empty.
        deployed_at: when it was deployed (RFC 3339).
        description: Helm's sentence about it, without what may be secret.
    """

    revision: int
    chart: str = ""
    app_version: str = ""
    status: str = UNREADABLE
    verdict: str = Verdict.UNKNOWN.value
    verified: bool = False
    live: bool = False
    point_of_no_return: bool = False
    restores: int = 0
    instead_of: int = 0
    reason: str = ""
    made_by: str = ""
    requested_by: str = ""
    why: str = ""
    deployed_at: str = ""
    description: str = ""


def timeline(history: History, ledger: Ledger) -> tuple[Moment, ...]:
    """Return every stored revision, oldest first.

    Args:
        history: the release's revisions.
        ledger: what is known of them; an empty one leaves Helm's words.
    """
    read = [_moment(record, history, ledger) for record in history]
    return tuple(sorted((*read, *map(Moment, history.unreadable)), key=lambda each: each.revision))


def _moment(record: Record, history: History, ledger: Ledger) -> Moment:
    origin = targets.origin(record, history, ledger)
    restores = origin if origin != record.revision else 0
    request = _request(record, ledger)
    failed = _replaced(record, history, ledger) if restores and request is None else 0
    return Moment(
        revision=record.revision,
        chart=f"{record.chart_name}-{record.chart_version}",
        app_version=record.app_version,
        status=record.status.value,
        verdict=targets.standing(record, ledger).value,
        verified=targets.verified(record, ledger),
        live=record == history.deployed,
        point_of_no_return=record.point_of_no_return,
        restores=restores,
        instead_of=failed,
        reason=_reason(record, ledger, failed),
        made_by=_maker(record, ledger),
        requested_by=request.by if request else "",
        why=request.why if request else "",
        deployed_at=record.deployed_at,
        description=stored_words.description(record, ledger),
    )


def _request(record: Record, ledger: Ledger) -> Request | None:
    entry, attempt = ledger.entry(record.revision), _attempt(record, ledger)
    return (entry and entry.request) or (attempt and attempt.request) or None


def _attempt(record: Record, ledger: Ledger) -> Attempt | None:
    """Return the last action, if it made this revision."""
    attempt = ledger.attempt
    return attempt if attempt and attempt.revision == record.revision else None


def _restored(record: Record, ledger: Ledger) -> RollbackStatus | None:
    """Return the last rollback, if it made this revision."""
    last = ledger.rollback_status
    return last if last.restored_revision == record.revision else None


def _replaced(record: Record, history: History, ledger: Ledger) -> int:
    """Return the bad revision right before one that restores another, 0 if there is none."""
    if last := _restored(record, ledger):
        return last.failed_revision
    before = history.get(record.revision - 1)
    return before.revision if before and targets.standing(before, ledger) is Verdict.BAD else 0


def _reason(record: Record, ledger: Ledger, failed: int) -> str:
    if targets.tampered(record, ledger):
        return Reason.TAMPERED.value
    if last := _restored(record, ledger):
        return last.reason
    if _request(record, ledger):
        return Reason.OPERATOR_REQUEST.value
    known = (ledger.entry(number) for number in (record.revision, failed))
    return next((entry.reason for entry in known if entry and entry.reason), "")


def _maker(record: Record, ledger: Ledger) -> str:
    attempt, last = _attempt(record, ledger), _restored(record, ledger)
    if ledger.entry(record.revision) is None and attempt is None:
        return BY_ANOTHER if ledger.entries else ""
    reasons = {each.reason for each in (attempt, last) if each}
    by_hand = _request(record, ledger) or Reason.OPERATOR_REQUEST in reasons
    return BY_HAND if by_hand else BY_STACK
