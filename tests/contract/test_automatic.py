"""A release's life under the automatic strategy, on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.contract.laboratory import BAD_IMAGE, CRASHING, OWNER, condition

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground


def test_a_first_deployment_is_deployed_and_proven(lab: Laboratory) -> None:
    status = lab.deploy(values={"replicas": 2})
    assert (status.phase, status.revision, status.status) == (Phase.DEPLOYED, 1, "deployed")
    assert [(each.revision, each.verified) for each in status.history] == [(1, True)]
    assert {each.kind for each in status.resources} == {"Deployment", "ConfigMap"}
    assert lab.ready_replicas() == 2
    ready = condition(status, "Ready")
    assert ready is not None
    assert ready.status == "True"


def test_an_upgrade_whose_image_cannot_be_pulled_is_rolled_back_before_helms_timeout(lab: Laboratory) -> None:
    lab.deploy(values={"replicas": 2, "tag": "good"})
    status = lab.upgrade(values={"replicas": 2, **BAD_IMAGE}, timeouts={"upgrade": 300}, health={})
    assert status.rollback_status.reason == "ImagePullBackOff"  # at the timeout it would be UpgradeTimeout
    assert lab.image().endswith(":good")
    assert lab.ready_replicas() == 2
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert (status.phase, status.revision) == (Phase.ROLLED_BACK, 3)


def test_a_timeout_names_what_was_waited_for_and_not_an_old_pod_that_is_still_terminating(
    lab: Laboratory,
) -> None:
    lab.deploy()
    with lab.lingering_pod():
        found = lab.upgrade(
            values={"play": "never-ready", "tag": "2"}, timeouts={"upgrade": 5}, health={"fail_fast": False}
        ).rollback_status
    assert found.reason == "UpgradeTimeout"
    assert found.message.startswith("not ready after 5 s: Deployment web: 0 of 1 ")
    assert "termination" not in found.message


def test_the_rollback_status_tells_what_happened(lab: Laboratory) -> None:
    lab.deploy()
    found = lab.upgrade(values=BAD_IMAGE).rollback_status
    assert (found.state, found.strategy, found.reason) == (
        RollbackState.ROLLED_BACK,
        "automatic",
        "ImagePullBackOff",
    )
    assert (found.failed_revision, found.target_revision, found.restored_revision) == (2, 1, 3)
    assert found.attempts == 1
    assert "web" in found.message
    assert found.at


def test_the_conditions_tell_what_happened(lab: Laboratory) -> None:
    lab.deploy()
    status = lab.upgrade(values=BAD_IMAGE)
    said = {each.type: (each.status, each.reason) for each in status.conditions}
    assert said["Released"] == ("False", "UpgradeFailed")
    assert said["Remediated"] == ("True", "ImagePullBackOff")
    assert said["Ready"] == ("False", "ImagePullBackOff")
    assert said["Stalled"][0] == "False"


def test_the_same_spec_is_not_tried_again(lab: Laboratory) -> None:
    lab.deploy()
    first = lab.upgrade(values=BAD_IMAGE)
    again = lab.upgrade(values=BAD_IMAGE)
    assert lab.revisions() == [1, 2, 3]
    assert again.phase is Phase.ROLLED_BACK
    assert again.rollback_status == first.rollback_status


def test_a_changed_retry_trigger_has_it_tried_again(lab: Laboratory) -> None:
    lab.deploy()
    lab.upgrade(values=BAD_IMAGE)
    status = lab.upgrade(values=BAD_IMAGE, operations={"rollback": {"retry_trigger": "again"}})
    assert lab.revisions() == [1, 2, 3, 4, 5]
    assert status.rollback_status.failed_revision == 4


def test_a_repaired_upgrade_is_deployed_and_clears_the_rollback(lab: Laboratory) -> None:
    lab.deploy()
    lab.upgrade(values=BAD_IMAGE)
    status = lab.upgrade(values={"tag": "repaired"})
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 4)
    assert status.rollback_status == RollbackStatus()
    assert lab.image().endswith(":repaired")


def test_going_back_to_the_restored_spec_takes_no_action(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "good"})
    lab.upgrade(values=BAD_IMAGE)
    status = lab.upgrade(values={"tag": "good"})
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
    assert status.rollback_status == RollbackStatus()


def test_a_crash_loop_is_rolled_back(lab: Laboratory) -> None:
    lab.deploy()
    operations = lab.operations(values=CRASHING)
    assert not operations.rolled_back
    status = operations.upgrade()
    assert status.phase is Phase.ROLLED_BACK
    assert status.rollback_status.reason == "CrashLoopBackOff"
    assert operations.rolled_back


def test_an_upgrade_that_times_out_is_rolled_back(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "good"})
    status = lab.upgrade(values={"play": "never-ready"}, timeouts={"upgrade": 3})
    assert status.phase is Phase.ROLLED_BACK
    assert status.rollback_status.reason == "UpgradeTimeout"
    assert lab.image().endswith(":good")


def test_a_failed_hook_is_rolled_back(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "good"})
    status = lab.upgrade(values={"hook": {"on": "pre-upgrade", "play": "fail"}})
    assert status.phase is Phase.ROLLED_BACK
    assert status.rollback_status.reason in {"JobFailed", "HookFailed"}
    assert lab.image().endswith(":good")


def test_a_chart_that_cannot_be_rendered_changes_nothing(lab: Laboratory) -> None:
    lab.deploy()
    broken = lab.chart("1.0.1", {"templates/broken.yaml": '{{ fail "no such setting" }}'})
    status = lab.upgrade(source=broken)
    assert status.phase is Phase.FAILED
    assert lab.statuses() == ["deployed"]
    ready = condition(status, "Ready")
    assert ready is not None
    assert ready.reason == "RenderFailed"
    assert "no such setting" in ready.message


def test_retries_upgrade_again_and_end(lab: Laboratory) -> None:
    lab.deploy()
    status = lab.upgrade(values=BAD_IMAGE, operations={"rollback": {"retries": 1}})
    assert lab.statuses() == ["superseded", "failed", "superseded", "failed", "deployed"]
    assert (status.phase, status.rollback_status.attempts) == (Phase.ROLLED_BACK, 2)


def test_without_rollback_the_failure_is_left(lab: Laboratory) -> None:
    lab.deploy()
    status = lab.upgrade(values=BAD_IMAGE, operations={"rollback": {"enabled": False}})
    assert lab.statuses() == ["deployed", "failed"]
    assert status.phase is Phase.FAILED


def test_a_failed_first_deployment_leaves_nothing_and_can_be_repeated(lab: Laboratory) -> None:
    with pytest.raises(OperationError, match="release was removed") as caught:
        lab.deploy(values=BAD_IMAGE)
    assert caught.value.reason == "ImagePullBackOff"
    assert lab.leftovers() == []
    assert lab.deploy().phase is Phase.DEPLOYED


def test_deletion_leaves_nothing(lab: Laboratory) -> None:
    lab.deploy()
    lab.upgrade(values=BAD_IMAGE)
    lab.delete()
    assert lab.leftovers() == []


def test_deletion_of_what_is_gone_is_quiet(lab: Laboratory) -> None:
    lab.deploy()
    lab.delete()
    lab.delete()
    assert lab.leftovers() == []


def test_deletion_spares_a_later_creation(lab: Laboratory) -> None:
    lab.deploy()
    lab.operations(Identity(OWNER, "second")).deploy()
    lab.delete()
    assert lab.statuses() == ["deployed"]


def test_a_release_that_is_not_ours_is_not_taken_over(lab: Laboratory) -> None:
    lab.space.install()
    with pytest.raises(ValidationError, match="adopt=True") as caught:
        lab.deploy()
    assert caught.value.reason == "ReleaseExists"
    assert lab.claim() is None


def test_a_release_that_is_not_ours_is_adopted_on_request(lab: Laboratory) -> None:
    lab.space.install({"tag": "by hand"})
    status = lab.deploy(values={"tag": "declared"}, adopt=True)
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 2)
    assert lab.image().endswith(":declared")


def test_the_status_is_the_same_when_it_is_read_again(lab: Laboratory) -> None:
    lab.deploy()
    after = lab.upgrade(values=BAD_IMAGE)
    assert lab.operations().get_status() == after
