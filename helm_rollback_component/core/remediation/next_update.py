"""What the next update would do with a release, as far as its records and the ledger tell. Pure.

The inputs of the next update are not known here, so two cases are told: those of the last one, and others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.remediation import (
    assessment,
    plan,
    points_of_no_return,
    predicates,
    targets,
)
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Action,
    Conclude,
    Desired,
    Gone,
    Install,
    Refuse,
    Rollback,
    Situation,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Step

_OTHERS = "of other inputs"
_ONCE_SEEN = "at the latest after a `pulumi refresh`, "


@dataclass(frozen=True)
class Foreseen:
    """What the next update would do.

    Attributes:
        same_inputs: one sentence for the inputs of the last update.
        other_inputs: one sentence for any others.
        on_failure: one sentence for what follows where that upgrade fails.
    """

    same_inputs: str
    other_inputs: str
    on_failure: str


def foresee(history: History, ledger: Ledger, rollback: RollbackConfig) -> Foreseen:
    """Return what the next update would do.

    Args:
        history: the release's revisions.
        ledger: what is known of them.
        rollback: the rollback section of the inputs, or `last_declared` where it is not known.
    """
    same, others = (_desired(history, ledger, rollback, each) for each in ("", _OTHERS))
    return Foreseen(
        same_inputs=_with_same(same, history, ledger),
        other_inputs=_with_others(Situation(others, history, ledger, ())),
        on_failure=_on_failure(history, ledger, rollback),
    )


def last_declared(ledger: Ledger) -> RollbackConfig:
    """Return the rollback section of the last inputs as far as what was done for them tells it."""
    last = ledger.attempt
    if last is None or last.action != "rollback":
        return RollbackConfig()
    if last.reason == Reason.MANUAL_REQUEST:
        return RollbackConfig(strategy="manual", target_revision=last.target)
    if last.reason == Reason.VERSION_DOWNGRADE:
        return RollbackConfig(strategy="version-based")
    return RollbackConfig()


def _desired(history: History, ledger: Ledger, rollback: RollbackConfig, digest: str) -> Desired:
    """Return the inputs of the last update where `digest` is empty, else any others."""
    attempt, latest = ledger.attempt, history.latest
    made = (history.get(attempt.revision) if attempt else None) or latest
    trigger = {} if digest or attempt is None else {"retry_trigger": attempt.retry_trigger or None}
    return Desired(
        digest=digest or (attempt.desired_digest if attempt else ""),
        chart_name=made.chart_name if made else "",
        chart_version=made.chart_version if made else "",
        values_digest="" if digest or made is None else made.values_digest,
        rollback=rollback.model_copy(update=trigger),
    )


def _with_same(desired: Desired, history: History, ledger: Ledger) -> str:
    found = assessment.assess(history, ledger)
    told = sentence(plan.next_step(Situation(desired, history, ledger, ())))
    before = ledger.conclusion
    unseen = before is not None and before.phase is Phase.DEPLOYED
    if found.reason in assessment.FOREIGN and unseen:
        return f"nothing, as the state of the stack does not know of the change; after a refresh: {told}"
    return told


def _with_others(situation: Situation) -> str:
    told, pin = sentence(plan.next_step(situation)), predicates.pin(situation)
    return f"{told}, as long as target_revision is {pin}" if pin else told


def sentence(step: Step) -> str:
    """Return a step as what an update would do."""
    match step:
        case Conclude():
            return _of_end(step)
        case Refuse():
            return f"it would fail before anything is changed: {step.message} ({step.reason})"
        case Gone():
            return f"it would fail: {step.message} ({step.reason})"
        case _:
            return _of_action(step)


def _of_action(action: Action) -> str:
    told = {
        Install: "install the release",
        Upgrade: "upgrade to what is declared",
        Rollback: "roll back to revision {0.revision}: {0.reason}",
        Uninstall: "remove what the first deployment left, and install again: {0.reason}",
        Unlock: "mark revision {0.revision} failed, which a dead client left pending, and go on",
        Verify: "check whether revision {0.revision} is ready, and conclude from that",
        Accept: "keep revision {0.revision}: {0.remains}",
    }[type(action)].format(action)
    note = action.note if isinstance(action, Upgrade) else ""
    return f"{told}; {note}" if note else told


def _of_end(end: Conclude) -> str:
    match end.phase:
        case Phase.DEPLOYED:
            return "nothing: what runs is what is declared"
        case Phase.ROLLED_BACK:
            seen = _ONCE_SEEN if end.reason == Reason.OPERATOR_REQUEST else ""
            return (
                f"nothing is tried, because these inputs were rolled back ({end.reason}); "
                f"{seen}the update fails and says so, unless on_rollback is warn"
            )
        case Phase.FAILED | Phase.STALLED:
            return f"it would fail: {end.message or end.reason}"
        case _:
            assert_never(end.phase)


def _on_failure(history: History, ledger: Ledger, rollback: RollbackConfig) -> str:
    if not rollback.enabled or rollback.strategy == "manual":
        return "the failure is reported, and nothing is rolled back"
    if history.latest is None:
        return "the release is removed"
    wanted = history.get(rollback.target_revision or 0)
    good = targets.last_good(history, ledger, below=history.next_revision)
    fit = wanted is not None and targets.refuse(wanted.revision, history, ledger) is None
    target = wanted if fit else good
    if target is None:
        return "nothing can be restored: no good revision is stored"
    prevented = points_of_no_return.prevention(target, history, ledger, rollback)
    if prevented:
        return f"nothing is rolled back: to restore revision {target.revision} {prevented.why}"
    return f"revision {target.revision} is restored"
