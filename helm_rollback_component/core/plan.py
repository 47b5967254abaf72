"""What to do next with a release: one pure function of what is declared, observed, and done.

Nothing is read, changed or raised here. `next_step` is asked again after every step, with a fresh
observation. Every kind of step has a limit in a run, so that every run ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core import targets, versions
from helm_rollback_component.core.history import Status
from helm_rollback_component.core.ledger import Verdict
from helm_rollback_component.core.steps import (
    REQUESTS,
    Action,
    Conclude,
    Gone,
    Install,
    Refuse,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.results import Phase, RollbackState

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.failures import Failure
    from helm_rollback_component.core.history import Record
    from helm_rollback_component.core.ledger import Attempt, Ledger
    from helm_rollback_component.core.steps import Desired, Situation, Step


def next_step(situation: Situation) -> Step:
    """Return the next step, or how the run ends."""
    step = next(step for rule in _RULES if (step := rule(situation)) is not None)
    if isinstance(step, Action) and situation.count(type(step)) >= _limit(step, situation):
        name = type(step).__name__.lower()
        return Conclude(Phase.STALLED, "NoProgress", f"another {name} would not help; {_WAY_OUT}")
    return step


def _limit(step: Action, situation: Situation) -> int:
    attempts = 1 + situation.desired.rollback.retries
    match step:
        case Upgrade():
            return attempts
        case Rollback():
            return attempts * _ROLLBACKS_PER_ATTEMPT
        case Uninstall():
            return 2
        case Install() | Unlock() | Verify():
            return 1
        case _:
            assert_never(step)


def _after_failure(situation: Situation) -> Step | None:
    last = situation.taken[-1] if situation.taken else None
    if last is None or last.failure is None:
        return None
    failure = last.failure
    match last.action:
        case Install():
            return _after_failed_install(situation, failure)
        case Upgrade() | Verify():
            return _after_failed_upgrade(situation, failure)
        case Rollback() as action:
            return _after_failed_rollback(situation, action, failure)
        case Uninstall() | Unlock():
            return Conclude(Phase.FAILED, failure.reason, failure.message)
        case _:
            assert_never(last.action)


def _after_failed_install(situation: Situation, failure: Failure) -> Step:
    latest = situation.history.latest
    if not situation.history or (latest and latest.status is Status.UNINSTALLED):
        return Gone(failure.reason, failure.message)
    return Uninstall(failure.reason)


def _after_failed_upgrade(situation: Situation, failure: Failure) -> Step:
    latest = situation.history.latest
    rollback = situation.desired.rollback
    if failure.stored is False or latest is None or not _ours(latest, situation.ledger):
        return Conclude(Phase.FAILED, failure.reason, failure.message)
    if not rollback.enabled or rollback.strategy == "manual":
        return Conclude(Phase.FAILED, failure.reason, failure.message)
    target = _remediation_target(situation, latest)
    if target is None:
        return Conclude(
            Phase.STALLED,
            "MissingRollbackTarget",
            f"{failure.message}; no good revision is stored to go back to: mend the inputs and update again",
        )
    return Rollback(target.revision, failure.reason)


def _remediation_target(situation: Situation, failed: Record) -> Record | None:
    history, ledger = situation.history, situation.ledger
    restored = (history.get(action.revision) for action in situation.rollbacks)
    tried = {targets.origin(record, history, ledger) for record in (failed, *restored) if record}
    wanted = history.get(situation.desired.rollback.target_revision or 0)
    if (
        wanted
        and wanted.revision < failed.revision
        and targets.origin(wanted, history, ledger) not in tried
        and targets.refuse(wanted.revision, history, ledger) is None
    ):
        return wanted
    return targets.last_good(history, ledger, below=failed.revision, without=tried)


def _after_failed_rollback(situation: Situation, action: Rollback, failure: Failure) -> Step:
    again = len(situation.rollbacks) < _ROLLBACKS_PER_ATTEMPT
    if again and failure.temporary:
        return action
    latest = situation.history.latest
    older = latest and not action.requested and _remediation_target(situation, latest)
    if again and older:
        return Rollback(older.revision, action.reason)
    return Conclude(
        Phase.STALLED,
        "RollbackFailed",
        f"the rollback to revision {action.revision} failed: {failure.message}; {_WAY_OUT}",
    )


def _after_rollback(situation: Situation) -> Step | None:
    last = situation.taken[-1].action if situation.taken else None
    if not isinstance(last, Rollback):
        return None
    if last.requested:
        return Conclude(Phase.DEPLOYED, last.reason)
    if 0 < situation.count(Upgrade) <= situation.desired.rollback.retries:
        return Upgrade(note=f"attempt {situation.count(Upgrade) + 1}")
    cause = situation.cause
    return Conclude(Phase.ROLLED_BACK, last.reason, cause.message if cause else _INTERRUPTED)


def _after_removal(situation: Situation) -> Step | None:
    cause = situation.cause
    if cause and situation.count(Uninstall) and not situation.history:
        return Gone(cause.reason, cause.message)
    return None


def _after_success(situation: Situation) -> Step | None:
    last = situation.taken[-1].action if situation.taken else None
    match last:
        case Install() | Upgrade():
            return Conclude(Phase.DEPLOYED, f"{type(last).__name__}Succeeded")
        case Verify():
            return _after_verification(situation, last.revision)
        case _:
            return None


def _after_verification(situation: Situation, revision: int) -> Step:
    if _pin(situation):
        return Conclude(Phase.DEPLOYED, "ManualRequest")
    attempt, entry = situation.ledger.attempt, situation.ledger.entry(revision)
    declared = entry is not None and entry.desired_digest == situation.desired.digest
    if attempt and attempt.revision == revision and _remediating(attempt) and not declared:
        return Conclude(Phase.ROLLED_BACK, attempt.reason, _INTERRUPTED)
    return Conclude(Phase.DEPLOYED, "InSync")


def _absent(situation: Situation) -> Step | None:
    latest, pin = situation.history.latest, _pin(situation)
    if latest and latest.status is not Status.UNINSTALLED:
        return None
    refused = _refuse_target(pin, situation) if pin else None
    return refused or Install(replace=latest is not None)


def _obstructed(situation: Situation) -> Step | None:
    unreadable = max(situation.history.unreadable, default=0)
    latest = situation.history.latest
    if unreadable < (latest.revision if latest else 1):
        return None
    return Conclude(
        Phase.STALLED,
        "RecordUnreadable",
        f"the record of revision {unreadable}, the newest, cannot be decoded, and Helm deploys nothing over "
        "it; restore its Secret, or delete it",
    )


def _interrupted(situation: Situation) -> Step | None:
    latest = situation.history.latest
    if latest and latest.status.pending and not _ours(latest, situation.ledger):
        return _unlock_if_dead(latest, situation)
    if latest and latest.status in (Status.PENDING_INSTALL, Status.UNINSTALLING):
        return Uninstall(reason="Interrupted")
    if latest and latest.status.pending:
        return Unlock(latest.revision)
    return None


def _unlock_if_dead(latest: Record, situation: Situation) -> Step:
    """Another client's pending operation may be live: nothing shows that it is not but its age."""
    if situation.pending_for < situation.desired.patience:
        return Conclude(
            Phase.FAILED,
            "OperationInProgress",
            f"another Helm client has revision {latest.revision} {latest.status.value}; update again once it "
            f"is done, or after {situation.desired.patience:.0f} s if it died",
        )
    if latest.status is Status.PENDING_INSTALL:
        return Uninstall(reason="Interrupted")
    return Unlock(latest.revision)


