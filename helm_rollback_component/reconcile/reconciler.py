"""One run over one release: observe, decide, act, observe again, until there is nothing more to do.

`core.remediation.plan` decides what to do; here it is done. The release's lock is held all the time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.records.history import Status, lost_deployment
from helm_rollback_component.core.remediation import (
    data_loss,
    ledger_updates,
    points_of_no_return,
    prevention,
    rollback_hooks,
    rules_after_action,
    standards,
    targets,
)
from helm_rollback_component.core.remediation.deployed_record import undeployed
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Action,
    Install,
    Outcome,
    Refuse,
    Rollback,
    Situation,
    Taken,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.errors import OperationError

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.prevention import Prevention
    from helm_rollback_component.core.remediation.standards import Known
    from helm_rollback_component.core.remediation.steps import Desired, Step
    from helm_rollback_component.reconcile.effects import Effects


class Reconciler:
    """One run. Its ledger is written before every action, and at the end by `conclusion.conclude_run`.

    Args:
        desired: what is declared.
        effects: what the run works with.
    """

    def __init__(self, desired: Desired, effects: Effects) -> None:
        self._desired = desired
        self._effects = effects

    def reconcile(self, history: History) -> tuple[Situation, Outcome]:
        """Act until there is nothing more to do.

        Args:
            history: as it was observed under the claim.

        Returns:
            The last situation, and how the run ended.

        Raises:
            OperationError: the cluster cannot be read or written, or the claim was lost.
        """
        history = self._with_a_deployed(history)
        situation = self._situation(history, self._effects.lock.ledger, ())
        while isinstance(step := self._next_step(situation), Action):
            situation = self.take(step, situation)
        return situation, step

    def roll_back(self, action: Rollback, history: History) -> Situation | Refuse:
        """Make that one rollback and return the situation after it, or why it is refused.

        Raises as `reconcile` does.
        """
        situation = self._situation(history, self._effects.lock.ledger, ())
        found = points_of_no_return.prevented(action, situation) or self._prevented(action, situation)
        if found:
            return prevention.refusal(action.revision, found)
        after = self.take(action, situation)
        accepted = rules_after_action.acceptance(after)
        return self.take(accepted, after) if accepted else after

    def take(self, action: Action, situation: Situation) -> Situation:
        """Take an action and return the situation after it: one observation serves verdict and next step."""
        begun = self._begin(action, situation)
        failure = self._act(action, begun)
        evidence = self._effects.helm.evidence
        history = self._history_after(begun.history)
        made = history.get(begun.history.next_revision)
        failure = rollback_hooks.explained(action, failure, made)
        ledger = ledger_updates.ledger_after(action, begun, history, failure, evidence)
        unrestored = self._unrestored(action, begun, history) if failure else None
        taken = Taken(action, failure, evidence, unrestored)
        return self._situation(history, ledger, (*situation.taken, taken))

    def _next_step(self, situation: Situation) -> Step:
        step = next_step(situation)
        if not isinstance(step, Rollback) or (found := self._prevented(step, situation)) is None:
            return step
        return prevention.instead(step, situation, found)

    def _prevented(self, action: Rollback, situation: Situation) -> Prevention | None:
        """Look at what a rollback would destroy; return why it is not made, None if it may be."""
        current = situation.history.latest
        losses = self._effects.data.lost_by_rollback(action.revision, current.revision) if current else ()
        found = data_loss.prevention(losses, situation.desired.rollback)
        if losses and found is None:
            self._effects.progress(f"allow_data_loss is set: the rollback destroys {data_loss.told(losses)}")
        return found

    def _situation(self, history: History, ledger: Ledger, taken: tuple[Taken, ...]) -> Situation:
        latest = history.latest
        pending_for = latest.pending_for(self._effects.clock()) if latest else 0.0
        return Situation(self._desired, history, ledger, taken, pending_for)

    def _history_after(self, before: History) -> History:
        """Observe again; never leave a release without a deployed revision that had one before."""
        records = self._effects.records
        lost = lost_deployment(before, found := records.history())
        if lost is None:
            return self._with_a_deployed(found)
        records.mark_deployed_again(lost.revision)
        return records.history()

    def _with_a_deployed(self, history: History) -> History:
        """Return the history after what ended before this run, or now, has lost the deployed revision."""
        lost = undeployed(history, self._effects.lock.ledger)
        if lost is None:
            return history
        self._effects.progress(f"revision {lost.revision} is marked deployed again; none was any more")
        self._effects.records.mark_deployed_again(lost.revision)
        return self._effects.records.history()

    def _begin(self, action: Action, situation: Situation) -> Situation:
        attempt = ledger_updates.attempt_for(action, situation)
        if attempt is None:
            return situation
        ledger = situation.ledger.model_copy(update={"attempt": attempt})
        self._effects.lock.write(ledger)
        return replace(situation, ledger=ledger)

    def _act(self, action: Action, situation: Situation) -> Failure | None:
        history, known = situation.history, standards.known(action, situation)
        match action:
            case Install() | Upgrade():
                return self._deploy(action, situation, known)
            case Rollback():
                return self._roll_back(action, situation, known)
            case Accept():
                return self._accept(action, situation, known)
            case Verify():
                return self._effects.helm.verify(action.revision, known)
            case Uninstall():
                return self._remove(history)
            case Unlock():
                self._unlock(action)
                return None
            case _:
                assert_never(action)

    def _deploy(self, action: Install | Upgrade, situation: Situation, known: Known) -> Failure | None:
        history = situation.history
        if isinstance(action, Upgrade) and action.note:
            self._effects.progress(action.note)
        standing = targets.since_last_good(history, situation.ledger)
        before = (history.latest, history.deployed, *standing)
        return self._effects.helm.deploy(action, history.next_revision, before, known)

    def _roll_back(self, action: Rollback, situation: Situation, known: Known) -> Failure | None:
        history = situation.history
        self._effects.progress(f"rolling back to revision {action.revision}")
        standing = targets.since_last_good(history, situation.ledger)
        before = (history.latest, history.deployed, history.get(action.revision), *standing)
        return self._effects.helm.restore(action, history.next_revision, before, known)

    def _unrestored(self, action: Action, situation: Situation, history: History) -> tuple[str, ...] | None:
        """Return what a rollback that failed has not restored; None where it did not get so far.

        Helm leaves its record pending where it applied nothing, or everything: then all has to be restored.
        """
        made, replaced = history.get(situation.history.next_revision), situation.history.latest
        if not isinstance(action, Rollback) or not made or not replaced or made.status is Status.DEPLOYED:
            return None
        found = self._effects.helm.unrestored(action.revision, replaced.revision)
        return None if found and made.status.pending else found

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

    def _remove(self, history: History) -> Failure | None:
        self._effects.progress("removing the objects of the failed deployment")
        failure = self._effects.helm.uninstall()
        if failure is None:
            for record in history:
                self._effects.records.delete(record.revision)
        return failure

    def _unlock(self, action: Unlock) -> None:
        self._effects.progress(
            f"revision {action.revision} is pending, but its process ended; marking it failed"
        )
        self._effects.records.mark_failed(action.revision, targets.INTERRUPTED)
