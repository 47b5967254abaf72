"""The Event on a release's Lease: one for a run that changed something, and nothing depends on it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.core.remediation.announcement import Announcement
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube import lease_event
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.lease_events import LeaseEvents
from helm_rollback_component.reconcile.run_events import (
    Concluded,
    Operation,
    OperationEnded,
    RunEvent,
    Said,
    Step,
    StepBegan,
)
from helm_rollback_component.reconcile.session import Session
from tests.support.fake_cluster import FakeCluster, failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.errors import OperationError

CONFIG = HelmConfig.parse(
    {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./charts/web"}}
)
NOTE = "the password is hunter2"
BACK = Announcement(Reason.ROLLBACK_SUCCEEDED, "Rollback", NOTE, warning=True)
UPDATED = OperationEnded(Operation.UPDATE, "", None, "")


class Refusing(FakeCluster):
    """Refuses Events, and counts the tries."""

    def __init__(self, error: OperationError) -> None:
        super().__init__()
        self._error = error
        self.tries = 0

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == paths.events("apps"):
            self.tries += 1
            raise self._error
        return super().create(path, body)


@pytest.fixture(autouse=True)
def _another_process() -> Iterator[None]:
    """Have nothing been refused yet."""
    yield
    lease_event._refused.clear()  # noqa: SLF001  # what this process remembers


def announced(cluster: FakeCluster, *events: RunEvent, times: int = 1) -> list[dict[str, Any]]:
    """Return the Events that such a run leaves in a cluster."""
    session = Session(CONFIG, Identity(Owner("acme", "shop", "prod", "urn:web"), "one"), Redactor())
    session.cluster, session.lease_uid = cluster, "uid-of-the-lease"
    observe = LeaseEvents(session, Redactor(["hunter2"]))
    for event in events * times:
        observe(event)
    found = [cluster.get(path) for path in cluster.paths() if path.startswith(paths.events("apps"))]
    return [each for each in found if each]


def concluded(what: Announcement | None) -> Concluded:
    return Concluded("automatic", (), what)


def test_an_event_tells_what_flux_would_tell() -> None:
    (event,) = announced(FakeCluster(), concluded(BACK), Said("done"), UPDATED)
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "name": "helm-rollback.web"}
    assert event["regarding"] == {**lease, "namespace": "apps", "uid": "uid-of-the-lease"}
    assert (event["reason"], event["type"], event["action"]) == ("RollbackSucceeded", "Warning", "Rollback")
    assert event["note"] == f"the password is {MASK}"
    assert event["reportingController"] == "helm-rollback"


def test_nothing_is_told_where_nothing_changed() -> None:
    assert announced(FakeCluster(), concluded(None), UPDATED, UPDATED) == []


def test_a_run_is_told_once() -> None:
    assert len(announced(FakeCluster(), concluded(BACK), UPDATED, UPDATED)) == 1


@pytest.mark.parametrize(("reason", "word"), [("", "UninstallSucceeded"), ("HookFailed", "UninstallFailed")])
def test_a_deletion_is_told_if_it_began(reason: str, word: str) -> None:
    deleted = OperationEnded(Operation.DELETE, reason, None, "")
    assert announced(FakeCluster(), deleted) == []
    (event,) = announced(FakeCluster(), StepBegan(Step.UNINSTALL), deleted)
    assert (event["reason"], event["type"]) == (word, "Warning" if reason else "Normal")


def test_a_note_has_at_most_one_kilobyte() -> None:
    long = Announcement(Reason.UPGRADE_FAILED, "Upgrade", "é" * 2000, warning=True)
    (event,) = announced(FakeCluster(), concluded(long), UPDATED)
    assert len(event["note"].encode()) <= 1024
    assert event["note"].endswith("é…")


@pytest.mark.parametrize(("reason", "tries"), [("Forbidden", 1), ("ServerError", 3)])
def test_a_missing_right_is_met_once_and_any_refusal_costs_the_event_alone(reason: str, tries: int) -> None:
    cluster = Refusing(failure(reason))
    assert announced(cluster, concluded(BACK), UPDATED, times=3) == []
    assert cluster.tries == tries


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_event, "_PATIENCE", 0.0)
    asked, go_on = threading.Event(), threading.Event()

    class Silent(FakeCluster):
        def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            go_on.wait(30)
            return super().create(path, body)

    assert announced(Silent(), concluded(BACK), UPDATED) == []
    assert asked.wait(30)
    go_on.set()
