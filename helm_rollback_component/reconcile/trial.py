"""One action, tried until it succeeds, or fails for good, or its time is over.

`core.remediation.tries` decides what follows from what became of a try.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import interruptions, ledger_updates, tries
from helm_rollback_component.core.remediation.steps import Uninstall
from helm_rollback_component.core.remediation.tries import Break, Clear, Judge
from helm_rollback_component.reconcile.persistence import Overtaken, Persistence

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.remediation.steps import Action, Situation
    from helm_rollback_component.reconcile.actions import Actions
    from helm_rollback_component.reconcile.effects import Effects


class Trial:
    """Carries one action through.

    Args:
        effects: what the run works with.
        actions: does what actions ask for.
        action: what is to be done.

    Attributes:
        begun: the situation before the last try; what is tried is in its ledger.
    """

    def __init__(self, effects: Effects, actions: Actions, action: Action, situation: Situation) -> None:
        self._records = effects.records
        self._actions = actions
        self._action = action
        self._time = Persistence(
            effects,
            tries.time_for(action, situation.desired.timeouts),
            given_up=lambda: interruptions.begins(action) and effects.interrupted(),
        )
        self.begun = actions.begin(action, situation)

    def run(self) -> Failure | None:
        """Return how the last try failed, None if it did not.

        Raises:
            OperationError: the cluster cannot be read or written, or the claim was lost.
        """
        return self._time.carry_through(self._act, self._again)

    def _act(self) -> Failure | None:
        return self._actions.act(self._action, self.begun, self._time.whole_seconds)

    def _again(self, failed: Failure) -> Failure | None:
        """Look what became of the last try, and do what follows."""
        history = self._records.history()
        match tries.next_try(self._action, self.begun, history):
            case None:
                raise Overtaken
            case Judge(revision):
                return self._actions.judge(self._action, revision, self.begun)
            case Clear():
                return self._clear(failed, history) or self._begin_again(failed)
            case Break(revision):
                self._actions.unlock(revision)
        return self._begin_again(failed)

    def _begin_again(self, failed: Failure) -> Failure | None:
        history = self._records.history()
        ledger = ledger_updates.ledger_after(self._action, self.begun, history, failed)
        self.begun = self._actions.begin(self._action, replace(self.begun, history=history, ledger=ledger))
        return self._act()

    def _clear(self, failed: Failure, history: History) -> Failure | None:
        removal = Uninstall(failed.reason)
        begun = self._actions.begin(removal, replace(self.begun, history=history))
        return self._actions.act(removal, begun, self._time.whole_seconds)
