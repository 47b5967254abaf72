"""One release from its first deployment to its end, with an upgrade gone bad on the way.

The story is told once for each engine, and in the sweep for each Helm; each test looks at one thing in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.outcome import Outcome
from tests.support.sharing import shared
from tools.sandbox import CLI, LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

TELLINGS = [(LOCAL, "helm4"), (CLI, "helm4")]
FURTHER = [(LOCAL, "embedded"), (LOCAL, "helm3")]
GOOD = {"replicas": 2}
BAD = {"replicas": 2, "image": {"tag": "missing"}, "podLabels": {"ground/play": "image-pull"}}
REPAIRED = {"replicas": 2, "image": {"tag": "1.30"}}
HELMS_TIMEOUT = 300
"""Seconds."""


@dataclass(frozen=True, repr=False)
class Chapter:
    """What there was after one operation."""

    outcome: Outcome
    history: list[dict[str, Any]]
    release: dict[str, Any]
    facts: dict[str, Any] | None

    @property
    def statuses(self) -> list[str]:
        return [revision["status"] for revision in self.history]


@dataclass(frozen=True, repr=False)
class Story:
    """All chapters, and what was seen once between them."""

    chapters: dict[str, Chapter]
    preview: Outcome
    restored_within: float
    image_after_rollback: str
    left_at_the_end: set[str]

    def __getitem__(self, name: str) -> Chapter:
        return self.chapters[name]


@pytest.fixture(scope="module", params=shared("story", TELLINGS, FURTHER))
def story(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Story]:
    engine, helm = request.param
    with benches(engine, helm=helm, plain=False) as bench:
        yield _tell(bench)


def _tell(bench: Bench) -> Story:
    chapters = {
        "deployed": _chapter(bench, GOOD),
        "unchanged": _chapter(bench, GOOD),
        "bad": _chapter(bench, BAD),
    }
    restored_within, image = _time_to_restore(bench), bench.space.image()
    preview = bench.project.preview()
    chapters["again"] = _chapter(bench, BAD)
    chapters["repaired"] = _chapter(bench, REPAIRED)
    end = bench.project.destroy()
    assert not end.failed, end.text
    return Story(chapters, preview, restored_within, image, bench.space.left())


def _chapter(bench: Bench, values: dict[str, Any]) -> Chapter:
    bench.project.declare({"web": bench.web(values=values, timeouts={"upgrade": HELMS_TIMEOUT})})
    outcome = bench.project.up()
    return Chapter(
        outcome, bench.space.history(), bench.project.release(), bench.space.get("configmap", "web-facts")
    )


def _time_to_restore(bench: Bench) -> float:
    """Return the seconds from the beginning of the failed upgrade to the end of the rollout that undid it."""
    began = datetime.fromisoformat(bench.space.history()[1]["updated"])
    return (bench.space.rolled_out() - began).total_seconds()


def test_a_deployment_has_outputs(story: Story) -> None:
    web = story["deployed"].outcome.outputs["web"]

    assert (web["revision"], web["phase"], web["facts"]) == (1, "Deployed", "web-facts")
    assert web["rollback"]["state"] == "none"


def test_what_is_made_from_the_outputs_has_them(story: Story) -> None:
    facts = story["deployed"].facts

    assert facts is not None
    assert facts["data"] == {"revision": "1", "chartVersion": "1.0.0"}


def test_an_unchanged_program_changes_nothing(story: Story) -> None:
    assert story["unchanged"].outcome.unchanged
    assert story["unchanged"].history == story["deployed"].history


def test_a_bad_upgrade_fails_the_update_and_says_why(story: Story) -> None:
    outcome = story["bad"].outcome

    assert outcome.failed
    assert "the upgrade failed (ImagePullBackOff: " in outcome.text
    assert "revision 1 runs again, as revision 3" in outcome.text
    assert "Traceback" not in outcome.text


def test_why_it_failed_is_said_once(story: Story) -> None:
    told = [message for message in story["bad"].outcome.messages if "revision 1 runs again" in message]

    assert len(told) == 1


def test_the_row_of_the_release_stays_short(story: Story) -> None:
    assert "rolled back to revision 1: ImagePullBackOff" in story["bad"].outcome.progress


def test_the_old_revision_is_back_before_helms_timeout(story: Story) -> None:
    assert 0 < story.restored_within < HELMS_TIMEOUT
    assert story.image_after_rollback == "nginx:1.29"
    assert story["bad"].statuses == ["superseded", "failed", "deployed"]


def test_the_state_tells_of_the_rollback(story: Story) -> None:
    release = story["bad"].release

    assert (release["phase"], release["revision"], release["status"]) == ("RolledBack", 3, "deployed")
    status = release["rollback_status"]
    assert (
        status.items()
        >= {
            "state": "rolled-back",
            "strategy": "automatic",
            "reason": "ImagePullBackOff",
            "failed_revision": 2,
            "target_revision": 1,
            "restored_revision": 3,
            "attempts": 1,
        }.items()
    )
    assert "cannot pull its image" in status["message"]
    assert datetime.fromisoformat(status["at"])


def test_dependants_do_not_see_a_bad_release(story: Story) -> None:
    before, after = story["deployed"].facts, story["bad"].facts

    assert before is not None
    assert after == before


def test_the_next_preview_says_that_the_update_will_fail(story: Story) -> None:
    assert not story.preview.failed
    (warning,) = (each for each in story.preview.messages if each.startswith("this update will fail:"))
    assert "ImagePullBackOff" in warning


def test_the_same_update_again_fails_for_the_same_reason_without_touching_the_release(story: Story) -> None:
    bad, again = story["bad"], story["again"]

    assert again.outcome.failed
    assert again.history == bad.history
    assert again.release["rollback_status"] == bad.release["rollback_status"]
    assert "nothing was tried: these inputs were rolled back (ImagePullBackOff)" in again.outcome.progress
    (message,) = (each for each in again.outcome.messages if "ImagePullBackOff" in each)
    assert "/web: nothing was tried, because these inputs were rolled back (ImagePullBackOff: " in message


def test_a_repaired_upgrade_is_deployed(story: Story) -> None:
    repaired = story["repaired"]

    assert not repaired.outcome.failed, repaired.outcome.text
    assert repaired.statuses == ["superseded", "failed", "superseded", "deployed"]
    assert (repaired.release["phase"], repaired.release["revision"]) == ("Deployed", 4)
    assert repaired.release["rollback_status"]["state"] == "none"


def test_dependants_see_the_repaired_release(story: Story) -> None:
    facts = story["repaired"].facts

    assert facts is not None
    assert facts["data"]["revision"] == "4"


def test_destroy_leaves_nothing(story: Story) -> None:
    assert not story.left_at_the_end
