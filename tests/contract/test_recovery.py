"""A release that somebody left in a bad state: clients that died, and what other hands did to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.results import Phase, RollbackState
from tests.contract.by_hand import corrupt, edit, forget, mark, stored
from tests.contract.helm_fixtures import ENDLESS, end_hook
from tests.contract.laboratory import stands
from tests.contract.mortals import await_revision, helms_at_work, killed, killed_helm
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

SHORT = {"play": "succeed", "after": "2s"}
SLOW = {"play": "never-ready", "tag": "slow"}


class TestOwnClientDied:
    def test_helm_dies_with_it_and_the_next_update_goes_on(self, lab: Laboratory) -> None:
        lab.deploy(values={"tag": "good"})
        killed(lab, 2, "pending-upgrade", values=SLOW)
        await_revision(lab, 2, "failed")
        await_that(lambda: not helms_at_work(lab), "Helm to end")
        status = lab.upgrade(values={"tag": "slow"})
        assert lab.statuses() == ["superseded", "failed", "deployed"]
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
        assert lab.image().endswith(":slow")
        assert not any(line.startswith(("waiting for process", "waiting for Helm")) for line in lab.said)

    def test_helm_having_died_too_its_lock_is_broken(self, lab: Laboratory) -> None:
        lab.deploy(values={"tag": "good"})
        killed(lab, 2, "pending-upgrade", with_helm=True, values=SLOW)
        assert lab.statuses() == ["deployed", "pending-upgrade"]
        found = lab.operations().get_status()
        assert (found.phase, stands(found, "Ready")) == (Phase.FAILED, ("False", "Interrupted"))
        status = lab.upgrade(values={"tag": "new"})
        assert lab.statuses() == ["superseded", "failed", "deployed"]
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
        assert lab.image().endswith(":new")

    def test_a_half_first_deployment_is_removed_and_made_anew(self, lab: Laboratory) -> None:
        killed(lab, 1, "pending-install", with_helm=True, values=SLOW)
        status = lab.upgrade(values={"tag": "new"})
        assert lab.statuses() == ["deployed"]
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 1)
        assert lab.image().endswith(":new")

    def test_a_revision_that_nobody_judged_is_judged(self, lab: Laboratory) -> None:
        lab.deploy(values={"tag": "good"})
        killed(lab, 2, "deployed", values={"tag": "new"}, health={"soak": 60})
        assert lab.statuses() == ["superseded", "deployed"]
        found = lab.operations().get_status()
        status = lab.upgrade(values={"tag": "new"})
        assert (found.phase, [each.verified for each in found.history]) == (Phase.FAILED, [True, False])
        assert (status.phase, [each.verified for each in status.history]) == (Phase.DEPLOYED, [True, True])
        assert lab.revisions() == [1, 2]

    def test_a_rollback_is_finished_by_helm_and_judged_by_the_next_run(self, lab: Laboratory) -> None:
        hook = {"on": "pre-rollback", **SHORT}
        lab.deploy(values={"tag": "good", "hook": hook})
        killed(lab, 3, "pending-rollback", values={"play": "image-pull", "tag": "missing"})
        status = lab.upgrade(values={"play": "image-pull", "tag": "missing"})
        assert any("waiting for Helm" in line for line in lab.said)
        assert lab.statuses() == ["superseded", "failed", "deployed"]
        assert (status.phase, status.revision) == (Phase.ROLLED_BACK, 3)
        found = status.rollback_status
        assert (found.state, found.reason) == (RollbackState.ROLLED_BACK, "ImagePullBackOff")
        assert (found.failed_revision, found.target_revision, found.restored_revision) == (2, 1, 3)

    def test_a_rollback_that_does_not_end_soon_is_ended_and_made_again(self, lab: Laboratory) -> None:
        bad = {"play": "image-pull", "tag": "missing"}
        lab.deploy(values={"tag": "good", "hook": {"on": "pre-rollback", **ENDLESS}})
        killed(lab, 3, "pending-rollback", values=bad)
        with ThreadPoolExecutor() as another:
            update = another.submit(lab.upgrade, values=bad)
            await_revision(lab, 3, "failed")
            await_revision(lab, 4, "pending-rollback")
            end_hook(lab.space)
            status = update.result()
        assert lab.statuses() == ["superseded", "failed", "failed", "deployed"]
        assert (status.phase, status.revision) == (Phase.ROLLED_BACK, 4)


class TestForeignClientDied:
    def test_its_operation_is_left_alone_while_it_may_live(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        upgrade = ("upgrade", "web", str(lab.space.chart), "--wait", "--set=play=never-ready")
        killed_helm(lab, 2, "pending-upgrade", *upgrade)
        status = lab.upgrade(values={"tag": "new"})
        assert lab.statuses() == ["deployed", "pending-upgrade"]
        assert (status.phase, stands(status, "Ready")) == (Phase.FAILED, ("False", "OperationInProgress"))

    @pytest.mark.parametrize("left", ["pending-upgrade", "pending-rollback"])
    def test_its_lock_is_broken_once_it_is_too_old_to_live(
        self, lab: Laboratory, left: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lab.deploy()
        lab.space.upgrade({"tag": "by hand"})
        mark(lab.space, 1, "deployed")
        mark(lab.space, 2, left)
        monkeypatch.setattr(Cluster, "now", lambda _: datetime.now(UTC) + timedelta(hours=1))
        status = lab.upgrade(values={"tag": "new"})
        assert lab.statuses() == ["superseded", "failed", "deployed"]
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
        assert lab.space.records()[1]["info"]["description"] == "Interrupted: its client died"

    def test_an_install_of_long_ago_is_removed_once_it_is_adopted(
        self, one_engine_lab: Laboratory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lab = one_engine_lab
        lab.space.install()
        mark(lab.space, 1, "pending-install")
        monkeypatch.setattr(Cluster, "now", lambda _: datetime.now(UTC) + timedelta(hours=1))
        with pytest.raises(ValidationError) as caught:
            lab.deploy()
        assert caught.value.reason == "ReleaseExists"
        status = lab.deploy(values={"tag": "new"}, adopt=True)
        assert (status.phase, lab.statuses()) == (Phase.DEPLOYED, ["deployed"])

    def test_an_uninstall_that_did_not_end_is_ended(self, lab: Laboratory) -> None:
        lab.deploy()
        mark(lab.space, 1, "uninstalling")
        found = lab.operations().get_status()
        assert (found.phase, stands(found, "Ready")) == (Phase.FAILED, ("False", "Interrupted"))
        status = lab.upgrade(values={"tag": "new"})
        assert (status.phase, lab.statuses()) == (Phase.DEPLOYED, ["deployed"])
        assert lab.image().endswith(":new")


class TestAnotherHand:
    def test_deleted_it_is_deployed_anew(self, lab: Laboratory) -> None:
        lab.deploy()
        lab.space.engine.uninstall(lab.space.target(), 60)
        found = lab.operations().get_status()
        assert (found.phase, found.revision) == (Phase.FAILED, 0)
        assert stands(found, "Ready") == ("False", "ReleaseMissing")
        status = lab.upgrade(values={"tag": "new"})
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 1)

    def test_upgraded_it_is_drifted_and_upgraded_over_with_a_warning(self, lab: Laboratory) -> None:
        lab.deploy(values={"tag": "declared"})
        lab.space.upgrade({"tag": "by hand"})
        found = lab.operations().get_status()
        assert (found.phase, stands(found, "Ready")) == (Phase.FAILED, ("False", "Drifted"))
        status = lab.upgrade(values={"tag": "declared"})
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
        assert lab.image().endswith(":declared")
        assert any("revision 2 was deployed by another client" in line for line in lab.warned)

    def test_rolled_back_it_is_drifted_and_upgraded_over(self, lab: Laboratory) -> None:
        lab.deploy(values={"tag": "one"})
        lab.upgrade(values={"tag": "two"})
        lab.space.engine.rollback(lab.space.target(), 1, 60)
        found = lab.operations().get_status()
        assert stands(found, "Ready") == ("False", "Drifted")
        status = lab.upgrade(values={"tag": "two"})
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 4)
        assert lab.image().endswith(":two")

    def test_the_newest_record_corrupt_nothing_is_done_until_it_is_gone(
        self, one_engine_lab: Laboratory
    ) -> None:
        lab = one_engine_lab
        lab.deploy()
        lab.upgrade(values={"tag": "two"})
        corrupt(lab.space, 2)
        status = lab.upgrade(values={"tag": "new"})
        assert (status.phase, stands(status, "Stalled")) == (Phase.STALLED, ("True", "RecordUnreadable"))
        ready = next(each for each in status.conditions if each.type == "Ready")
        assert "restore the Secret of that revision, or delete it" in ready.message
        assert stored(lab.space) == {1: "superseded", 2: "deployed"}
        forget(lab.space, 2)
        mended = lab.upgrade(values={"tag": "new"})
        assert mended.phase is Phase.DEPLOYED
        assert lab.image().endswith(":new")

    def test_no_revision_deployed_it_is_upgraded_all_the_same(self, lab: Laboratory) -> None:
        lab.deploy()
        lab.upgrade(values={"tag": "two"})
        mark(lab.space, 2, "superseded")
        status = lab.upgrade(values={"tag": "new"})
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)

    def test_several_revisions_deployed_the_newest_counts(self, lab: Laboratory) -> None:
        lab.deploy()
        lab.upgrade(values={"tag": "two"})
        mark(lab.space, 1, "deployed")
        assert lab.upgrade(values={"tag": "two"}).revision == 2
        status = lab.upgrade(values={"tag": "new"})
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)

    def test_an_edited_record_is_drifted_and_upgraded_over(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        edit(lab.space, 1)
        assert stands(lab.operations().get_status(), "Ready") == ("False", "Drifted")
        status = lab.upgrade()
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 2)

    def test_marked_failed_it_is_upgraded_over_and_not_removed(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        mark(lab.space, 1, "failed")
        status = lab.upgrade()
        assert (status.phase, status.revision) == (Phase.DEPLOYED, 2)
