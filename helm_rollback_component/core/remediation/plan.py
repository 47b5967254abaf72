"""What to do next with a release: one pure function of what is declared, observed, and done.

Nothing is read, changed or raised here. `next_step` is asked again after every step, with a fresh
observation. Every kind of step has a limit in a run, so that every run ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import (
    interruptions,
    points_of_no_return,
    predicates,
    prevention,
    rules_after_action,
    targets,
)
from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Accept,
    Action,
    Conclude,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason, find
from helm_rollback_component.results import Phase, RollbackState

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Situation, Step


def next_step(situation: Situation) -> Step:
    """Return the next step, or how the run ends."""
    found = next(step for rule in _RULES if (step := rule(situation)) is not None)
    step = interruptions.instead(found, situation)
    if isinstance(step, Rollback):
        prevented = points_of_no_return.prevented(step, situation)
        step = prevention.instead(step, situation, prevented) if prevented else step
    if isinstance(step, Action) and situation.count(type(step)) >= _limit(step, situation):
        name = type(step).__name__.lower()
        return predicates.stalled(Reason.NO_PROGRESS, f"another {name} in this run would not help")
    return step


def _limit(step: Action, situation: Situation) -> int:
    attempts = 1 + situation.desired.rollback.retries
    match step:
        case Upgrade():
            return attempts
        case Rollback() | Accept():
            return attempts * predicates.ROLLBACKS_PER_ATTEMPT
        case Uninstall():
            return 2
        case Install() | Unlock() | Verify():
            return 1
        case _:
            assert_never(step)


def _absent(situation: Situation) -> Step | None:
    latest, pin = situation.history.latest, predicates.pin(situation)
    if latest and latest.status is not Status.UNINSTALLED:
        return None
    attempt = situation.ledger.attempt
    if latest and attempt and attempt.action == "uninstall":
        return Uninstall(Reason.INTERRUPTED)
    refused = predicates.refuse_target(pin, situation) if pin else None
    return refused or Install(replace=latest is not None)


def _obstructed(situation: Situation) -> Step | None:
    return predicates.unreadable(situation.history)


def _first_deployment_failed(situation: Situation) -> Step | None:
    history, ledger = situation.history, situation.ledger
    never_good = history.complete and all(
        record.status is Status.FAILED
        and targets.standing(record, ledger) is Verdict.BAD
        and (ledger.entry(record.revision) or predicates.ours(record, ledger))
        for record in history
    )
    return Uninstall(reason=Reason.FIRST_DEPLOYMENT_FAILED) if never_good else None


def _pinned(situation: Situation) -> Step | None:
    wanted = predicates.pin(situation)
    if wanted is None:
        return None
    history, ledger = situation.history, situation.ledger
    latest, target = history.latest, history.get(wanted)
    if latest and target and targets.restores(latest, target, history, ledger):
        if not targets.verified(latest, ledger):
            return Verify(latest.revision)
        return Conclude(
            Phase.DEPLOYED, Reason.MANUAL_REQUEST, f"the release already has the content of revision {wanted}"
        )
    return predicates.refuse_target(wanted, situation) or Rollback(
        wanted, Reason.MANUAL_REQUEST, requested=True
    )


def _in_sync(situation: Situation) -> Step | None:
    latest, ledger = situation.history.latest, situation.ledger
    if latest is None or latest.status is not Status.DEPLOYED:
        return None
    entry = ledger.entry(latest.revision)
    if entry and entry.record_digest == latest.digest and entry.desired_digest == situation.desired.digest:
        return (
            Conclude(Phase.DEPLOYED, Reason.IN_SYNC)
            if entry.verdict is Verdict.GOOD
            else Verify(latest.revision)
        )
    return Verify(latest.revision) if entry is None and _begun_for_it(latest, situation) else None


def _begun_for_it(latest: Record, situation: Situation) -> bool:
    """Whether the last action was for what is declared now, and created the latest revision."""
    attempt = situation.ledger.attempt
    if attempt is None or attempt.revision != latest.revision or not predicates.attempted(situation):
        return False
    if attempt.action == "rollback":
        superseded = attempt.reason in (Reason.MANUAL_REQUEST, Reason.INTERRUPTED) or (
            predicates.remediating(attempt) and predicates.retriggered(situation)
        )
        return latest.description == targets.rolled_back_to(attempt.target) and not superseded
    return predicates.as_declared(latest, situation.desired)


def _already_remedied(situation: Situation) -> Step | None:
    status = situation.ledger.rollback_status
    latest = situation.history.latest
    held = status.reason not in REQUESTS and not find(status.reason).tried_again
    unrequested = status.state is RollbackState.ROLLED_BACK and held
    standing = latest and latest.status is Status.DEPLOYED and latest.revision == status.restored_revision
    if unrequested and standing and predicates.attempted(situation) and not predicates.retriggered(situation):
        return Conclude(Phase.ROLLED_BACK, status.reason, status.message)
    return None


def _unfit_target(situation: Situation) -> Step | None:
    """Refuse, before anything is done, a target that is known to be bad."""
    history, ledger, rollback = situation.history, situation.ledger, situation.desired.rollback
    record = history.get(rollback.target_revision or 0)
    if situation.taken or rollback.strategy != "automatic" or record is None or record == history.latest:
        return None
    known_bad = targets.standing(record, ledger) is Verdict.BAD
    return predicates.refuse_target(record.revision, situation) if known_bad else None


def _downgrade(situation: Situation) -> Step | None:
    desired, history, ledger = situation.desired, situation.history, situation.ledger
    deployed, declared = history.deployed, (desired.chart_name, desired.chart_version)
    if deployed is None:
        return None
    present = (deployed.chart_name, deployed.chart_version)
    if not predicates.downgrades(desired.rollback, declared, present):
        return None
    target = targets.with_version(
        history,
        ledger,
        chart_name=desired.chart_name,
        chart_version=desired.chart_version,
        values_digest=desired.values_digest,
    )
    if target is None:
        return Upgrade(
            note=f"no good revision has version {desired.chart_version} with these values; upgrading to it"
        )
    return Rollback(target.revision, Reason.VERSION_DOWNGRADE, requested=True)


def _upgrade(_: Situation) -> Step:
    return Upgrade()


_RULES: tuple[Callable[[Situation], Step | None], ...] = (
    *rules_after_action.RULES,
    _obstructed,
    _absent,
    interruptions.unfinished,
    _first_deployment_failed,
    _pinned,
    _in_sync,
    _already_remedied,
    _unfit_target,
    interruptions.unremedied,
    _downgrade,
    _upgrade,
)
