"""A release's history: what is told of it, how much of it is kept, and what becomes of it at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.worker_pool import ALWAYS
from helm_rollback_component.results import Phase
from tests.contract.by_hand import corrupt, imitate, stored
from tests.contract.laboratory import BAD_IMAGE

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

KEPT = {"keep_on_delete": True}


def at_most(revisions: int) -> dict[str, Any]:
    """Return the history section that keeps that many revisions."""
    return {"max_revisions": revisions}


class TestTold:
    def test_every_revision_is_told_with_its_chart_status_and_verdict(self, lab: Laboratory) -> None:
        lab.deploy()
        lab.upgrade(source=lab.chart("1.1.0"), values=BAD_IMAGE)
        told = lab.operations().get_release_history()
        assert [(each.revision, each.chart_version, each.app_version) for each in told] == [
            (1, "1.0.0", "1.0"),
            (2, "1.1.0", "1.1.0"),
            (3, "1.0.0", "1.0"),
        ]
        assert [(each.status, each.verified) for each in told] == [
            ("superseded", True),
            ("failed", False),
            ("deployed", True),
        ]
        assert told[2].description == "Rollback to 1"
        assert told[0].deployed_at < told[1].deployed_at < told[2].deployed_at

    def test_numbers_are_ordered_as_numbers(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        imitate(lab.space, 1, *range(2, 12))
        told = lab.operations().get_release_history()
        assert [each.revision for each in told] == list(range(1, 12))

    def test_what_another_hand_deployed_is_told_but_not_verified(self, lab: Laboratory) -> None:
        lab.deploy()
        lab.space.upgrade({"tag": "by hand"})
        told = lab.operations().get_release_history()
        assert [(each.revision, each.verified) for each in told] == [(1, True), (2, False)]

    def test_a_release_that_is_not_there_has_no_history(self, one_engine_lab: Laboratory) -> None:
        assert one_engine_lab.operations().get_release_history() == ()


class TestLimited:
    def test_by_every_upgrade(self, lab: Laboratory) -> None:
        lab.deploy(history=at_most(2), values={"tag": "a"})
        for tag in "bcd":
            status = lab.upgrade(history=at_most(2), values={"tag": tag})
        assert lab.revisions() == [3, 4]
        assert [each.revision for each in status.history] == [3, 4]

    def test_by_an_automatic_rollback(self, lab: Laboratory) -> None:
        lab.deploy(history=at_most(2), values={"tag": "a"})
        lab.upgrade(history=at_most(2), values={"tag": "b"})
        status = lab.upgrade(history=at_most(2), values=BAD_IMAGE)
        assert status.phase is Phase.ROLLED_BACK
        assert lab.revisions() == [2, 4]

    def test_by_a_requested_rollback(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        manual = {"strategy": "manual"}
        for tag in "abc":
            lab.upgrade(history=at_most(3), values={"tag": tag}, operations={"rollback": manual})
        pinned = {"rollback": {**manual, "target_revision": 1}}
        lab.upgrade(history=at_most(2), values={"tag": "c"}, operations=pinned)
        assert lab.revisions() == [1, 4]

    def test_by_a_rollback_to_an_older_version(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        by_version = {"rollback": {"strategy": "version-based"}}
        for version in ("1.0.0", "1.1.0", "1.2.0", "1.0.0"):
            lab.upgrade(history=at_most(3), source=lab.chart(version), operations=by_version)
        assert lab.revisions() == [1, 3, 4]

    def test_by_an_operators_rollback(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy(history=at_most(3), values={"tag": "a"})
        for tag in "bc":
            lab.upgrade(history=at_most(3), values={"tag": tag})
        lab.operations(history=at_most(2)).rollback(1)
        assert lab.revisions() == [1, 4]

    def test_by_failures_that_nobody_remedies_but_never_of_the_last_good_one(
        self, one_engine_lab: Laboratory
    ) -> None:
        lab = one_engine_lab
        off = {"rollback": {"enabled": False}}
        lab.deploy(operations=off)
        for tag in "abc":
            lab.upgrade(history=at_most(2), values={**BAD_IMAGE, "tag": tag}, operations=off)
        assert stored(lab.space) == {1: "deployed", 4: "failed"}

    def test_never_of_the_pinned_revision(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        for tag in "ab":
            lab.upgrade(values={"tag": tag}, operations={"rollback": {"strategy": "manual"}})
        pinned = {"rollback": {"strategy": "manual", "target_revision": 1}}
        lab.upgrade(history=at_most(1), values={"tag": "b"}, operations=pinned)
        assert lab.revisions() == [1, 3]

    def test_not_at_all_at_zero(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        imitate(lab.space, 1, *range(2, 14))
        lab.upgrade(history=at_most(0), values={"tag": "new"})
        assert lab.revisions() == list(range(1, 15))

    def test_by_ten_unless_it_is_said_otherwise(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        imitate(lab.space, 1, *range(2, 14))
        lab.upgrade(values={"tag": "new"})
        assert len(lab.revisions()) == 10

    def test_with_undecodable_records_left_alone_and_told(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        for tag in "abc":
            lab.upgrade(values={"tag": tag})
        corrupt(lab.space, 1)
        status = lab.upgrade(history=at_most(1), values={"tag": "d"})
        assert status.phase is Phase.DEPLOYED
        assert list(stored(lab.space)) == [1, 4]
        assert [each.revision for each in status.history] == [4]
        assert any("cannot be decoded and are ignored: 1" in line for line in lab.warned)


class TestAtTheEnd:
    def test_it_goes_with_the_release(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        lab.upgrade(values={"tag": "b"})
        corrupt(lab.space, 1)
        lab.delete()
        assert lab.leftovers() == []

    def test_it_stays_where_that_is_asked_for(self, lab: Laboratory) -> None:
        lab.deploy(history=KEPT)
        lab.upgrade(values={"tag": "b"}, history=KEPT)
        lab.delete(history=KEPT)
        assert stored(lab.space) == {1: "superseded", 2: "uninstalled"}
        assert [name for name in lab.leftovers() if "helm.release" not in name] == []

    def test_a_release_is_deployed_anew_over_it(self, lab: Laboratory) -> None:
        lab.deploy(history=KEPT)
        lab.delete(history=KEPT)
        status = lab.deploy(values={"tag": "again"}, history=KEPT)
        assert (status.phase, status.revision, status.status) == (Phase.DEPLOYED, 2, "deployed")
        assert lab.image().endswith(":again")

    def test_a_failed_deployment_over_it_leaves_it(self, lab: Laboratory) -> None:
        lab.deploy(history=KEPT)
        lab.delete(history=KEPT)
        with pytest.raises(OperationError, match="release was removed"):
            lab.deploy(values=BAD_IMAGE, history=KEPT)
        assert [name for name in lab.leftovers() if "helm.release" not in name] == []

    @pytest.mark.every_engine
    @pytest.mark.parametrize("engine_name", ["embedded"], indirect=True)
    def test_an_engine_that_cannot_deploy_over_it_says_so(
        self, lab: Laboratory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(EmbeddedEngine, "capabilities", ALWAYS)
        lab.deploy(history=KEPT)
        lab.delete(history=KEPT)
        with pytest.raises(OperationError, match="cannot install a release whose history was kept") as caught:
            lab.deploy(history=KEPT)
        assert caught.value.reason == "UnsupportedByEngine"
        assert stored(lab.space) == {1: "uninstalled"}

    def test_what_was_before_is_no_target_after(self, lab: Laboratory) -> None:
        lab.deploy(history=KEPT, values={"tag": "a"})
        lab.upgrade(history=KEPT, values={"tag": "b"})
        lab.delete(history=KEPT)
        lab.deploy(history=KEPT, values={"tag": "c"})
        status = lab.upgrade(history=KEPT, values=BAD_IMAGE)
        assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 3)
        assert lab.image().endswith(":c")
