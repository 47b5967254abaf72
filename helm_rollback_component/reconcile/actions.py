"""What each action of a run does, once. Nothing is decided here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import ledger_updates, predicates, standards, targets
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.errors import OperationError

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.standards import Known
    from helm_rollback_component.core.remediation.steps import Action, Situation
    from helm_rollback_component.reconcile.effects import Effects


class Actions:
    """Does what actions ask for. Every method may raise `OperationError`.

    Args:
        effects: what the run works with.
    """

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def begin(self, action: Action, situation: Situation) -> Situation:
        """Write down what is about to be done; return the situation with that in its ledger."""
        attempt = ledger_updates.attempt_for(action, situation)
        if attempt is None:
            return situation
        ledger = situation.ledger.model_copy(update={"attempt": attempt})
        self._effects.lock.write(ledger)
        return replace(situation, ledger=ledger)

    def act(self, action: Action, situation: Situation, timeout: int) -> Failure | None:
        """Do it, in `timeout` seconds as far as it waits for Helm; return how that failed, if it did."""
        known = standards.known(action, situation)
        match action:
            case Install() | Upgrade():
                return self._deploy(action, situation, known, timeout)
            case Rollback():
                return self._roll_back(action, situation, known)
            case Accept():
                return self._accept(action, situation, known)
            case Verify():
                return self._effects.helm.verify(action.revision, known)
            case Uninstall():
                return self._remove(situation, timeout)
            case Unlock():
                self.unlock(action.revision)
                return None
            case _:
                assert_never(action)

    def judge(self, action: Action, revision: int, situation: Situation) -> Failure | None:
        """Judge the revision that an action has made although Helm failed."""
        known = standards.known(action, situation)
        if not isinstance(action, Rollback):
            return self._effects.helm.verify(revision, known)
        return self._effects.helm.settle(revision, _replaced(action, situation), known)

    def unlock(self, revision: int) -> None:
        """Mark a pending revision failed."""
        self._effects.events.note(f"revision {revision} is pending, but its process ended; marking it failed")
        self._effects.records.mark_failed(revision, targets.INTERRUPTED)

    def _deploy(
        self, action: Install | Upgrade, situation: Situation, known: Known, timeout: int
    ) -> Failure | None:
        history = situation.history
        if isinstance(action, Upgrade) and action.note:
            self._effects.progress(action.note)
            self._tell_of_retry(action, situation)
        standing = targets.since_last_good(history, situation.ledger)
        before = (history.latest, history.deployed, *standing)
        return self._effects.helm.deploy(action, history.next_revision, before, known, timeout)

    def _tell_of_retry(self, action: Upgrade, situation: Situation) -> None:
        if cause := situation.cause:
            self._effects.events.note(
                f"{action.note}; the one before failed: {cause.reason}: {cause.message}"
            )

    def _roll_back(self, action: Rollback, situation: Situation, known: Known) -> Failure | None:
        history = situation.history
        self._effects.progress(f"rolling back to revision {action.revision}")
        standing = targets.since_last_good(history, situation.ledger)
        before = (history.latest, history.deployed, history.get(action.revision), *standing)
        return self._effects.helm.restore(action, history.next_revision, before, known)

    def _accept(self, action: Accept, situation: Situation, known: Known) -> Failure | None:
        target, history = action.rollback.revision, situation.history
        self._effects.progress(f"the workloads are as revision {target} has them; keeping them")
        try:
            self._effects.records.mark_deployed(action.revision, targets.rolled_back_to(target))
        except OperationError as error:
            return Failure.of(error)
        standing = targets.since_last_good(history, situation.ledger)
        replaced = (*standing, history.get(action.revision - 1))
        before = [each for each in replaced if each and each.revision not in (action.revision, target)]
        return self._effects.helm.settle(action.revision, before, known)

    def _remove(self, situation: Situation, timeout: int) -> Failure | None:
        self._effects.progress("removing the objects of the failed deployment")
        history, helm = situation.history, self._effects.helm
        present = predicates.present(history, situation.ledger)
        begun = history.latest is not None and history.latest.status is Status.UNINSTALLING
        failure = (helm.uninstall if begun else helm.undo_install)(present, timeout)
        if failure is None:
            for record in history:
                self._effects.records.delete(record.revision)
        return failure


def _replaced(action: Rollback, situation: Situation) -> list[Record]:
    """Return the revisions of which something may be left after a rollback."""
    history = situation.history
    standing = targets.since_last_good(history, situation.ledger)
    return [each for each in standing if each not in (history.latest, history.get(action.revision))]
