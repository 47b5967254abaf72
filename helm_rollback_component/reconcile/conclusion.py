"""The end of a run: its result is raised, or written into the ledger; and the history is pruned."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.remediation import conclude, retention
from helm_rollback_component.core.remediation.announcement import announcement
from helm_rollback_component.core.remediation.steps import Conclude, Gone, Refuse
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import clock, refusals
from helm_rollback_component.reconcile.run_events import Concluded, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.remediation.steps import Outcome, Situation
    from helm_rollback_component.reconcile.effects import Effects


def conclude_run(config: HelmConfig, effects: Effects, situation: Situation, outcome: Outcome) -> History:
    """End a run: free the lock with the ledger written; where no release is left, delete the claim.

    Args:
        config: what is declared of the release.
        effects: what the run worked with.
        situation: the last situation of the run.
        outcome: how it ended.

    Returns:
        The revisions that are left.

    Raises:
        ValidationError: the request is not possible for this release.
        OperationError: the first deployment failed, and the release was removed; or a write failed.
    """
    rollbacks = tuple(conclude.rollbacks_of(situation))
    announced = announcement(situation, outcome)
    effects.events.tell(Concluded(situation.desired.rollback.strategy, rollbacks, announced))
    match outcome:
        case Refuse():
            raise refusals.refused(outcome, config.label)
        case Gone():
            effects.lock.release_claim()
            why = f"{outcome.reason}: {outcome.message}"
            raise OperationError(
                f"the first deployment failed, and the release was removed: {why}",
                reason=outcome.reason,
                release=config.label,
                remedy=outcome.remedy,
            )
        case Conclude():
            return _prune_and_write(config, effects, situation, outcome)
        case _:
            assert_never(outcome)


def _prune_and_write(
    config: HelmConfig, effects: Effects, situation: Situation, outcome: Conclude
) -> History:
    now = clock.timestamp(effects.clock())
    ledger = conclude.conclude(situation, outcome, tested=config.health.test, now=now)
    pinned = retention.pinned(situation.desired.rollback, ledger)
    limit = config.history.max_revisions
    expendable = retention.expendable(situation.history, ledger, limit, pinned)
    history = situation.history.without(_deleted(effects, expendable))
    effects.lock.conclude(ledger.keep({record.revision for record in history}))
    return history


def _deleted(effects: Effects, expendable: Iterable[int]) -> set[int]:
    """Delete these revisions, and return which are gone: how the run ended does not depend on it."""
    deleted, expendable = set[int](), tuple(expendable)
    if not expendable:
        return deleted
    with effects.events.step(Step.PRUNE):
        for revision in expendable:
            try:
                effects.records.delete(revision)
            except OperationError as error:
                if error.reason != Reason.FORBIDDEN:
                    raise
                effects.progress(f"old revisions are kept: {error.message}")
                break
            deleted.add(revision)
    return deleted
