"""The cases of Flux's `TestRollbackRemediation_Reconcile`. Each test bears the name of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase, RollbackState
from tests.contract.by_hand import forget, stored
from tests.contract.laboratory import BAD_IMAGE, ready, stands
from tests.contract.obstacles import record_write, refusing

if TYPE_CHECKING:
    from helm_rollback_component.results import ReleaseStatus
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground


def failed(status: ReleaseStatus) -> bool:
    """Tell whether a release is what a failed rollback makes of it."""
    return (
        ready(status) == (Phase.STALLED, "RollbackFailed")
        and stands(status, "Remediated")[0] == "False"
        and stands(status, "Stalled") == ("True", "RollbackFailed")
        and status.rollback_status.state is RollbackState.FAILED
    )


def test_rollback(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert lab.image().endswith(":good")
    assert ready(status) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert stands(status, "Remediated") == ("True", "ImagePullBackOff")
    assert [each.revision for each in status.history] == [1, 2, 3]


def test_rollback_without_previous_target_release(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.upgrade(values=BAD_IMAGE, operations={"rollback": {"enabled": False}})
    forget(lab.space, 1)
    status = lab.upgrade(values={**BAD_IMAGE, "tag": "gone"})
    assert stored(lab.space) == {2: "failed", 3: "failed"}
    assert ready(status) == (Phase.STALLED, "MissingRollbackTarget")
    assert stands(status, "Stalled") == ("True", "MissingRollbackTarget")
    assert lab.image().endswith(":gone")


def test_rollback_failure(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good", "hook": {"on": "pre-rollback", "play": "fail"}})
    status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["deployed", "failed", "pending-rollback"]
    assert lab.image().endswith(":missing")
    assert failed(status)


def test_rollback_with_storage_create_error(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    with refusing(lab.space, record_write("CREATE", 3)):
        status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["deployed", "failed"]
    assert lab.image().endswith(":missing")
    assert failed(status)


def test_rollback_with_storage_update_error(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    with refusing(lab.space, record_write("UPDATE", 3)):
        status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses()[2] == "pending-rollback"
    assert lab.image().endswith(":good")
    assert failed(status)
