"""History and claim are given up only when the objects are seen gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.history import History, Status
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import deletion
from helm_rollback_component.reconcile.effects import Effects
from tests.support.histories import desired, failure, history
from tests.unit.core.remediation.simulation import NOW, Data, Fate, HeldLock, Helm, Pacing, Records, Release

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure

PASSING = failure("ServerError", temporary=True)


@dataclass
class Uninstalling(Helm):
    """Stands for Helm; each uninstall ends as it is told, and marks the record if it succeeds."""

    ends: list[Failure | None] = field(default_factory=list)
    marks: bool = True

    def uninstall(self, present: Any, timeout: int) -> Failure | None:
        assert timeout >= 1
        assert present[-1] == self.release.history.latest
        end = self.ends.pop(0)
        if self.marks:
            self.release.mark(present[-1].revision, Status.UNINSTALLED)
        return end


class Refusing(Records):
    """Records of which none can be marked."""

    def mark_uninstalled(self, revision: int) -> None:
        raise OperationError(f"{revision} is refused", reason=Reason.FORBIDDEN)


def deleted(
    *ends: Failure | None,
    marks: bool = True,
    keep: bool = False,
    records: type[Records] = Records,
    found: History | None = None,
    receiver: str = "",
) -> Release:
    """Delete a release and return what is left of it."""
    release = Release(history=found or history("superseded", "deployed"))
    warned: list[str] = []
    helm = Uninstalling(release, desired(), lambda: (Fate.GOOD, True), ends=[*ends], marks=marks)
    effects = Effects(
        helm=helm,
        records=records(release, lambda: (Fate.GOOD, True)),
        data=Data(release),
        lock=HeldLock(release),
        progress=lambda _: None,
        clock=lambda: NOW,
        pacing=Pacing(),
    )
    config = HelmConfig.parse(
        {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "history": {"keep_on_delete": keep},
        }
    )
    deletion.delete(config, effects, warned.append, receiver)
    assert helm.ends == []
    assert bool(warned) is bool(found)
    assert receiver in "".join(warned)
    return release


def test_the_history_goes_when_the_objects_are_gone() -> None:
    assert deleted(None).history == History()


def test_a_failure_that_may_pass_is_tried_again() -> None:
    assert deleted(PASSING, PASSING, None).history == History()


def test_one_that_does_not_pass_leaves_the_history() -> None:
    with pytest.raises(OperationError, match="the uninstall failed: UninstallTimeout was seen"):
        deleted(failure("UninstallTimeout"))


def test_that_the_history_is_to_go_is_written_down_before() -> None:
    attempt = deleted(None).ledger.attempt
    assert attempt is not None
    assert attempt.action == "uninstall"


def test_a_history_that_is_to_stay_stays() -> None:
    release = deleted(None, keep=True)
    assert [each.status for each in release.history] == [Status.SUPERSEDED, Status.UNINSTALLED]
    assert release.ledger.attempt is None


def test_a_record_that_helm_did_not_mark_is_marked() -> None:
    release = deleted(None, keep=True, marks=False)
    assert [each.status for each in release.history] == [Status.SUPERSEDED, Status.UNINSTALLED]


def test_one_that_cannot_be_marked_is_an_error() -> None:
    with pytest.raises(OperationError, match="still deployed: 2 is refused") as caught:
        deleted(None, keep=True, marks=False, records=Refusing)
    assert caught.value.reason == "RecordNotUpdated"


def test_a_release_that_another_resource_of_pulumi_has_taken_over_stays() -> None:
    ours, theirs = history("superseded", "deployed")
    found = History((ours, replace(theirs, by_kubernetes_provider=True)))
    release = deleted(found=found)
    assert release.history == found
    assert release.ledger.attempt is None


def test_one_that_another_resource_has_imported_stays() -> None:
    found = history("superseded", "deployed")
    release = deleted(found=found, receiver="kubernetes:helm.sh/v3:Release::old")
    assert release.history == found
    assert release.ledger.attempt is None
