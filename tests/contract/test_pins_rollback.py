"""What Helm 3 and Helm 4 themselves do in a rollback; pinned with their own commands."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.contract.by_hand import mark, stored
from tests.contract.commands import BAD, one_and_two
from tests.contract.obstacles import image_write, record_write, refusing

if TYPE_CHECKING:
    from tests.contract.commands import Helm

pytestmark = [pytest.mark.ground, pytest.mark.sweep]

PRE_ROLLBACK = ("--set=hook.on=pre-rollback", "--set=hook.play=fail")
POST_ROLLBACK = ("--set=hook.on=post-rollback", "--set=hook.play=fail")


def test_without_a_number_it_takes_the_one_before_even_a_failed_one(helm: Helm) -> None:
    helm("install", "--set=tag=one")
    helm.fails("upgrade", "--set=tag=two", *BAD)
    helm.fails("upgrade", "--set=tag=three", *BAD)
    helm("rollback")
    assert helm.descriptions()[-1] == "Rollback to 2"
    assert helm.tag() == "two"


@pytest.mark.parametrize("status", ["failed", "pending-upgrade", "uninstalled"])
def test_it_takes_a_target_of_any_status(helm: Helm, status: str) -> None:
    one_and_two(helm)
    mark(helm.space, 1, status)
    helm("rollback", "1")
    assert helm.tag() == "one"


def test_it_supersedes_every_deployed_revision(helm: Helm) -> None:
    one_and_two(helm)
    mark(helm.space, 1, "deployed")
    helm("rollback", "1")
    assert stored(helm.space) == {1: "superseded", 2: "superseded", 3: "deployed"}


def test_that_cannot_be_applied_leaves_no_deployed_revision(helm: Helm) -> None:
    one_and_two(helm)
    with refusing(helm.space, image_write("one")):
        helm.fails("rollback", "1")
    assert stored(helm.space) == {1: "superseded", 2: "superseded", 3: "failed"}
    assert helm.descriptions()[-1].startswith('Rollback "web" failed:')


def test_that_cannot_be_applied_marks_a_failed_revision_superseded(helm: Helm) -> None:
    helm("install", "--set=tag=one")
    helm.fails("upgrade", "--set=tag=two", *BAD)
    with refusing(helm.space, image_write("one")):
        helm.fails("rollback", "1")
    assert stored(helm.space) == {1: "deployed", 2: "superseded", 3: "failed"}
    assert helm.descriptions()[1].startswith('Upgrade "web" failed:')


def test_that_does_not_get_ready_in_time_leaves_the_current_one_as_it_is(helm: Helm) -> None:
    helm("install", "--set=tag=one", "--set=play=never-ready")
    helm("upgrade", "--set=tag=two")
    helm.fails("rollback", "1", "--wait", "--timeout=1s")
    assert stored(helm.space) == {1: "superseded", 2: "deployed", 3: "failed"}


@pytest.mark.parametrize(("hook", "tag"), [(PRE_ROLLBACK, "two"), (POST_ROLLBACK, "one")])
def test_whose_hook_fails_is_left_pending(helm: Helm, hook: tuple[str, ...], tag: str) -> None:
    helm("install", "--set=tag=one", *hook)
    helm("upgrade", "--set=tag=two")
    helm.fails("rollback", "1", "--timeout=5s")
    assert stored(helm.space) == {1: "superseded", 2: "deployed", 3: "pending-rollback"}
    assert helm.tag() == tag


def test_it_brings_back_the_labels_of_its_target(helm: Helm) -> None:
    helm("install", "--labels=team=red")
    helm("upgrade", "--labels=team=blue")
    helm("rollback", "1")
    assert [record["labels"]["team"] for record in helm.space.records()] == ["red", "blue", "red"]


def test_it_may_prune_its_own_target(helm: Helm) -> None:
    one_and_two(helm)
    helm("upgrade", "--set=tag=three")
    helm("rollback", "1", "--history-max=3")
    assert list(stored(helm.space)) == [2, 3, 4]
    assert helm.tag() == "one"


def test_it_is_not_held_up_by_a_pending_operation(helm: Helm) -> None:
    one_and_two(helm)
    mark(helm.space, 2, "pending-upgrade")
    assert "another operation" in helm.fails("upgrade")
    helm("rollback", "1")
    assert stored(helm.space) == {1: "superseded", 2: "pending-upgrade", 3: "deployed"}


def test_with_cleanup_on_fail_it_still_says_why_it_failed(helm: Helm) -> None:
    one_and_two(helm)
    with refusing(helm.space, image_write("one")):
        said = helm.fails("rollback", "1", "--cleanup-on-fail")
    assert "refused by the test" in said


def test_the_current_one_whose_record_cannot_be_written_stays_pending(helm: Helm) -> None:
    one_and_two(helm)
    with refusing(helm.space, record_write("UPDATE", 3)):
        helm.fails("rollback", "1")
    assert stored(helm.space)[3] == "pending-rollback"
    assert helm.tag() == "one"


def test_a_rollback_that_is_terminated_is_left_pending(helm: Helm) -> None:
    helm("install", "--set=play=never-ready")
    helm("upgrade", "--set=tag=two")
    helm.signalled(signal.SIGTERM, "pending-rollback", "rollback", "1", "--wait")
    assert stored(helm.space) == {1: "superseded", 2: "deployed", 3: "pending-rollback"}