def _first_deployment_failed(situation: Situation) -> Step | None:
    history, ledger = situation.history, situation.ledger
    never_good = history.complete and all(
        record.status is Status.FAILED
        and targets.standing(record, ledger) is Verdict.BAD
        and (ledger.entry(record.revision) or _ours(record, ledger))
        for record in history
    )
    return Uninstall(reason="FirstDeploymentFailed") if never_good else None


def _pinned(situation: Situation) -> Step | None:
    wanted = _pin(situation)
    if wanted is None:
        return None
    history, ledger = situation.history, situation.ledger
    latest, target = history.latest, history.get(wanted)
    if latest and target and targets.restores(latest, target, history, ledger):
        proven = targets.verified(latest, ledger)
        return Conclude(Phase.DEPLOYED, "ManualRequest") if proven else Verify(latest.revision)
    return _refuse_target(wanted, situation) or Rollback(wanted, "ManualRequest", requested=True)


def _pin(situation: Situation) -> int | None:
    rollback = situation.desired.rollback
    return rollback.target_revision if rollback.strategy == "manual" else None


def _refuse_target(revision: int, situation: Situation) -> Refuse | None:
    refusal = targets.refuse(revision, situation.history, situation.ledger)
    if refusal is None:
        return None
    return Refuse("operations.rollback.target_revision", refusal.reason, refusal.message)


