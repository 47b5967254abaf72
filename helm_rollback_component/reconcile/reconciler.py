"""One run over one release: observe, decide, act, observe again, until there is nothing more to do.

What to do is decided in `core.plan`; here it is done. The release's claim is held all the while.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.records.ledger import Attempt, Entry, Ledger, Verdict
from helm_rollback_component.core.remediation import ledger_updates, targets
from helm_rollback_component.core.remediation.ledger_updates import Lineage
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    Action,
    Install,
    Outcome,
    Rollback,
    Situation,
    Taken,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.reconcile.watched_helm import Supervision

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.remediation.steps import Desired
    from helm_rollback_component.kube.claims.claims import Held
    from helm_rollback_component.reconcile.run_context import Tools


@dataclass(frozen=True)
class _Done:
    """What came of an action: how it failed, if it did, and the revision to be judged by that, if any."""

    failure: Failure | None = None
    revision: int = 0
    lineage: Lineage | None = None


class Run:
    """One run; its ledger is written before every action and by whoever concludes it."""

    def __init__(self, tools: Tools, held: Held, desired: Desired) -> None:
        self._tools = tools
        self._held = held
        self._supervision = Supervision(tools, held.lost)
        self._desired = desired
        self._ledger: Ledger = held.ledger

    def to_its_end(self, history: History) -> tuple[Situation, Outcome]:
        """Act until there is nothing more to do.

        Args:
            history: as it was observed under the claim.

        Returns:
            The last situation, and how the run ended.

        Raises:
            OperationError: the cluster cannot be read or written, or the claim was lost.
        """
        situation = self._situation(history, ())
        while isinstance(step := next_step(situation), Action):
            situation = self._take(step, situation)
        return situation, step

    def once(self, action: Action, history: History) -> Situation:
        """Take that one action and return the situation after it; raises as `to_its_end` does."""
        return self._take(action, self._situation(history, ()))

    def _situation(self, history: History, taken: tuple[Taken, ...]) -> Situation:
        return Situation(self._desired, history, self._ledger, taken, _pending_for(history.latest))

    def _take(self, action: Action, situation: Situation) -> Situation:
        """Take an action and return the situation after it: one observation serves verdict and next step."""
        done = self._do(action, situation)
        history = self._tools.storage.history()
        if done.lineage is not None:
            self._judge(history.get(done.revision), done.failure, done.lineage)
        return self._situation(history, (*situation.taken, Taken(action, done.failure)))

    def _do(self, action: Action, situation: Situation) -> _Done:
        match action:
            case Install():
                return self._deploy(action, situation)
            case Upgrade():
                return self._deploy(action, situation)
            case Rollback():
                return self._rollback(action, situation)
            case Verify():
                return self._verify(action, situation)
            case Uninstall():
                return self._uninstall(action, situation)
            case Unlock():
                return self._unlock(action)
            case _:
                assert_never(action)

    def _deploy(self, action: Install | Upgrade, situation: Situation) -> _Done:
        number = _next_number(situation)
        verb = type(action).__name__.lower()
        if isinstance(action, Upgrade) and action.note:
            self._tools.progress(action.note)
        self._begin(verb, number)
        deployment = self._tools.what_to_deploy
        if isinstance(action, Install) and action.replace:
            if Capability.REPLACE not in self._tools.engine.capabilities:
                return _Done(_cannot_replace(self._tools.engine.name))
            deployment = replace(deployment, options=replace(deployment.options, replace=True))
        before = (situation.history.latest, situation.history.deployed)
        supervision = self._supervision
        failure = supervision.deploy(verb, number, deployment, before) or supervision.prove(number)
        return _Done(failure, number, Lineage(number, self._desired.digest))

    def _rollback(self, action: Rollback, situation: Situation) -> _Done:
        tools = self._tools
        number = _next_number(situation)
        self._begin("rollback", number, action.reason, target=action.revision)
        tools.progress(f"rolling back to revision {action.revision}")
        history = situation.history
        before = (history.latest, history.deployed, history.get(action.revision))
        failure = self._supervision.restore(number, action.revision, before)
        restored = situation.history.get(action.revision)
        return _Done(
            failure, number, ledger_updates.of_rollback(restored, situation, requested=action.requested)
        )

    def _verify(self, action: Verify, situation: Situation) -> _Done:
        number = action.revision
        timeout = self._tools.config.timeouts.upgrade
        failure = self._supervision.await_readiness(number, timeout) or self._supervision.prove(number)
        record = situation.history.get(number)
        return _Done(failure, number, ledger_updates.of_judged_anew(record, situation) if record else None)

    def _uninstall(self, action: Uninstall, situation: Situation) -> _Done:
        tools = self._tools
        self._begin("uninstall", 0, action.reason)
        tools.progress("removing what the failed deployment left")
        try:
            tools.engine.uninstall(
                tools.target, tools.config.timeouts.delete, disable_hooks=tools.config.disable_hooks
            )
        except EngineError as error:
            return _Done(self._supervision.classified(error, "uninstall"))
        for record in situation.history:
            tools.storage.delete(record.revision)
        self._ledger = self._ledger.keep(())
        return _Done()

    def _unlock(self, action: Unlock) -> _Done:
        self._tools.progress(f"revision {action.revision} was left pending; marking it failed")
        self._tools.storage.mark_failed(action.revision, targets.INTERRUPTED)
        return _Done()

    def _begin(self, action: str, number: int, reason: str = "", *, target: int = 0) -> None:
        attempt = Attempt(
            action=action,
            revision=number,
            desired_digest=self._desired.digest,
            retry_trigger=self._desired.rollback.retry_trigger or "",
            target=target,
            reason=reason,
        )
        self._ledger = self._ledger.model_copy(update={"attempt": attempt})
        self._held.write(self._ledger)

    def _judge(self, record: Record | None, failure: Failure | None, kept: Lineage) -> None:
        if record is None:
            return
        self._ledger = self._ledger.record(
            Entry(
                revision=record.revision,
                record_digest=record.digest,
                desired_digest=kept.desired_digest,
                origin=kept.origin,
                verdict=Verdict.BAD if failure else Verdict.GOOD,
                reason=failure.reason if failure else "",
            )
        )


def _cannot_replace(engine: str) -> Failure:
    return Failure(
        reason="UnsupportedByEngine",
        temporary=False,
        message=f"{engine} cannot install over the kept history of an uninstalled release",
        remedy="set helm to a Helm program, or delete that history",
        stored=False,
    )


def _pending_for(latest: Record | None) -> float:
    if latest is None or not latest.status.pending or not latest.deployed_at:
        return 0.0
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(latest.deployed_at)).total_seconds())


def _next_number(situation: Situation) -> int:
    numbers = (*(record.revision for record in situation.history), *situation.history.unreadable)
    return max(numbers, default=0) + 1
