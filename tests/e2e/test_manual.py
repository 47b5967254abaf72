"""One release under the manual strategy: a bad upgrade is left, a pinned revision is brought back and held.

The story is told once for each engine; each test looks at one thing in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import BenchMaker
from tests.e2e.outcome import Outcome
from tests.e2e.telling import Chapter, Teller
from tests.e2e.values import BAD, BETTER, GOOD
from tests.support.sharing import shared
from tools.sandbox import CLI, LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

FIRST, SECOND = "nginx:1.29", "nginx:1.30"


@dataclass(frozen=True, repr=False)
class Story:
    """All chapters, and what was seen between them."""

    chapters: dict[str, Chapter]
    previews: dict[str, Outcome]
    destroyed: Outcome
    left_at_the_end: set[str]


@pytest.fixture(scope="module", params=shared("manual", [(LOCAL,), (CLI,)]))
def story(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Story]:
    with benches(*request.param) as bench:
        yield _tell(Teller(bench, "manual"))


def _tell(tell: Teller) -> Story:
    chapters, previews = {}, {}
    project = tell.bench.project
    tell.declare(GOOD)
    chapters["deployed"] = tell.up()
    tell.declare(BETTER)
    chapters["upgraded"] = tell.up()
    tell.declare(BAD)
    chapters["bad"] = tell.up()
    previews["bad"] = project.preview()
    tell.declare(BAD, targetRevision=2)
    previews["pinned"] = project.preview()
    chapters["pinned"] = tell.up()
    chapters["unchanged"] = tell.up()
    chapters["refreshed"] = tell.refresh()
    tell.declare(GOOD, targetRevision=2)
    chapters["held"] = tell.up()
    tell.declare(GOOD, targetRevision=99)
    chapters["refused"] = tell.up()
    tell.declare(GOOD, targetRevision=1)
    chapters["moved"] = tell.up()
    tell.declare(BETTER)
    previews["rolled forward"] = project.preview()
    chapters["rolled forward"] = tell.up()
    return Story(chapters, previews, project.destroy(), tell.bench.space.left())


def test_a_bad_upgrade_fails_the_update_and_is_left(story: Story) -> None:
    bad = story.chapters["bad"]

    assert bad.outcome.failed
    assert "ImagePullBackOff" in bad.outcome.text
    assert bad.statuses == ["superseded", "deployed", "failed"]
    assert bad.release["phase"] == "Failed"
    assert bad.rollback["state"] == "none"


def test_the_next_preview_says_that_the_upgrade_is_tried_again(story: Story) -> None:
    assert not story.previews["bad"].failed
    assert story.previews["bad"].changes.get("update")
    assert story.previews["bad"].inputs("web-release")["plan"].endswith("else report it and change nothing")


def test_a_preview_says_which_revision_will_be_held(story: Story) -> None:
    assert (
        story.previews["pinned"].inputs("web-release")["plan"]
        == "hold the release at the content of revision 2"
    )


def test_a_pin_brings_a_revision_back(story: Story) -> None:
    pinned = story.chapters["pinned"]

    assert not pinned.outcome.failed, pinned.outcome.text
    assert pinned.statuses == ["superseded", "superseded", "failed", "deployed"]
    assert pinned.image == SECOND
    assert (pinned.release["phase"], pinned.release["revision"]) == ("Deployed", 4)
    assert (pinned.rollback["reason"], pinned.rollback["target_revision"]) == ("ManualRequest", 2)
    assert pinned.rollback["restored_revision"] == 4


def test_a_second_update_does_nothing(story: Story) -> None:
    assert story.chapters["unchanged"].outcome.unchanged
    assert story.chapters["unchanged"].statuses == story.chapters["pinned"].statuses


def test_a_refresh_finds_nothing(story: Story) -> None:
    assert story.chapters["refreshed"].outcome.unchanged
    assert story.chapters["refreshed"].release["rollback_status"] == story.chapters["pinned"].rollback


def test_what_else_is_declared_waits_while_the_pin_is_set(story: Story) -> None:
    held = story.chapters["held"]

    assert not held.outcome.failed, held.outcome.text
    assert held.statuses == story.chapters["pinned"].statuses
    assert held.image == SECOND


def test_a_pin_to_a_revision_that_never_was_is_refused(story: Story) -> None:
    refused = story.chapters["refused"]

    assert refused.outcome.failed
    assert "operations.rollback.target_revision" in refused.outcome.text
    assert refused.statuses == story.chapters["held"].statuses


def test_a_moved_pin_is_followed(story: Story) -> None:
    moved = story.chapters["moved"]

    assert not moved.outcome.failed, moved.outcome.text
    assert len(moved.statuses) == 5
    assert (moved.image, moved.rollback["target_revision"]) == (FIRST, 1)


def test_without_the_pin_it_rolls_forward(story: Story) -> None:
    forward = story.chapters["rolled forward"]

    assert story.previews["rolled forward"].inputs("web-release")["plan"].startswith("deploy web 1.0.0")
    assert not forward.outcome.failed, forward.outcome.text
    assert len(forward.statuses) == 6
    assert (forward.image, forward.release["phase"]) == (SECOND, "Deployed")
    assert forward.rollback["state"] == "none"


def test_destroy_leaves_nothing(story: Story) -> None:
    assert not story.destroyed.failed, story.destroyed.text
    assert not story.left_at_the_end
