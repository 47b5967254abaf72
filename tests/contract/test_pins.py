"""What Helm 3 and Helm 4 themselves do, rollbacks aside; pinned with their own commands."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.contract.by_hand import corrupt, stored
from tests.contract.commands import BAD, one_and_two
from tests.contract.helm_fixtures import ENDLESS, end_hook
from tests.contract.obstacles import image_write, refusing
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from tests.contract.commands import Helm

pytestmark = [pytest.mark.ground, pytest.mark.sweep]


class TestInstallAndUpgrade:
    def test_a_failed_install_is_superseded_by_a_good_upgrade(self, helm: Helm) -> None:
        helm.fails("install", *BAD)
        helm("upgrade", "--set=tag=two")
        assert stored(helm.space) == {1: "superseded", 2: "deployed"}
        assert helm.descriptions()[0].startswith('Release "web" failed:')

    def test_a_failed_install_can_be_rolled_back_to(self, helm: Helm) -> None:
        helm.fails("install", "--set=tag=one", *BAD)
        helm("rollback", "1")
        assert stored(helm.space) == {1: "failed", 2: "deployed"}

    def test_a_failed_upgrade_stays_failed_after_a_good_one(self, helm: Helm) -> None:
        helm("install")
        helm.fails("upgrade", *BAD)
        helm("upgrade", "--set=tag=three")
        assert stored(helm.space) == {1: "superseded", 2: "failed", 3: "deployed"}

    def test_no_values_means_those_of_the_deployed_revision(self, helm: Helm) -> None:
        helm("install", "--set=tag=one")
        helm("upgrade")
        assert helm.tag() == "one"
        helm("upgrade", "--reset-values")
        assert helm.tag() == "1"

    def test_over_a_kept_history_only_a_rollback_works(self, helm: Helm) -> None:
        helm("install", "--set=tag=one")
        helm("uninstall", "--keep-history")
        assert "has no deployed releases" in helm.fails("upgrade")
        assert "a name that is still in use" in helm.fails("install")
        helm("rollback", "1")
        assert helm.tag() == "one"

    def test_an_install_over_a_kept_history_supersedes_what_was_uninstalled(self, helm: Helm) -> None:
        helm("install")
        helm("uninstall", "--keep-history")
        helm("install", "--replace")
        assert stored(helm.space) == {1: "superseded", 2: "deployed"}
        assert helm.descriptions()[0] == "superseded by new release"

    def test_over_a_corrupt_newest_record_nothing_is_deployed_ever(self, helm: Helm) -> None:
        one_and_two(helm)
        corrupt(helm.space, 2)
        for _ in range(2):
            assert "already exists" in helm.fails("upgrade", "--set=tag=three")
        assert list(stored(helm.space)) == [1, 2]

    def test_of_several_at_once_one_wins(self, helm: Helm) -> None:
        helm("install")
        slow = ("--set=hook.on=pre-upgrade", *(f"--set=hook.{key}={value}" for key, value in ENDLESS.items()))
        with ThreadPoolExecutor() as pool:
            running = [pool.submit(helm.run, "upgrade", *slow) for _ in range(3)]
            await_that(lambda: sum(each.done() for each in running) == 2, "all but one to end")
            end_hook(helm.space)
        lost = [each.result().stderr for each in running if each.result().returncode]
        assert len(lost) == 2
        assert all("already exists" in said or "another operation" in said for said in lost)
        assert stored(helm.space) == {1: "superseded", 2: "deployed"}

    def test_labels_of_another_hand_are_inherited_and_annotations_lost(self, helm: Helm) -> None:
        helm("install")
        first = "secret/sh.helm.release.v1.web.v1"
        helm.space.kubectl("label", first, "claim=ours")
        helm.space.kubectl("annotate", first, "claim=ours")
        helm("upgrade")
        old, new = helm.space.records()
        assert (old["labels"]["claim"], new["labels"]["claim"]) == ("ours", "ours")
        assert all("createdAt" not in record["labels"] for record in (old, new))
        found = helm.space.get("secret", "sh.helm.release.v1.web.v1")
        assert found is not None
        assert "claim" not in (found["metadata"].get("annotations") or {})


class TestSignals:
    SLOW = ("--set=play=never-ready", "--wait")

    def test_an_upgrade_that_is_terminated_is_failed(self, helm: Helm) -> None:
        helm("install")
        assert helm.signalled(signal.SIGTERM, "pending-upgrade", "upgrade", *self.SLOW) != 0
        assert stored(helm.space) == {1: "deployed", 2: "failed"}

    def test_an_upgrade_that_is_killed_is_left_pending(self, helm: Helm) -> None:
        helm("install")
        helm.signalled(signal.SIGKILL, "pending-upgrade", "upgrade", *self.SLOW)
        assert stored(helm.space) == {1: "deployed", 2: "pending-upgrade"}


class TestAtomic:
    def flag(self, helm: Helm) -> str:
        return "--atomic" if helm.major == 3 else "--rollback-on-failure"

    def test_it_goes_back_to_what_a_failed_rollback_marked_superseded(self, helm: Helm) -> None:
        helm("install", "--set=tag=one")
        helm.fails("upgrade", "--set=tag=two", *BAD)
        with refusing(helm.space, image_write("one")):
            helm.fails("rollback", "1")
        helm.fails("upgrade", "--set=tag=four", *BAD, self.flag(helm))
        assert helm.tag() == "two"

    def test_its_rollback_exceeds_the_history_limit(self, helm: Helm) -> None:
        one_and_two(helm)
        helm.fails("upgrade", "--set=tag=three", "--history-max=2", *BAD, self.flag(helm))
        assert len(stored(helm.space)) > 2
