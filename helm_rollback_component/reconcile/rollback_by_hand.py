"""A rollback that somebody asks for: to the revision that is named, or to the last good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import predicates, targets
from helm_rollback_component.reconcile import refusals
from helm_rollback_component.reconcile.borrowed_lock import borrowed, released_if_unused

if TYPE_CHECKING:
    from helm_rollback_component.core.records.ledger import Request
    from helm_rollback_component.reconcile.release_run import ReleaseRun
    from helm_rollback_component.results import ReleaseStatus


def roll_back(
    run: ReleaseRun, revision: int | None, request: Request, *, replacing: int | None = None
) -> ReleaseStatus:
    """Restore a revision's content, and return the release after it.

    Args:
        run: what changes the release.
        revision: the one to restore; None for the last good one before the latest.
        request: who asks for it, and why.
        replacing: the latest revision that is expected, if another one is a reason to do nothing.

    Raises:
        ValidationError: that revision cannot be rolled back to, or there is none, or may not be.
        RollbackError: the rollback failed.
        OperationError: Helm or the cluster failed.
    """
    with borrowed(run.session, run.events) as held, released_if_unused(held):
        history = run.session.records.history()
        refusals.refuse_if_replaced(history, replacing, run.config.label)
        target = targets.requested(revision, history, held.ledger)
        match target:
            case None:
                run.events.progress(
                    f"the release already has the content of revision {revision}; nothing to do"
                )
                return run.status(history, held.ledger)
            case targets.Refusal():
                raise refusals.refused(predicates.refuse(target), run.config.label)
            case _:
                return run.restore(held, history, target, request, named=revision is not None)
