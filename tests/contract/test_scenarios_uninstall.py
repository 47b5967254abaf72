"""The cases of Flux's `TestUninstall_Reconcile`. Each test bears the name of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.results import Phase
from tests.contract.by_hand import stored
from tests.contract.laboratory import ready
from tests.contract.obstacles import record_write, refusing

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

KEPT = {"keep_on_delete": True}
STAYS = '{"metadata":{"finalizers":["example.com/stays"]}}'


def refused_deletion(lab: Laboratory, **inputs: Any) -> OperationError:
    """Delete the release, which fails and leaves it claimed; return why."""
    with pytest.raises(OperationError) as caught:
        lab.delete(**inputs)
    assert lab.claim() is not None
    return caught.value


def test_uninstall_success(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(history=KEPT)
    lab.delete(history=KEPT)
    assert stored(lab.space) == {1: "uninstalled"}
    assert lab.space.get("deployment", "web") is None
    assert lab.claim() is None
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Uninstalled")


def test_uninstall_failure(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(history=KEPT)
    lab.space.kubectl("patch", "configmap", "web", "--type=merge", f"--patch={STAYS}")
    error = refused_deletion(lab, history=KEPT, timeouts={"delete": 2})
    lab.space.kubectl("patch", "configmap", "web", "--type=merge", '--patch={"metadata":{"finalizers":null}}')
    assert error.reason == "UninstallTimeout"
    lab.delete(history=KEPT)
    assert lab.claim() is None


def test_uninstall_failure_without_storage_update(lab: Laboratory) -> None:
    lab.deploy(history=KEPT)
    with refusing(lab.space, record_write("UPDATE", 1)):
        error = refused_deletion(lab, history=KEPT)
    assert error.reason == "RecordNotUpdated"
    assert stored(lab.space) == {1: "deployed"}
    lab.delete(history=KEPT)
    assert stored(lab.space) == {1: "uninstalled"}
    assert lab.claim() is None


def test_uninstall_failure_without_storage_delete(lab: Laboratory) -> None:
    lab.deploy()
    with refusing(lab.space, record_write("DELETE", 1)):
        error = refused_deletion(lab)
    assert "refused by the test" in str(error)
    assert list(stored(lab.space)) == [1]
    lab.delete()
    assert lab.leftovers() == []


def test_uninstall_without_current(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.space.install()
    with pytest.raises(ValidationError) as caught:
        lab.delete()
    assert caught.value.reason == "ClaimMissing"
    assert lab.statuses() == ["deployed"]


def test_uninstall_with_stale_current(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.space.upgrade({"tag": "by hand"})
    lab.delete()
    assert lab.leftovers() == []


def test_uninstall_already_deleted_release(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.space.engine.uninstall(lab.space.target(), 60)
    lab.delete()
    assert lab.leftovers() == []


def test_already_uninstalled_without_keep_history(lab: Laboratory) -> None:
    lab.deploy()
    lab.space.engine.uninstall(lab.space.target(), 60, keep_history=True)
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Uninstalled")
    lab.delete()
    assert lab.leftovers() == []


def test_already_uninstalled_with_keep_history(lab: Laboratory) -> None:
    lab.deploy(history=KEPT)
    lab.space.engine.uninstall(lab.space.target(), 60, keep_history=True)
    lab.delete(history=KEPT)
    assert stored(lab.space) == {1: "uninstalled"}
    assert lab.claim() is None
