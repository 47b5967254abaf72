"""A release as it is now, put together from its records and the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import assessment
from helm_rollback_component.core.remediation.conclude import merge_conditions
from helm_rollback_component.reconcile import clock
from helm_rollback_component.results import Condition, Phase, ReleaseStatus

if TYPE_CHECKING:
    from datetime import datetime

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.kube.storage.storage import ReleaseStorage


def release_status(
    config: HelmConfig, storage: ReleaseStorage, history: History, ledger: Ledger, now: datetime
) -> ReleaseStatus:
    """Return the release's status.

    Args:
        config: what is declared of it.
        storage: its records.
        history: as they were last observed.
        ledger: what is known of them.
        now: the time, with its zone.

    Raises:
        OperationError: the cluster cannot be read.
    """
    latest = history.latest
    found = assessment.assess(history, ledger)
    resources = storage.resources(latest.revision) if latest else ()
    observed = assessment.observed(storage.unread(latest.revision), latest, ledger) if latest else ()
    return ReleaseStatus(
        release_name=config.release_name,
        release_namespace=config.release_namespace,
        revision=latest.revision if latest else 0,
        chart_version=latest.chart_version if latest else "",
        app_version=latest.app_version if latest else "",
        status=latest.status.value if latest else "",
        phase=found.phase,
        rollback_status=ledger.rollback_status,
        history=assessment.revisions(history, ledger),
        conditions=(*assessment.conditions(found, ledger, clock.timestamp(now)), *observed),
        resources=resources,
    )


def unknown_status(config: HelmConfig) -> ReleaseStatus:
    """Return the status of a release that cannot be read."""
    return ReleaseStatus(
        release_name=config.release_name,
        release_namespace=config.release_namespace,
        revision=0,
        chart_version="",
        app_version="",
        status="",
        phase=Phase.FAILED,
    )


def failed_status(found: ReleaseStatus, reason: str, message: str, now: datetime) -> ReleaseStatus:
    """Return the status with phase ``Failed`` for that reason, since `now`."""
    at = clock.timestamp(now)
    ready = Condition("Ready", "False", reason, message, "")
    return replace(found, phase=Phase.FAILED, conditions=merge_conditions(found.conditions, (ready,), at))
