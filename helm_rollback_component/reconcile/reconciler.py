"""One run over one release: observe, decide, act, observe again, until there is nothing more to do.

`core.remediation.plan` decides what to do; here it is done. The release's lock is held all the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import (
    data_loss,
    interruptions,
    ledger_updates,
    points_of_no_return,
    prevention,
    rollback_hooks,
    rules_after_action,
)
from helm_rollback_component.core.remediation.deployed_record import undeployed
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Action,
    Outcome,
    Refuse,
    Rollback,
    Situation,
    Taken,
)
from helm_rollback_component.reconcile import repairs
from helm_rollback_component.reconcile.actions import Actions
from helm_rollback_component.reconcile.run_events import STEPS
from helm_rollback_component.reconcile.trial import Trial

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.prevention import Prevention
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
        self._actions = Actions(effects)

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
        trial = Trial(self._effects, self._actions, action, situation)
        failure, begun = self._effects.events.carry_out(STEPS[type(action)], trial.run), trial.begun
        if failure:
            self._effects.lock.require_namespace()
        evidence = self._effects.helm.evidence
        history = repairs.observe_and_repair(self._effects.records, action, begun, failure)
        made = history.get(begun.history.next_revision)
        failure = interruptions.named(rollback_hooks.explained(action, failure, made))
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
        interrupted = self._effects.interrupted()
        return Situation(self._desired, history, ledger, taken, pending_for, interrupted)

    def _with_a_deployed(self, history: History) -> History:
        """Return the history after what ended before this run, or now, has lost the deployed revision."""
        lost = undeployed(history, self._effects.lock.ledger)
        if lost is None:
            return history
        self._effects.events.note(f"revision {lost.revision} is marked deployed again; none was any more")
        self._effects.records.mark_deployed_again(lost.revision)
        return self._effects.records.history()

    def _unrestored(self, action: Action, situation: Situation, history: History) -> tuple[str, ...] | None:
        """Return what a rollback that failed has not restored; None where it did not get so far.

        Helm leaves its record pending where it applied nothing, or everything: then all has to be restored.
        """
        made, replaced = history.get(situation.history.next_revision), situation.history.latest
        if not isinstance(action, Rollback) or not made or not replaced or made.status is Status.DEPLOYED:
            return None
        found = self._effects.helm.unrestored(action.revision, replaced.revision)
        return None if found and made.status.pending else found
