"""The cases of Flux's `TestUnlock_Reconcile`. Each test bears the name of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase
from tests.contract.by_hand import forget, mark, stored
from tests.contract.laboratory import ready
from tests.contract.obstacles import kubeconfig_of, record_write, refusing

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

LEASES_AND_OWN_KEY = [
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "delete"]},
]


def left_pending(lab: Laboratory) -> None:
    """Leave the second of two revisions pending."""
    lab.deploy(values={"tag": "old"})
    lab.upgrade(values={"tag": "half"})
    mark(lab.space, 1, "deployed")
    mark(lab.space, 2, "pending-upgrade", "Preparing upgrade")


def test_unlock_success(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    left_pending(lab)
    status = lab.upgrade(values={"tag": "new"})
    assert stored(lab.space) == {1: "superseded", 2: "failed", 3: "deployed"}
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert lab.image().endswith(":new")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_unlock_failure(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    left_pending(lab)
    with refusing(lab.space, record_write("UPDATE", 2)), pytest.raises(OperationError) as caught:
        lab.upgrade(values={"tag": "new"})
    assert "refused by the test" in str(caught.value)
    assert stored(lab.space) == {1: "deployed", 2: "pending-upgrade"}
    assert lab.image().endswith(":half")
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Interrupted")
    assert lab.upgrade(values={"tag": "new"}).phase is Phase.DEPLOYED


def test_unlock_without_pending_status(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    left_pending(lab)
    mark(lab.space, 2, "failed", 'Upgrade "web" failed: by hand')
    lab.upgrade(values={"tag": "new"})
    assert not any("left pending" in line for line in lab.said)
    assert lab.space.records()[1]["info"]["description"] == 'Upgrade "web" failed: by hand'


def test_unlock_with_stale_current(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    left_pending(lab)
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Interrupted")
    mark(lab.space, 2, "deployed", "Upgrade complete")
    status = lab.upgrade(values={"tag": "half"})
    assert lab.revisions() == [1, 2]
    assert not any("left pending" in line for line in lab.said)
    assert ready(status) == (Phase.DEPLOYED, "InSync")


def test_unlock_without_latest(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    left_pending(lab)
    forget(lab.space, 1, 2)
    lab.space.kubectl("delete", "deployment,configmap", "web")
    status = lab.upgrade(values={"tag": "new"})
    assert lab.statuses() == ["deployed"]
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")


def test_unlock_with_storage_query_error(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    left_pending(lab)
    restricted = kubeconfig_of(lab.space, LEASES_AND_OWN_KEY)
    with pytest.raises(OperationError) as caught:
        lab.upgrade(values={"tag": "new"}, kubeconfig=restricted)
    assert caught.value.reason == "Forbidden"
    assert stored(lab.space) == {1: "deployed", 2: "pending-upgrade"}
    assert lab.upgrade(values={"tag": "new"}).phase is Phase.DEPLOYED
