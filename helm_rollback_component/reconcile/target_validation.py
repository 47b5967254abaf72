"""Whether a revision could be rolled back to. Nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import (
    data_loss,
    points_of_no_return,
    predicates,
    prevention,
    targets,
)

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Refuse
    from helm_rollback_component.reconcile.effects import Data


def refusal(
    revision: int, history: History, ledger: Ledger, rollback: RollbackConfig, data: Data
) -> Refuse | None:
    """Return why a requested rollback to that revision would be refused, None if it would not.

    Args:
        revision: its number.
        history: the release's revisions.
        ledger: what is known of them.
        rollback: the rollback section of the inputs.
        data: what the cluster holds.

    Raises:
        OperationError: the cluster cannot be read.
    """
    refused = targets.refuse(revision, history, ledger)
    target, latest = history.get(revision), history.latest
    if refused or target is None or latest is None:
        return predicates.refuse(refused) if refused else None
    if rollback.allow_data_loss:
        return None
    found = points_of_no_return.prevention(target, history, ledger, rollback) or data_loss.prevention(
        data.lost_by_rollback(revision, latest.revision), rollback
    )
    return prevention.refusal(revision, found) if found else None
