"""One release under the version-based strategy: an older chart is a request to go back to where it ran.

The story is told once for each engine; each test looks at one thing in it.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.outcome import Outcome
from tests.e2e.telling import Chapter, Teller
from tests.e2e.values import BAD, BETTER, GOOD
from tests.support.sharing import shared
from tools.sandbox import CLI, LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

VERSIONS = ("1.0.0", "1.1.0", "1.2.0")
NO_REVISION = "no good revision has version 1.0.0 with these values; upgrading to it"


@dataclass(frozen=True, repr=False)
class Story:
    """All chapters, and what was seen between them."""

    chapters: dict[str, Chapter]
    preview: Outcome
    destroyed: Outcome
    left_at_the_end: set[str]


@pytest.fixture(scope="module", params=shared("version-based", [(LOCAL,), (CLI,)]))
def story(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Story]:
    with benches(*request.param) as bench:
        _write_versions(bench)
        yield _tell(Teller(bench, "version-based"))


def _write_versions(bench: Bench) -> None:
    charts = bench.project.work_dir / "stacks" / "charts"
    for version in VERSIONS:
        folder = charts / f"web-{version}"
        shutil.copytree(charts / "web", folder)
        metadata = yaml.safe_load((folder / "Chart.yaml").read_text())
        (folder / "Chart.yaml").write_text(yaml.safe_dump({**metadata, "version": version}))


def _tell(tell: Teller) -> Story:
    old, new, newest = (f"./charts/web-{version}" for version in VERSIONS)
    chapters = {}
    tell.declare(GOOD, chart=old)
    chapters["deployed"] = tell.up()
    tell.declare(GOOD, chart=new)
    chapters["upgraded"] = tell.up()
    tell.declare(GOOD, chart=old)
    preview = tell.bench.project.preview()
    chapters["older"] = tell.up()
    chapters["unchanged"] = tell.up()
    chapters["refreshed"] = tell.refresh()
    tell.declare(GOOD, chart=newest)
    chapters["newest"] = tell.up()
    tell.declare(BETTER, chart=old)
    chapters["older with other values"] = tell.up()
    tell.declare(BAD, chart=new)
    chapters["bad"] = tell.up()
    return Story(chapters, preview, tell.bench.project.destroy(), tell.bench.space.left())


def test_a_preview_says_that_an_older_chart_means_to_go_back(story: Story) -> None:
    plan = story.preview.inputs("web-release")["plan"]

    assert plan.startswith("roll back to the last good revision of web 1.0.0 with these values")


def test_an_older_chart_goes_back_to_the_revision_that_held_it(story: Story) -> None:
    older = story.chapters["older"]

    assert not older.outcome.failed, older.outcome.text
    assert older.statuses == ["superseded", "superseded", "deployed"]
    assert (older.release["phase"], older.release["chart_version"]) == ("Deployed", "1.0.0")
    assert (older.rollback["reason"], older.rollback["target_revision"]) == ("VersionDowngrade", 1)


def test_a_second_update_does_nothing(story: Story) -> None:
    assert story.chapters["unchanged"].outcome.unchanged
    assert story.chapters["unchanged"].statuses == story.chapters["older"].statuses


def test_a_refresh_finds_nothing(story: Story) -> None:
    assert story.chapters["refreshed"].outcome.unchanged
    assert story.chapters["refreshed"].rollback == story.chapters["older"].rollback


def test_a_newer_chart_is_an_upgrade(story: Story) -> None:
    newest = story.chapters["newest"]

    assert not newest.outcome.failed, newest.outcome.text
    assert (len(newest.statuses), newest.release["chart_version"]) == (4, "1.2.0")
    assert newest.rollback["state"] == "none"


def test_with_other_values_it_is_a_plain_upgrade_and_says_why(story: Story) -> None:
    older = story.chapters["older with other values"]

    assert not older.outcome.failed, older.outcome.text
    assert (len(older.statuses), older.release["chart_version"], older.image) == (5, "1.0.0", "nginx:1.30")
    assert older.rollback["state"] == "none"
    assert NO_REVISION in {condition["message"] for condition in older.release["conditions"]}


def test_a_bad_upgrade_is_rolled_back_as_ever(story: Story) -> None:
    bad = story.chapters["bad"]

    assert bad.outcome.failed
    assert bad.statuses[-2:] == ["failed", "deployed"]
    assert (bad.release["phase"], bad.image) == ("RolledBack", "nginx:1.30")
    assert bad.rollback["reason"] == "ImagePullBackOff"


def test_destroy_leaves_nothing(story: Story) -> None:
    assert not story.destroyed.failed, story.destroyed.text
    assert not story.left_at_the_end