def _in_sync(situation: Situation) -> Step | None:
    latest, ledger = situation.history.latest, situation.ledger
    if latest is None or latest.status is not Status.DEPLOYED:
        return None
    entry = ledger.entry(latest.revision)
    if entry and entry.record_digest == latest.digest and entry.desired_digest == situation.desired.digest:
        return (
            Conclude(Phase.DEPLOYED, "InSync") if entry.verdict is Verdict.GOOD else Verify(latest.revision)
        )
    return Verify(latest.revision) if entry is None and _begun_for_it(latest, situation) else None


def _begun_for_it(latest: Record, situation: Situation) -> bool:
    """Whether the last action was one that still serves what is declared, and left the latest revision."""
    attempt = situation.ledger.attempt
    if attempt is None or attempt.revision != latest.revision or not _attempted(situation):
        return False
    if attempt.action == "rollback":
        superseded = attempt.reason == "ManualRequest" or (_remediating(attempt) and _retriggered(situation))
        return latest.description == f"Rollback to {attempt.target}" and not superseded
    return _as_declared(latest, situation.desired)


def _as_declared(record: Record, desired: Desired) -> bool:
    """Whether a record may hold what is declared; another hand may have taken the number that we began."""
    return (
        record.chart_name == desired.chart_name
        and versions.same(record.chart_version, desired.chart_version)
        and record.values_digest == desired.values_digest
    )


def _already_remedied(situation: Situation) -> Step | None:
    status = situation.ledger.rollback_status
    latest = situation.history.latest
    unrequested = status.state is RollbackState.ROLLED_BACK and status.reason not in REQUESTS
    standing = latest and latest.status is Status.DEPLOYED and latest.revision == status.restored_revision
    if unrequested and standing and _attempted(situation) and not _retriggered(situation):
        return Conclude(Phase.ROLLED_BACK, status.reason, status.message)
    return None


def _unfit_target(situation: Situation) -> Step | None:
    """Refuse, before anything is done, to promise a return to a revision that is known to be bad."""
    history, ledger, rollback = situation.history, situation.ledger, situation.desired.rollback
    record = history.get(rollback.target_revision or 0)
    if situation.taken or rollback.strategy != "automatic" or record is None or record == history.latest:
        return None
    known_bad = targets.standing(record, ledger) is Verdict.BAD
    return _refuse_target(record.revision, situation) if known_bad else None


def _unremedied(situation: Situation) -> Step | None:
    latest, ledger = situation.history.latest, situation.ledger
    died = latest and latest.status is Status.FAILED and _ours(latest, ledger) and _attempted(situation)
    rollback = situation.desired.rollback
    if (
        not latest
        or not died
        or ledger.entry(latest.revision)
        or not rollback.enabled
        or rollback.strategy == "manual"
    ):
        return None
    target = _remediation_target(situation, latest)
    return Rollback(target.revision, "Interrupted") if target else None


def _downgrade(situation: Situation) -> Step | None:
    desired, history, ledger = situation.desired, situation.history, situation.ledger
    deployed = history.deployed
    if desired.rollback.strategy != "version-based" or not desired.rollback.enabled or deployed is None:
        return None
    if deployed.chart_name != desired.chart_name or not versions.older(
        desired.chart_version, deployed.chart_version
    ):
        return None
    target = targets.with_version(
        history,
        ledger,
        chart_name=desired.chart_name,
        chart_version=desired.chart_version,
        values_digest=desired.values_digest,
    )
    if target is None:
        return Upgrade(note=f"no good revision holds {desired.chart_version} with these values")
    return Rollback(target.revision, "VersionDowngrade", requested=True)


def _upgrade(_: Situation) -> Step:
    return Upgrade()


def _ours(record: Record, ledger: Ledger) -> bool:
    return bool(ledger.attempt and ledger.attempt.revision == record.revision)


def _attempted(situation: Situation) -> bool:
    attempt = situation.ledger.attempt
    return bool(attempt and attempt.desired_digest == situation.desired.digest)


def _remediating(attempt: Attempt) -> bool:
    return attempt.action == "rollback" and attempt.reason not in REQUESTS


def _retriggered(situation: Situation) -> bool:
    attempt = situation.ledger.attempt
    return bool(attempt and attempt.retry_trigger != (situation.desired.rollback.retry_trigger or ""))


_ROLLBACKS_PER_ATTEMPT = 2
_INTERRUPTED = "the update that deployed it was interrupted"
_WAY_OUT = "see `helm history`, mend what stopped it, and update again"

_RULES: tuple[Callable[[Situation], Step | None], ...] = (
    _after_failure,
    _after_removal,
    _after_rollback,
    _after_success,
    _obstructed,
    _absent,
    _interrupted,
    _first_deployment_failed,
    _pinned,
    _in_sync,
    _already_remedied,
    _unfit_target,
    _unremedied,
    _downgrade,
    _upgrade,
)
