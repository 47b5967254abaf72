"""What Helm itself does, 3 and 4 alike, that this component is built on; pinned with Helm's own commands."""

from __future__ import annotations

import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.contract.by_hand import corrupt, mark, stored
from tests.contract.helm_fixtures import Space, engine_named, space_of, write_chart
from tests.contract.obstacles import image_write, record_write, refusing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.ground import Ground

pytestmark = pytest.mark.ground

PRE_ROLLBACK = ("--set=hook.on=pre-rollback", "--set=hook.play=fail")
POST_ROLLBACK = ("--set=hook.on=post-rollback", "--set=hook.play=fail")
BAD = ("--set=play=never-ready", "--wait", "--timeout=1s")


@dataclass(frozen=True)
class Helm:
    """One major version of Helm, and a namespace of one's own for a release `web`."""

    major: int
    space: Space

    def __call__(self, verb: str, *arguments: str) -> str:
        """Run a command that must succeed, and return what it says."""
        done = self.run(verb, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, verb: str, *arguments: str) -> str:
        """Run a command that must fail, and return what it says."""
        done = self.run(verb, *arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def run(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            self._line(verb, *arguments), capture_output=True, text=True, check=False, timeout=60
        )

    def signalled(self, what: signal.Signals, status: str, verb: str, *arguments: str) -> int:
        """Send a command a signal once the newest revision has that status, and return its exit status."""
        with subprocess.Popen(
            self._line(verb, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as helm:
            give_up_at = time.monotonic() + 30
            while list(stored(self.space).values())[-1:] != [status]:
                assert time.monotonic() < give_up_at, f"no revision became {status}"
                time.sleep(0.05)
            time.sleep(0.3)
            helm.send_signal(what)
            return helm.wait(30)

    def tag(self) -> str:
        """Return the image tag of the live Deployment."""
        found = self.space.get("deployment", "web")
        assert found is not None
        image = found["spec"]["template"]["spec"]["containers"][0]["image"]
        return str(image.rpartition(":")[2])

    def descriptions(self) -> list[str]:
        """Return what the records say of themselves, oldest first."""
        return [str(record["info"]["description"]) for record in self.space.records()]

    def _line(self, verb: str, *arguments: str) -> list[str]:
        chart = [str(self.space.chart)] if verb in ("install", "upgrade") else []
        own = [f"--kubeconfig={self.space.ground.kubeconfig}", f"--namespace={self.space.namespace}"]
        return [str(self.space.ground.helm(self.major)), verb, "web", *chart, *own, *arguments]


@pytest.fixture(params=[3, 4], ids=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest, ground: Ground, tmp_path: Path) -> Iterator[Helm]:
    """Each Helm in turn."""
    with space_of(ground, engine_named(f"helm{request.param}", ground), write_chart(tmp_path)) as space:
        yield Helm(request.param, space)


def one_and_two(helm: Helm) -> None:
    """Install tag one, upgrade to tag two."""
    helm("install", "--set=tag=one")
    helm("upgrade", "--set=tag=two")


class TestRollback:
    def test_without_a_number_it_takes_the_one_before_even_a_failed_one(self, helm: Helm) -> None:
        helm("install", "--set=tag=one")
        helm.fails("upgrade", "--set=tag=two", *BAD)
        helm.fails("upgrade", "--set=tag=three", *BAD)
        helm("rollback")
        assert helm.descriptions()[-1] == "Rollback to 2"
        assert helm.tag() == "two"

    @pytest.mark.parametrize("status", ["failed", "pending-upgrade", "uninstalled"])
    def test_it_takes_a_target_of_any_status(self, helm: Helm, status: str) -> None:
        one_and_two(helm)
        mark(helm.space, 1, status)
        helm("rollback", "1")
        assert helm.tag() == "one"

    def test_it_supersedes_every_deployed_revision(self, helm: Helm) -> None:
        one_and_two(helm)
        mark(helm.space, 1, "deployed")
        helm("rollback", "1")
        assert stored(helm.space) == {1: "superseded", 2: "superseded", 3: "deployed"}

    def test_that_cannot_be_applied_leaves_no_deployed_revision(self, helm: Helm) -> None:
        one_and_two(helm)
        with refusing(helm.space, image_write("one")):
            helm.fails("rollback", "1")
        assert stored(helm.space) == {1: "superseded", 2: "superseded", 3: "failed"}
        assert helm.descriptions()[-1].startswith('Rollback "web" failed:')

    def test_that_cannot_be_applied_marks_a_failed_revision_superseded(self, helm: Helm) -> None:
        helm("install", "--set=tag=one")
        helm.fails("upgrade", "--set=tag=two", *BAD)
        with refusing(helm.space, image_write("one")):
            helm.fails("rollback", "1")
        assert stored(helm.space) == {1: "deployed", 2: "superseded", 3: "failed"}
        assert helm.descriptions()[1].startswith('Upgrade "web" failed:')

    def test_that_does_not_get_ready_in_time_leaves_the_current_one_as_it_is(self, helm: Helm) -> None:
        helm("install", "--set=tag=one", "--set=play=never-ready")
        helm("upgrade", "--set=tag=two")
        helm.fails("rollback", "1", "--wait", "--timeout=1s")
        assert stored(helm.space) == {1: "superseded", 2: "deployed", 3: "failed"}

    @pytest.mark.parametrize(("hook", "tag"), [(PRE_ROLLBACK, "two"), (POST_ROLLBACK, "one")])
    def test_whose_hook_fails_is_left_pending(self, helm: Helm, hook: tuple[str, ...], tag: str) -> None:
        helm("install", "--set=tag=one", *hook)
        helm("upgrade", "--set=tag=two")
        helm.fails("rollback", "1", "--timeout=5s")
        assert stored(helm.space) == {1: "superseded", 2: "deployed", 3: "pending-rollback"}
        assert helm.tag() == tag

    def test_it_brings_back_the_labels_of_its_target(self, helm: Helm) -> None:
        helm("install", "--labels=team=red")
        helm("upgrade", "--labels=team=blue")
        helm("rollback", "1")
        assert [record["labels"]["team"] for record in helm.space.records()] == ["red", "blue", "red"]

    def test_it_may_prune_its_own_target(self, helm: Helm) -> None:
        one_and_two(helm)
        helm("upgrade", "--set=tag=three")
        helm("rollback", "1", "--history-max=3")
        assert list(stored(helm.space)) == [2, 3, 4]
        assert helm.tag() == "one"

    def test_it_is_not_held_up_by_a_pending_operation(self, helm: Helm) -> None:
        one_and_two(helm)
        mark(helm.space, 2, "pending-upgrade")
        assert "another operation" in helm.fails("upgrade")
        helm("rollback", "1")
        assert stored(helm.space) == {1: "superseded", 2: "pending-upgrade", 3: "deployed"}

    def test_with_cleanup_on_fail_it_still_says_why_it_failed(self, helm: Helm) -> None:
        one_and_two(helm)
        with refusing(helm.space, image_write("one")):
            said = helm.fails("rollback", "1", "--cleanup-on-fail")
        assert "refused by the test" in said

    def test_the_current_one_whose_record_cannot_be_written_stays_pending(self, helm: Helm) -> None:
        one_and_two(helm)
        with refusing(helm.space, record_write("UPDATE", 3)):
            helm.fails("rollback", "1")
        assert stored(helm.space)[3] == "pending-rollback"
        assert helm.tag() == "one"


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
        slow = ("--set=hook.on=pre-upgrade", "--set=hook.play=succeed", "--set=hook.after=4s")
        with ThreadPoolExecutor() as pool:
            done = list(pool.map(lambda _: helm.run("upgrade", *slow), range(3)))
        lost = [each.stderr for each in done if each.returncode]
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

    def test_a_rollback_that_is_terminated_is_left_pending(self, helm: Helm) -> None:
        helm("install", "--set=play=never-ready")
        helm("upgrade", "--set=tag=two")
        helm.signalled(signal.SIGTERM, "pending-rollback", "rollback", "1", "--wait")
        assert stored(helm.space) == {1: "superseded", 2: "deployed", 3: "pending-rollback"}


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
