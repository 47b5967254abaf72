"""Points of no return: revisions that nothing rolls back across. Pure.

There are two kinds. A floor, from the inputs, is the oldest revision that may be restored. A mark, an
annotation in Chart.yaml, is in the record of each revision of that chart: what came before the first revision
of a marked chart version cannot work with what that one left, not even if it failed. Revisions of the same
marked version can replace each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.config.constraints import CURRENT
from helm_rollback_component.core.remediation import predicates, targets
from helm_rollback_component.core.remediation.prevention import Prevention
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Rollback, Situation


def prevention(
    target: Record, history: History, ledger: Ledger, rollback: RollbackConfig
) -> Prevention | None:
    """Return why going back to `target` would cross a point of no return, None if it would not.

    Args:
        target: the revision to restore.
        history: the release's revisions.
        ledger: what is known of them.
        rollback: the rollback section of the inputs.
    """
    floor = _floor(target, history, ledger, rollback)
    if floor > target.revision:
        return Prevention(
            Reason.POINT_OF_NO_RETURN,
            f"would go below revision {floor}, the oldest that operations.rollback.floor allows",
        )
    crossed = newest_mark(record for record in history if _divides(record, target))
    if crossed is None:
        return None
    chart = f"{crossed.chart_name} {crossed.chart_version}"
    return Prevention(
        Reason.POINT_OF_NO_RETURN,
        f"would go back across revision {crossed.revision}, whose chart ({chart}) is a point of no return",
    )


def prevented(action: Rollback, situation: Situation) -> Prevention | None:
    """Return why a rollback is not made, None if it crosses no such point.

    A requested one may cross it where the inputs allow the loss of data; any other never does.
    """
    rollback, history = situation.desired.rollback, situation.history
    target = history.get(action.revision)
    if target is None or (rollback.allow_data_loss and predicates.asked_for(action)):
        return None
    return prevention(target, history, situation.ledger, rollback)


def newest_mark(records: Iterable[Record]) -> Record | None:
    """Return the newest revision whose chart is marked, if there is one."""
    marked = (record for record in records if record.point_of_no_return)
    return max(marked, key=lambda record: record.revision, default=None)


def _divides(record: Record, target: Record) -> bool:
    """Whether a revision came after the target, and not with the same marked chart."""
    same_chart = (record.chart_name, record.chart_version) == (target.chart_name, target.chart_version)
    return record.revision > target.revision and not (target.point_of_no_return and same_chart)


def _floor(target: Record, history: History, ledger: Ledger, rollback: RollbackConfig) -> int:
    if rollback.floor != CURRENT:
        return rollback.floor or 0
    good = targets.last_good(history, ledger, below=history.next_revision)
    if good is None or targets.origin(good, history, ledger) == targets.origin(target, history, ledger):
        return 0
    return good.revision
