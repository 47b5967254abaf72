"""Edge cases of the choice of a rollback's target, by their numbers in docs/cases.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase, RollbackStatus
from tests.contract.by_hand import edit, mark
from tests.contract.laboratory import BAD_IMAGE, IMPATIENT, ready

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

OFF = {"rollback": {"enabled": False}}


def test_01_never_simply_the_one_before(lab: Laboratory) -> None:
    """Failed revisions between are skipped."""
    lab.deploy(values={"tag": "good"}, operations=OFF)
    lab.upgrade(values={**BAD_IMAGE, "tag": "gone"}, operations=OFF)
    status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["superseded", "failed", "failed", "deployed"]
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 1)
    assert lab.image().endswith(":good")


def test_03_a_failed_install_that_was_superseded_is_not_good(one_engine_lab: Laboratory) -> None:
    """Helm marks it superseded when a later upgrade works; its own words still tell."""
    lab = one_engine_lab
    lab.space.install({"tag": "never good"})
    mark(lab.space, 1, "failed", 'Release "web" failed: context deadline exceeded')
    lab.space.upgrade({"tag": "bad too"})
    assert lab.statuses() == ["superseded", "deployed"]
    mark(lab.space, 2, "failed", 'Upgrade "web" failed: context deadline exceeded')
    status = lab.upgrade(values=BAD_IMAGE, adopt=True)
    assert ready(status) == (Phase.STALLED, "MissingRollbackTarget")


def test_05_a_target_whose_record_was_edited_is_passed_over(one_engine_lab: Laboratory) -> None:
    """Its digest is not the one that the verdict was given on."""
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    lab.upgrade(values={"tag": "two"})
    lab.upgrade(values={"tag": "three"})
    edit(lab.space, 3)
    status = lab.upgrade(values=BAD_IMAGE)
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 2)
    assert lab.image().endswith(":two")


def test_08_without_any_good_revision_it_stalls(one_engine_lab: Laboratory) -> None:
    """An adopted release that never worked."""
    lab = one_engine_lab
    lab.space.install()
    mark(lab.space, 1, "failed", 'Release "web" failed: context deadline exceeded')
    status = lab.deploy(values=BAD_IMAGE, adopt=True)
    assert ready(status) == (Phase.STALLED, "MissingRollbackTarget")
    mended = lab.upgrade(values={"tag": "good"})
    assert ready(mended) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_11_a_target_that_is_a_rollback_itself_is_followed_to_its_origin(lab: Laboratory) -> None:
    """The same content is restored again and again, never the one between."""
    lab.deploy(values={"tag": "good"})
    lab.upgrade(values=BAD_IMAGE)
    status = lab.upgrade(values={**BAD_IMAGE, "tag": "gone"})
    assert lab.statuses() == ["superseded", "failed", "superseded", "failed", "deployed"]
    assert lab.image().endswith(":good")
    assert (status.phase, status.rollback_status.failed_revision) == (Phase.ROLLED_BACK, 4)
    assert lab.operations().rollback(1) == status


def test_12_failed_tests_disqualify_a_target_unless_they_are_not_run(one_engine_lab: Laboratory) -> None:
    """What Helm calls deployed is not good enough."""
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    lab.upgrade(values={"tag": "two", "test": "fail"}, health={**IMPATIENT, "test": True}, operations=OFF)
    lab.upgrade(values={"tag": "three", "test": "fail"})
    status = lab.upgrade(values=BAD_IMAGE)
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 3)


def test_13_an_adopted_release_goes_back_to_what_another_deployed(lab: Laboratory) -> None:
    """Helm's history is there, our ledger is empty."""
    lab.space.install({"tag": "by hand"})
    status = lab.deploy(values=BAD_IMAGE, adopt=True)
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 1)
    assert lab.image().endswith(":by hand")


def test_18_a_chart_whose_content_changed_under_its_version_is_a_change(one_engine_lab: Laboratory) -> None:
    """Nothing but the content tells; going back is then no downgrade but an upgrade."""
    lab = one_engine_lab
    by_version = {"rollback": {"strategy": "version-based"}}
    lab.deploy(operations=by_version)
    more = {"templates/more.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"}
    status = lab.upgrade(source=lab.chart("1.0.0", more), operations=by_version)
    assert (status.revision, ready(status)) == (2, (Phase.DEPLOYED, "UpgradeSucceeded"))
    assert lab.space.get("configmap", "more") is not None
    back = lab.upgrade(operations=by_version)
    assert (back.revision, back.rollback_status) == (3, RollbackStatus())
    assert lab.space.get("configmap", "more") is None
