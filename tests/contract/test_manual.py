"""A release's life under the manual strategy: failures are left, and a pinned revision is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import OperationError, RollbackError, ValidationError
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.contract.laboratory import BAD_IMAGE, explained, stands
from tests.contract.obstacles import image_write, refusing

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

MANUAL = {"rollback": {"strategy": "manual"}}


def pin(revision: int) -> dict[str, Any]:
    """Return the operations section that pins the release to a revision."""
    return {"rollback": {"strategy": "manual", "target_revision": revision}}


def two_revisions(lab: Laboratory) -> None:
    """Deploy tag one, then tag two."""
    lab.deploy(values={"tag": "one"}, operations=MANUAL)
    lab.upgrade(values={"tag": "two"}, operations=MANUAL)


def test_a_failed_upgrade_is_reported_and_left(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(operations=MANUAL)
    status = lab.upgrade(values=BAD_IMAGE, operations=MANUAL)
    assert lab.statuses() == ["deployed", "failed"]
    assert lab.image().endswith(":missing")
    assert (status.phase, status.revision, status.status) == (Phase.FAILED, 2, "failed")
    assert status.rollback_status == RollbackStatus()
    assert stands(status, "Released") == ("False", "UpgradeFailed")
    assert stands(status, "Remediated") == ("False", "NotNeeded")
    assert stands(status, "Ready") == ("False", "ImagePullBackOff")


def test_a_failed_upgrade_is_tried_again_by_the_next_update(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(operations=MANUAL)
    lab.upgrade(values=BAD_IMAGE, operations=MANUAL)
    again = lab.upgrade(values=BAD_IMAGE, operations=MANUAL, timeouts={"upgrade": 3})
    assert again.phase is Phase.FAILED
    assert lab.statuses() == ["deployed", "failed", "failed"]


def test_a_repaired_upgrade_leaves_nothing_of_failed_ones(lab: Laboratory) -> None:
    lab.deploy(operations=MANUAL)
    lab.upgrade(values={**BAD_IMAGE, "sidecar": "first", "extra": "more"}, operations=MANUAL)
    lab.upgrade(values={**BAD_IMAGE, "sidecar": "second"}, operations=MANUAL)
    assert "configmap/more" in lab.leftovers()
    status = lab.upgrade(values={"tag": "repaired"}, operations=MANUAL)
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 4)
    assert lab.containers() == ["main"]
    assert "configmap/more" not in lab.leftovers()
    assert "ConfigMap more was left by a failed revision, and was removed" in lab.warned


def test_a_pinned_revision_is_restored(lab: Laboratory) -> None:
    two_revisions(lab)
    status = lab.upgrade(values={"tag": "two"}, operations=pin(1))
    assert lab.statuses() == ["superseded", "superseded", "deployed"]
    assert lab.image().endswith(":one")
    assert (status.phase, status.revision, status.chart_version) == (Phase.DEPLOYED, 3, "1.0.0")
    found = status.rollback_status
    assert (found.state, found.strategy, found.reason) == (
        RollbackState.ROLLED_BACK,
        "manual",
        "ManualRequest",
    )
    assert (found.failed_revision, found.target_revision, found.restored_revision) == (0, 1, 3)
    assert stands(status, "Ready") == ("True", "ManualRequest")
    assert stands(status, "Remediated") == ("True", "ManualRequest")


def test_after_a_failure_a_pin_brings_the_good_revision_back(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"}, operations=MANUAL)
    lab.upgrade(values=BAD_IMAGE, operations=MANUAL)
    status = lab.upgrade(values=BAD_IMAGE, operations=pin(1))
    assert status.phase is Phase.DEPLOYED
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert lab.image().endswith(":good")


def test_a_pinned_release_is_left_as_it_is(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    two_revisions(lab)
    first = lab.upgrade(values={"tag": "two"}, operations=pin(1))
    again = lab.upgrade(values={"tag": "three"}, operations=pin(1))
    assert lab.revisions() == [1, 2, 3]
    assert (again.phase, again.rollback_status) == (Phase.DEPLOYED, first.rollback_status)


def test_a_pin_to_what_runs_takes_no_action(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    two_revisions(lab)
    status = lab.upgrade(values={"tag": "two"}, operations=pin(2))
    assert lab.revisions() == [1, 2]
    assert (status.phase, status.rollback_status) == (Phase.DEPLOYED, RollbackStatus())
    assert stands(status, "Ready") == ("True", "ManualRequest")


def test_a_moved_pin_is_followed(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    two_revisions(lab)
    lab.upgrade(values={"tag": "two"}, operations=pin(1))
    status = lab.upgrade(values={"tag": "two"}, operations=pin(2))
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 4)
    assert (status.rollback_status.target_revision, status.rollback_status.restored_revision) == (2, 4)
    assert lab.image().endswith(":two")


def test_a_release_that_is_pinned_no_more_rolls_forward(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    two_revisions(lab)
    lab.upgrade(values={"tag": "two"}, operations=pin(1))
    status = lab.upgrade(values={"tag": "two"}, operations=MANUAL)
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 4)
    assert status.rollback_status == RollbackStatus()
    assert lab.image().endswith(":two")


def test_a_release_that_is_not_there_cannot_be_pinned(one_engine_lab: Laboratory) -> None:
    with pytest.raises(ValidationError, match="no history") as caught:
        one_engine_lab.deploy(operations=pin(1))
    assert caught.value.reason == "NoHistory"
    assert one_engine_lab.leftovers() == []


def test_a_pin_whose_rollback_fails_stalls_and_is_tried_again(lab: Laboratory) -> None:
    two_revisions(lab)
    with refusing(lab.space, image_write("one")):
        status = lab.upgrade(values={"tag": "two"}, operations=pin(1))
    assert (status.phase, status.rollback_status.state) == (Phase.STALLED, RollbackState.FAILED)
    assert "refused by the test" in status.rollback_status.message
    assert stands(status, "Stalled") == ("True", "RollbackFailed")
    assert lab.image().endswith(":two")
    mended = lab.upgrade(values={"tag": "two"}, operations=pin(1))
    assert (mended.phase, mended.rollback_status.state) == (Phase.DEPLOYED, RollbackState.ROLLED_BACK)
    assert lab.image().endswith(":one")


class TestByOperator:
    def test_the_last_good_revision_is_restored_on_request(self, lab: Laboratory) -> None:
        lab.deploy(values={"tag": "one"})
        lab.upgrade(values={"tag": "two"})
        status = lab.operations().rollback()
        assert (status.phase, status.revision) == (Phase.ROLLED_BACK, 3)
        assert lab.image().endswith(":one")
        found = status.rollback_status
        assert (found.reason, found.target_revision, found.restored_revision) == ("OperatorRequest", 1, 3)

    def test_the_stack_leaves_it_so_until_its_inputs_change(self, one_engine_lab: Laboratory) -> None:
        lab, triggered = one_engine_lab, {"rollback": {"retry_trigger": "7"}}
        lab.deploy(values={"tag": "one"}, operations=triggered)
        lab.upgrade(values={"tag": "two"}, operations=triggered)
        by_hand = lab.operations(Identity())
        by_hand.rollback(1, why="too slow", tool="helm-rollback 1")
        by_hand.rollback(2)
        by_hand.rollback(1, why="still too slow", replacing=4)
        left = lab.upgrade(values={"tag": "two"}, operations=triggered)
        assert (left.phase, lab.revisions(), lab.warned) == (Phase.ROLLED_BACK, [1, 2, 3, 4, 5], [])
        assert "rolled back by hand from revision 4 to revision 1, by " in explained(left)
        assert lab.upgrade(values={"tag": "three"}, operations=triggered).phase is Phase.DEPLOYED
        (told,) = lab.warned
        assert told.startswith(
            "revision 5, which this update replaces, is a rollback by hand to revision 1, by "
        )
        assert told.endswith(" with a script: still too slow")

    def test_a_release_of_nobody_stays_nobodys(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.space.install({"tag": "one"})
        lab.space.upgrade({"tag": "two"})
        by_hand = lab.operations(Identity())
        assert by_hand.plan_rollback(1).changed == ("ConfigMap web", "Deployment web")
        interrupt = Cancellation()
        interrupt.request()
        with pytest.raises(OperationError, match="interrupted before anything was changed"):
            HelmOperations(HelmConfig.parse(lab.declared()), interrupt=interrupt).rollback(1)
        assert by_hand.rollback(1).revision == 3
        assert lab.image().endswith(":one")
        assert not [each for each in lab.leftovers() if "helm-rollback" in each]

    def test_what_runs_is_not_restored_again(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        status = lab.operations().rollback(1)
        assert (status.phase, lab.revisions()) == (Phase.DEPLOYED, [1])

    def test_without_another_good_revision_it_is_refused(self, one_engine_lab: Laboratory) -> None:
        one_engine_lab.deploy()
        with pytest.raises(ValidationError, match="no good revision") as caught:
            one_engine_lab.operations().rollback()
        assert caught.value.reason == "MissingRollbackTarget"

    def test_one_that_fails_raises_and_stalls(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy(values={"tag": "one"})
        lab.upgrade(values={"tag": "two"})
        with (
            refusing(lab.space, image_write("one")),
            pytest.raises(RollbackError, match="refused by the test"),
        ):
            lab.operations().rollback(1)
        status = lab.operations().get_status()
        assert (status.phase, status.rollback_status.state) == (Phase.STALLED, RollbackState.FAILED)
