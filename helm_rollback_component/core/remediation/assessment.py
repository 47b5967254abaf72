"""The state of a release between two runs, from its records and the ledger alone.

Pure. Nothing is read or changed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.ledger import Conclusion, Verdict
from helm_rollback_component.core.remediation import predicates, stored_words, targets
from helm_rollback_component.core.remediation.conclude import OBSERVED, merge_conditions
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Condition, Phase, ReleaseRevision, ReleaseStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger

FOREIGN = (Reason.RELEASE_MISSING, Reason.UNINSTALLED, Reason.DRIFTED, Reason.INTERRUPTED)
"""Reasons for changes that this component did not make; the next update corrects them."""

_NOT_THERE = "the release does not exist"


def assess(history: History, ledger: Ledger) -> Conclusion:
    """Return how the last run ended, or what was found to contradict it since."""
    if obstacle := predicates.unreadable(history):
        return Conclusion(phase=obstacle.phase, reason=obstacle.reason, message=obstacle.message)
    latest = history.latest
    if latest is None:
        gone = (
            "another client uninstalled the release, or deleted its records" if ledger.entries else _NOT_THERE
        )
        return _failed(Reason.RELEASE_MISSING, gone)
    return _assess(latest, ledger)


def _assess(latest: Record, ledger: Ledger) -> Conclusion:
    if latest.status is Status.UNINSTALLED:
        return _failed(Reason.UNINSTALLED, "another client uninstalled the release")
    drift = _drift(latest, ledger)
    if _unfinished(latest) and (drift or not _ended_although_unfinished(latest, ledger)):
        return (_left_alone(ledger) if drift else None) or _failed(
            Reason.INTERRUPTED,
            f"{predicates.INTERRUPTED}: revision {latest.revision} is {latest.status.value}",
        )
    if drift:
        return _tried_over(latest, ledger) or _failed(Reason.DRIFTED, drift)
    if ledger.conclusion is None or not _judged(latest, ledger):
        return _failed(
            Reason.INTERRUPTED,
            f"{predicates.INTERRUPTED}: revision {latest.revision} was not checked to the end",
        )
    return ledger.conclusion


def found_foreign_change(status: ReleaseStatus) -> str:
    """Return what changed in a release without this component, or an empty string."""
    last = ready(status)
    return last.message if last and last.reason in FOREIGN else ""


def ready(status: ReleaseStatus) -> Condition | None:
    """Return the condition ``Ready``, if there is one."""
    return next((condition for condition in status.conditions if condition.type == "Ready"), None)


def conditions(found: Conclusion, ledger: Ledger, now: str) -> tuple[Condition, ...]:
    """Return the conditions as last concluded, with what was found to contradict them since."""
    known = tuple(each for each in ledger.conditions if each.type != OBSERVED)
    if found.reason not in (*FOREIGN, Reason.RECORD_UNREADABLE):
        return known
    changed = [Condition("Ready", "False", found.reason, found.message, "")]
    if found.phase is Phase.STALLED:
        changed.append(Condition("Stalled", "True", found.reason, "", ""))
    return merge_conditions(known, changed, now)


def observed(unread: Sequence[str], latest: Record, ledger: Ledger) -> Iterator[Condition]:
    """Yield the condition that says of what there is nothing but Helm's word, if there is such a thing.

    Args:
        unread: the documents of the newest revision that could not be read: where each is from, and why.
        latest: that revision.
        ledger: which rights the user lacked in the last run.
    """
    lacking = next((each for each in ledger.conditions if each.type == OBSERVED), None)
    if unread:
        told = f"the health of some objects is known from Helm alone: {'; '.join(unread)}"
        yield Condition(
            OBSERVED,
            "False",
            Reason.MANIFEST_UNREADABLE,
            "; ".join([told, lacking.message] if lacking else [told]),
            latest.deployed_at,
        )
    elif lacking:
        yield lacking


def unobserved(status: ReleaseStatus) -> list[str]:
    """Return the sentences that say what of a release is not observed."""
    return [each.message for each in status.conditions if each.type == OBSERVED]


def warnings(history: History, ledger: Ledger, rollback: RollbackConfig) -> Iterator[str]:
    """Yield what should be known before anything is done, one sentence each."""
    latest = history.latest
    there = latest if latest and latest.status is not Status.UNINSTALLED and ledger.entries else None
    if there and (deed := _deed_of_others(there, ledger)):
        yield f"{deed}; this update deploys over it"
    if history.unreadable:
        numbers = ", ".join(map(str, history.unreadable))
        yield f"the records of these revisions cannot be decoded and are ignored: {numbers}"
    wanted = rollback.target_revision
    if rollback.strategy == "automatic" and wanted and history.get(wanted) is None:
        yield f"revision {wanted} is not stored; after a failure the last good revision is restored instead"


def revisions(history: History, ledger: Ledger) -> tuple[ReleaseRevision, ...]:
    """Return the history as users see it, oldest first."""
    return tuple(
        ReleaseRevision(
            revision=record.revision,
            chart_version=record.chart_version,
            app_version=record.app_version,
            status=record.status.value,
            deployed_at=record.deployed_at,
            description=stored_words.description(record, ledger),
            verified=targets.verified(record, ledger),
            point_of_no_return=record.point_of_no_return,
        )
        for record in history
    )


def _failed(reason: str, message: str) -> Conclusion:
    return Conclusion(phase=Phase.FAILED, reason=reason, message=message)


def _drift(latest: Record, ledger: Ledger) -> str:
    newest = max((entry.revision for entry in ledger.entries), default=0)
    if newest > latest.revision:
        return f"revision {newest} is no longer stored: another client deleted its record"
    return _deed_of_others(latest, ledger)


def _deed_of_others(latest: Record, ledger: Ledger) -> str:
    """Return what others did to the latest revision; empty if it is as this component left it."""
    if targets.tampered(latest, ledger):
        return f"the record of revision {latest.revision} was changed after it was deployed"
    return "" if _known(latest, ledger) else f"revision {latest.revision} was deployed by another client"


def _known(latest: Record, ledger: Ledger) -> bool:
    if ledger.entry(latest.revision) is not None:
        return not targets.tampered(latest, ledger)
    return bool(ledger.attempt and ledger.attempt.revision == latest.revision)


def taken_over(history: History, ledger: Ledger) -> Record | None:
    """Return the newest revision if it shows that a ``kubernetes.helm.v3.Release`` has the release now."""
    latest = history.latest
    if latest is None or latest.status in (Status.UNINSTALLING, Status.UNINSTALLED):
        return None
    return latest if latest.by_kubernetes_provider and not _known(latest, ledger) else None


def _unfinished(latest: Record) -> bool:
    return latest.status.pending or latest.status is Status.UNINSTALLING


def _tried_over(latest: Record, ledger: Ledger) -> Conclusion | None:
    """Return how the last run ended, if it failed before it could replace that revision."""
    attempt = ledger.attempt
    later = attempt and attempt.revision > latest.revision and ledger.entry(attempt.revision) is None
    return ledger.conclusion if later and _ended_badly(ledger) else None


def _left_alone(ledger: Ledger) -> Conclusion | None:
    """Return how the last run ended, if it ended because another client was working on the release."""
    last = ledger.conclusion
    return last if last and last.reason == Reason.OPERATION_IN_PROGRESS else None


def _ended_although_unfinished(latest: Record, ledger: Ledger) -> bool:
    """Whether the last run knew about the unfinished operation, and ended nevertheless."""
    return ledger.entry(latest.revision) is not None and _ended_badly(ledger)


def _judged(latest: Record, ledger: Ledger) -> bool:
    """Whether the last conclusion was drawn when the latest revision was there already."""
    entry = ledger.entry(latest.revision)
    return entry is not None and (entry.verdict is Verdict.GOOD or _ended_badly(ledger))


def _ended_badly(ledger: Ledger) -> bool:
    return ledger.conclusion is not None and ledger.conclusion.phase in (Phase.FAILED, Phase.STALLED)
