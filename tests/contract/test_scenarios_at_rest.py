"""The scenarios of Flux's `TestAtomicRelease_Reconcile_Scenarios` that begin with a release found so.

Each test bears the name of its case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.results import Phase
from tests.contract.by_hand import forget, mark, stored
from tests.contract.laboratory import BAD_IMAGE, ready, stands

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground


def test_release_is_in_sync(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "same"})
    status = lab.upgrade(values={"tag": "same"})
    assert lab.statuses() == ["deployed"]
    assert lab.image().endswith(":same")
    assert ready(status) == (Phase.DEPLOYED, "InSync")
    assert stands(status, "Released")[0] == "True"


def test_release_is_out_of_sync_chart(lab: Laboratory) -> None:
    lab.deploy()
    status = lab.upgrade(source=lab.chart("1.1.0"))
    assert lab.statuses() == ["superseded", "deployed"]
    assert (status.revision, status.chart_version, status.app_version) == (2, "1.1.0", "1.1.0")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert stands(status, "Released") == ("True", "UpgradeSucceeded")


def test_release_is_out_of_sync_values(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "old"})
    status = lab.upgrade(values={"tag": "new"})
    assert lab.statuses() == ["superseded", "deployed"]
    assert lab.image().endswith(":new")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_release_is_locked_pending_install(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "old"})
    mark(lab.space, 1, "pending-install", "Initial install underway")
    status = lab.upgrade(values={"tag": "new"})
    assert lab.statuses() == ["deployed"]
    assert lab.image().endswith(":new")
    assert (status.revision, ready(status)) == (1, (Phase.DEPLOYED, "InstallSucceeded"))


def test_release_is_locked_pending_upgrade(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "old"})
    lab.upgrade(values={"tag": "half"})
    mark(lab.space, 1, "deployed")
    mark(lab.space, 2, "pending-upgrade", "Preparing upgrade")
    status = lab.upgrade(values={"tag": "new"})
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert lab.image().endswith(":new")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_release_is_locked_pending_rollback(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "old"})
    lab.upgrade(values=BAD_IMAGE)
    mark(lab.space, 1, "deployed")
    mark(lab.space, 3, "pending-rollback")
    status = lab.upgrade(values={"tag": "new"})
    assert lab.statuses() == ["superseded", "failed", "failed", "deployed"]
    assert lab.image().endswith(":new")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_release_is_not_installed(lab: Laboratory) -> None:
    status = lab.upgrade(values={"tag": "first"})
    assert lab.statuses() == ["deployed"]
    assert lab.image().endswith(":first")
    assert (status.revision, ready(status)) == (1, (Phase.DEPLOYED, "InstallSucceeded"))
    assert stands(status, "Released") == ("True", "InstallSucceeded")


def test_release_exists_but_is_not_managed(lab: Laboratory) -> None:
    lab.space.install({"tag": "by hand"})
    with pytest.raises(ValidationError) as caught:
        lab.deploy(values={"tag": "declared"})
    assert caught.value.reason == "ReleaseExists"
    assert lab.image().endswith(":by hand")
    status = lab.deploy(values={"tag": "declared"}, adopt=True)
    assert lab.statuses() == ["superseded", "deployed"]
    assert lab.image().endswith(":declared")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_release_was_upgraded_outside_of_the_reconciler(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "declared"})
    lab.space.upgrade({"tag": "by hand"})
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Drifted")
    status = lab.upgrade(values={"tag": "declared"})
    assert lab.statuses() == ["superseded", "superseded", "deployed"]
    assert lab.image().endswith(":declared")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert any("another client" in line for line in lab.warned)


def test_release_was_rolled_back_outside_of_the_reconciler(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "old"})
    lab.upgrade(values={"tag": "declared"})
    lab.space.engine.rollback(lab.space.target(), 1, 60)
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Drifted")
    status = lab.upgrade(values={"tag": "declared"})
    assert lab.statuses() == ["superseded", "superseded", "superseded", "deployed"]
    assert lab.image().endswith(":declared")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_release_was_deleted_outside_of_the_reconciler(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "declared"})
    lab.space.engine.uninstall(lab.space.target(), 60)
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "ReleaseMissing")
    status = lab.upgrade(values={"tag": "declared"})
    assert lab.statuses() == ["deployed"]
    assert lab.image().endswith(":declared")
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")


def test_part_of_the_release_history_was_deleted_outside_of_the_reconciler(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    for tag in ("one", "two", "declared"):
        lab.upgrade(values={"tag": tag})
    forget(lab.space, 1, 2)
    status = lab.upgrade(values={"tag": "declared"})
    assert stored(lab.space) == {3: "deployed"}
    assert ready(status) == (Phase.DEPLOYED, "InSync")
    failed = lab.upgrade(values=BAD_IMAGE)
    assert (failed.phase, failed.rollback_status.target_revision) == (Phase.ROLLED_BACK, 3)


def test_the_newest_of_the_release_history_was_deleted_outside_of_the_reconciler(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "old"})
    lab.upgrade(values={"tag": "declared"})
    forget(lab.space, 2)
    assert ready(lab.operations().get_status()) == (Phase.FAILED, "Drifted")
    status = lab.upgrade(values={"tag": "declared"})
    assert stored(lab.space) == {1: "superseded", 2: "deployed"}
    assert lab.image().endswith(":declared")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")
