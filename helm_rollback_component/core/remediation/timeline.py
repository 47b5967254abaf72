"""The history of a release as a person tells it: what each revision is, and who made it why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import stored_words, targets
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import RollbackState

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger

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
        live: whether it is what runs.
        point_of_no_return: whether its chart is marked as one that nothing rolls back across.
        restores: the revision whose content it has again; 0 if it is new.
        instead_of: the revision that failed and that it replaced; 0 if none.
        reason: why it is bad, or why something was restored; one CamelCase word, or an empty string.
        made_by: ``stack``, ``operator``, ``another client``, or an empty string where that is not known.
        deployed_at: when it was deployed (RFC 3339).
        description: Helm's sentence about it, without what may be secret.
    """

    revision: int
    chart: str = ""
    app_version: str = ""
    status: str = UNREADABLE
    verdict: str = Verdict.UNKNOWN.value
    live: bool = False
    point_of_no_return: bool = False
    restores: int = 0
    instead_of: int = 0
    reason: str = ""
    made_by: str = ""
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
    verdict = targets.standing(record, ledger)
    failed = _replaced(record, history, ledger) if restores else 0
    return Moment(
        revision=record.revision,
        chart=f"{record.chart_name}-{record.chart_version}",
        app_version=record.app_version,
        status=record.status.value,
        verdict=verdict.value,
        live=record == history.deployed,
        point_of_no_return=record.point_of_no_return,
        restores=restores,
        instead_of=failed,
        reason=_reason(record, ledger, restores=restores, failed=failed),
        made_by=_maker(record, ledger),
        deployed_at=record.deployed_at,
        description=stored_words.description(record, ledger),
    )


def _replaced(record: Record, history: History, ledger: Ledger) -> int:
    """Return the bad revision right before one that restores another, 0 if there is none."""
    before = history.get(record.revision - 1)
    known = ledger.rollback_status
    if known.restored_revision == record.revision:
        return known.failed_revision
    return before.revision if before and targets.standing(before, ledger) is Verdict.BAD else 0


def _reason(record: Record, ledger: Ledger, *, restores: int, failed: int) -> str:
    known, entry = ledger.rollback_status, ledger.entry(record.revision)
    if targets.tampered(record, ledger):
        return Reason.TAMPERED.value
    if known.state is not RollbackState.NONE and known.restored_revision == record.revision:
        return known.reason
    if entry and entry.reason:
        return entry.reason
    cause = ledger.entry(failed) if restores else None
    return cause.reason if cause else ""


def _maker(record: Record, ledger: Ledger) -> str:
    known, attempt = ledger.rollback_status, ledger.attempt
    begun = bool(attempt and attempt.revision == record.revision)
    if ledger.entry(record.revision) is None and not begun:
        return BY_ANOTHER if ledger.entries else ""
    asked = (known.restored_revision == record.revision and known.reason == Reason.OPERATOR_REQUEST) or (
        begun and attempt is not None and attempt.reason == Reason.OPERATOR_REQUEST
    )
    return BY_HAND if asked else BY_STACK
