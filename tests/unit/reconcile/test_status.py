"""A release's status is put together from its records and the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Conclusion, Ledger
from helm_rollback_component.reconcile.status import failed_status, release_status, unknown_status
from helm_rollback_component.results import Condition, Phase, ReleaseStatus, Resource, RollbackStatus
from tests.support.histories import entry, history, ledger

NOW = datetime(2026, 2, 2, tzinfo=UTC)
CONFIG = HelmConfig.parse({"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}})


class Records:
    """Stands for the release's records in a cluster."""

    def __init__(self, found: History) -> None:
        """Hold that history."""
        self._found = found

    def resources(self, revision: int) -> tuple[Resource, ...]:
        """Return one object, named by the revision."""
        return (Resource("v1", "ConfigMap", f"of-{revision}", "apps"),)

    def unread(self, revision: int) -> tuple[str, ...]:
        """Return what of that revision cannot be read: something only of the ninth."""
        return ("web/templates/a.yaml: it is not YAML in line 3",) if revision == 9 else ()


def status(found: History, known: Ledger) -> ReleaseStatus:
    records: Any = Records(found)
    return release_status(CONFIG, records, found, known, NOW)


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
    assert found.conditions == (
        Condition(
            "Ready",
            "False",
            "ReleaseMissing",
            "another client uninstalled the release, or deleted its records",
            "2026-02-02T00:00:00Z",
        ),
    )


def test_of_a_release_that_cannot_be_read_the_names_are_known() -> None:
    found = unknown_status(CONFIG)
    assert (found.release_name, found.release_namespace) == ("web", "apps")
    assert (found.revision, found.phase, found.history, found.conditions) == (0, Phase.FAILED, (), ())


def test_a_failure_is_told_over_what_was_found() -> None:
    known = ledger(entry(1)).model_copy(
        update={"conclusion": Conclusion(phase=Phase.DEPLOYED, reason="InSync")}
    )
    found = failed_status(status(history("deployed"), known), "Unreachable", "no answer", NOW)
    assert (found.revision, found.phase) == (1, Phase.FAILED)
    assert found.conditions == (
        Condition("Ready", "False", "Unreachable", "no answer", "2026-02-02T00:00:00Z"),
    )


def test_what_cannot_be_read_is_told_as_long_as_it_is_there() -> None:
    found = status(history(*["superseded"] * 8, "deployed"), ledger(entry(9)))
    assert found.conditions[-1] == Condition(
        "Observed",
        "False",
        "ManifestUnreadable",
        "the health of some objects is known from Helm alone: web/templates/a.yaml: it is not YAML in line 3",
        found.history[-1].deployed_at,
    )
    failed = failed_status(found, "Unreachable", "no answer", NOW)
    assert [each.type for each in failed.conditions] == ["Ready", "Observed"]
