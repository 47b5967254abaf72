"""A release's status is put together from its records and the ledger."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Conclusion, Ledger
from helm_rollback_component.reconcile.status import now, status_of
from helm_rollback_component.results import Condition, Phase, ReleaseStatus, Resource, RollbackStatus
from tests.support.histories import entry, history, ledger

NOW = "2026-02-02T00:00:00Z"
CONFIG = HelmConfig.parse({"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}})


class Records:
    """Stands for the release's records in a cluster."""

    def __init__(self, found: History) -> None:
        """Hold that history."""
        self._found = found

    def resources(self, revision: int) -> tuple[Resource, ...]:
        """Return one object, named by the revision."""
        return (Resource("v1", "ConfigMap", f"of-{revision}", "apps"),)


def status(found: History, known: Ledger) -> ReleaseStatus:
    records: Any = Records(found)
    return status_of(CONFIG, records, found, known)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it be now."""
    monkeypatch.setattr("helm_rollback_component.reconcile.status.now", lambda: NOW)


def test_a_release_is_what_its_newest_record_and_the_last_run_say() -> None:
    concluded = Conclusion(phase=Phase.STALLED, reason="RollbackFailed", message="stuck")
    rollback = RollbackStatus(target_revision=1)
    known = ledger(entry(1), entry(2, "bad")).model_copy(
        update={"conclusion": concluded, "rollback_status": rollback}
    )
    found = status(history("superseded", "failed"), known)
    assert (found.release_name, found.release_namespace) == ("web", "apps")
    assert (found.revision, found.chart_version, found.app_version, found.status) == (
        2,
        "1.0.0",
        "1",
        "failed",
    )
    assert (found.phase, found.rollback_status) == (Phase.STALLED, rollback)
    assert [each.verified for each in found.history] == [True, False]
    assert found.resources == (Resource("v1", "ConfigMap", "of-2", "apps"),)


def test_a_release_that_is_gone_is_nothing() -> None:
    found = status(History(), ledger(entry(1)))
    assert (found.revision, found.chart_version, found.app_version, found.status) == (0, "", "", "")
    assert (found.phase, found.history, found.resources) == (Phase.FAILED, (), ())
    assert found.conditions == (Condition("Ready", "False", "ReleaseMissing", "the release is gone", NOW),)


def test_the_time_is_told_in_whole_seconds_of_universal_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert len(now()) == len(NOW)
    assert now().endswith("Z")
