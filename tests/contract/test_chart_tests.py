"""A chart's own tests as part of an upgrade's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, IMPATIENT, condition, stands

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

TESTED = {**IMPATIENT, "test": True}


def test_a_release_whose_tests_pass_is_deployed(lab: Laboratory) -> None:
    status = lab.deploy(health=TESTED)
    assert status.phase is Phase.DEPLOYED
    assert stands(status, "TestSuccess") == ("True", "TestSucceeded")


def test_an_upgrade_whose_tests_fail_is_rolled_back(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "good"}, health=TESTED)
    status = lab.upgrade(values={"tag": "bad", "test": "fail"}, health=TESTED)
    assert lab.statuses() == ["superseded", "superseded", "deployed"]
    assert lab.image().endswith(":good")
    assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "TestFailed")
    assert stands(status, "TestSuccess") == ("False", "TestFailed")
    assert [each.verified for each in status.history] == [True, False, True]


def test_a_first_deployment_whose_tests_fail_is_removed(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    with pytest.raises(OperationError, match="release was removed") as caught:
        lab.deploy(values={"test": "fail"}, health=TESTED)
    assert caught.value.reason == "TestFailed"
    assert [name for name in lab.leftovers() if not name.startswith("pod/")] == []


def test_such_a_revision_is_never_gone_back_to(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"}, health=TESTED)
    left = {"rollback": {"enabled": False}}
    failed = lab.upgrade(values={"tag": "bad", "test": "fail"}, health=TESTED, operations=left)
    assert (failed.phase, failed.status) == (Phase.FAILED, "deployed")
    status = lab.upgrade(values=BAD_IMAGE)
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 1)
    assert lab.image().endswith(":good")


def test_tests_are_not_run_unless_asked_for(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    status = lab.deploy(values={"test": "fail"})
    assert status.phase is Phase.DEPLOYED
    assert condition(status, "TestSuccess") is None
    assert lab.space.get("pod", "web-smoke") is None
