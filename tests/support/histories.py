"""Histories, ledgers and situations, written shortly."""

from __future__ import annotations

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.records.history import History, Record, Status
from helm_rollback_component.core.records.ledger import Attempt, Entry, Ledger, Verdict
from helm_rollback_component.core.remediation.steps import Action, Desired, Situation, Taken

BEGAN = "2026-01-01T00:00:00Z"

DESCRIPTIONS = {
    Status.DEPLOYED: "Upgrade complete",
    Status.SUPERSEDED: "Upgrade complete",
    Status.FAILED: 'Upgrade "web" failed: context deadline exceeded',
    Status.PENDING_INSTALL: "Initial install underway",
    Status.PENDING_UPGRADE: "Preparing upgrade",
    Status.PENDING_ROLLBACK: "Rollback to 1",
    Status.UNINSTALLING: "Deletion in progress (or silently failed)",
    Status.UNINSTALLED: "Uninstallation complete",
    Status.UNKNOWN: "",
}


def record(
    revision: int,
    status: str = "deployed",
    *,
    description: str | None = None,
    chart: str = "web-1.0.0",
    values: str = "v",
) -> Record:
    word = Status(status)
    name, _, version = chart.partition("-")
    return Record(
        revision=revision,
        status=word,
        chart_name=name,
        chart_version=version,
        app_version="1",
        description=DESCRIPTIONS[word] if description is None else description,
        deployed_at=BEGAN,
        stored_at=BEGAN,
        digest=f"v1:k:record-{revision}",
        values_digest=f"v1:k:{values}",
    )


def history(*statuses: str, first: int = 1) -> History:
    return History(tuple(record(first + index, status) for index, status in enumerate(statuses)))


def entry(
    revision: int,
    verdict: str = "good",
    *,
    spec: str | None = None,
    origin: int | None = None,
    digest: str | None = None,
) -> Entry:
    return Entry(
        revision=revision,
        record_digest=digest or f"v1:k:record-{revision}",
        desired_digest=spec or f"spec-{revision}",
        origin=origin or revision,
        verdict=Verdict(verdict),
        reason="" if verdict == "good" else "ImagePullBackOff",
    )


def ledger(*entries: Entry, attempt: Attempt | None = None) -> Ledger:
    return Ledger(entries=entries, attempt=attempt)


def attempt(revision: int, *, action: str = "upgrade", spec: str = "spec-new", **rest: object) -> Attempt:
    return Attempt.model_validate({"action": action, "revision": revision, "desired_digest": spec, **rest})


def failure(reason: str = "ImagePullBackOff", *, temporary: bool = False, remedy: str = "") -> Failure:
    return Failure(reason=reason, temporary=temporary, message=f"{reason} was seen", remedy=remedy)


def desired(
    spec: str = "spec-new", *, chart: str = "web-1.0.0", values: str = "v", **rollback: object
) -> Desired:
    name, _, version = chart.partition("-")
    return Desired(
        digest=spec,
        chart_name=name,
        chart_version=version,
        values_digest=f"v1:k:{values}",
        rollback=RollbackConfig.model_validate(rollback),
    )


def situation(
    wanted: Desired, found: History, known: Ledger, *taken: Taken | Action | tuple[Action, Failure]
) -> Situation:
    steps = tuple(
        step if isinstance(step, Taken) else Taken(*step) if isinstance(step, tuple) else Taken(step)
        for step in taken
    )
    return Situation(wanted, found, known, steps)
