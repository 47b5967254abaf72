"""Rollbacks that fail themselves: tried again, then an older good revision, then a person is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.contract.by_hand import stored
from tests.contract.laboratory import BAD_IMAGE, stands
from tests.contract.obstacles import image_write, record_write, refusing, webhook_down

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

FAILING_HOOK = {"play": "fail"}


def test_the_next_older_good_revision_is_restored_instead(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    lab.upgrade(values={"tag": "two"})
    with refusing(lab.space, image_write("two")):
        status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["superseded", "superseded", "superseded", "failed", "deployed"]
    assert lab.image().endswith(":one")
    assert (status.phase, status.revision) == (Phase.ROLLED_BACK, 5)
    found = status.rollback_status
    assert (found.state, found.reason) == (RollbackState.ROLLED_BACK, "ImagePullBackOff")
    assert (found.failed_revision, found.target_revision, found.restored_revision) == (3, 1, 5)
    assert [each.verified for each in status.history] == [True, True, False, False, True]


def test_what_a_failed_rollback_marked_superseded_is_never_gone_back_to(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    with refusing(lab.space, image_write("one")):
        lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses()[1] == "superseded"
    status = lab.upgrade(values={**BAD_IMAGE, "tag": "gone"})
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 1)
    assert lab.image().endswith(":one")


def test_with_no_other_it_stalls_and_the_next_update_tries_again(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    with refusing(lab.space, image_write("one")):
        status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["deployed", "superseded", "failed"]
    assert (status.phase, status.rollback_status.state) == (Phase.STALLED, RollbackState.FAILED)
    assert stands(status, "Stalled") == ("True", "RollbackFailed")
    assert stands(status, "Remediated")[0] == "False"
    assert stands(status, "Ready") == ("False", "RollbackFailed")
    assert "see `helm history`" in status.conditions[-2].message
    said = status.rollback_status.message
    assert re.match(r"the upgrade failed: Pod web-\S+ of Deployment web: .* cannot pull its image", said)
    assert "; the rollback to revision 1 failed: " in said
    mended = lab.upgrade(values={"tag": "mended"})
    assert (mended.phase, mended.rollback_status) == (Phase.DEPLOYED, RollbackStatus())
    assert stands(mended, "Stalled")[0] == "False"


def test_a_failure_that_lasts_is_tried_again_in_its_time_and_then_what_serves_is_kept(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    with webhook_down(lab.space):
        status = lab.upgrade(values={"tag": "two"}, timeouts={"upgrade": 1, "rollback": 10})
    assert len([line for line in lab.said if line == "rolling back to revision 1"]) > 1
    assert (status.phase, status.rollback_status.state) == (Phase.ROLLED_BACK, RollbackState.ROLLED_BACK)
    assert "gone.example.com" in status.rollback_status.message
    assert lab.image().endswith(":one")
    mended = lab.upgrade(values={"tag": "two"}, operations={"rollback": {"retry_trigger": "again"}})
    assert mended.phase is Phase.DEPLOYED
    assert lab.image().endswith(":two")


def test_a_failing_pre_rollback_hook_leaves_a_lock_that_the_next_update_breaks(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one", "hook": {**FAILING_HOOK, "on": "pre-rollback"}})
    status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["deployed", "failed", "pending-rollback"]
    assert (status.phase, status.status) == (Phase.STALLED, "pending-rollback")
    assert "the pre-rollback hook of revision 1 failed: " in status.rollback_status.message
    mended = lab.upgrade(values={"tag": "mended"})
    assert (mended.phase, mended.revision) == (Phase.DEPLOYED, 4)
    assert stored(lab.space)[3] == "failed"


def test_a_failing_post_rollback_hook_is_told_of_what_was_restored(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one", "hook": {**FAILING_HOOK, "on": "post-rollback"}})
    status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert lab.image().endswith(":one")
    assert (status.phase, status.rollback_status.restored_revision) == (Phase.ROLLED_BACK, 3)
    assert "everything went back, but the rollback ended with an error (" in status.rollback_status.message
    assert "web-hook" in status.rollback_status.message


def test_without_hooks_it_would_have_been_restored(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one", "hook": {**FAILING_HOOK, "on": "pre-rollback"}})
    status = lab.upgrade(values=BAD_IMAGE, disable_hooks=True)
    assert status.phase is Phase.ROLLED_BACK
    assert lab.image().endswith(":one")


def test_content_that_does_not_get_ready_any_more_is_no_success(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    lab.space.kubectl("delete", "deployment", "web")
    lab.space.kubectl("create", "quota", "none", "--hard=pods=0")
    status = lab.upgrade(values=BAD_IMAGE, timeouts={"upgrade": 5, "rollback": 5})
    assert (status.phase, status.rollback_status.state) == (Phase.STALLED, RollbackState.FAILED)
    assert not status.history[-1].verified


def test_a_record_that_cannot_be_created_stops_it_before_anything_is_touched(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    with refusing(lab.space, record_write("CREATE", 3)):
        status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["deployed", "failed"]
    assert lab.image().endswith(":missing")
    assert (status.phase, status.rollback_status.state) == (Phase.STALLED, RollbackState.FAILED)
    assert "refused by the test" in status.rollback_status.message


def test_a_record_that_cannot_be_updated_leaves_it_restored_but_locked(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    with refusing(lab.space, record_write("UPDATE", 3)):
        status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses()[2] == "pending-rollback"
    assert lab.image().endswith(":one")
    assert (status.phase, status.rollback_status.state) == (Phase.STALLED, RollbackState.FAILED)
    mended = lab.upgrade(values={"tag": "mended"})
    assert (mended.phase, mended.revision) == (Phase.DEPLOYED, 4)
