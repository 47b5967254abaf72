"""What others do to a release is seen by a refresh, told by a preview, and mended by an update."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import BETTER, GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


def _upgrade(bench: Bench) -> None:
    chart = bench.project.work_dir / "stacks" / "charts" / "web"
    bench.space.helm("upgrade", "web", str(chart), "--set=replicas=3", "--wait")


def _rollback(bench: Bench) -> None:
    bench.space.helm("rollback", "web", "1", "--wait")


def _uninstall(bench: Bench) -> None:
    bench.space.helm("uninstall", "web", "--wait")


def test_a_refresh_without_cause_is_silent(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})

    refreshed = bench.project.refresh()
    preview = bench.project.preview()

    assert refreshed.unchanged, refreshed.text
    assert preview.unchanged, preview.text


@pytest.mark.parametrize(
    ("meddle", "found", "statuses"),
    [
        (_upgrade, "Drifted", ["superseded", "superseded", "superseded", "deployed"]),
        (_rollback, "Drifted", ["superseded", "superseded", "superseded", "deployed"]),
        (_uninstall, "ReleaseMissing", ["deployed"]),
    ],
    ids=["upgrade", "rollback", "uninstall"],
)
def test_what_others_did_is_seen_told_and_mended(
    bench: Bench, meddle: Callable[[Bench], None], found: str, statuses: list[str]
) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    bench.project.deploy({"web": bench.web(values=BETTER)})
    meddle(bench)

    refreshed = bench.project.refresh()
    seen = bench.project.release()
    preview = bench.project.preview()
    mended = bench.project.up()

    assert not refreshed.failed, refreshed.text
    assert seen["phase"] == "Failed"
    assert found in {condition["reason"] for condition in seen["conditions"]}
    assert preview.changes.get("update"), preview.text
    assert not mended.failed, mended.text
    assert mended.outputs["web"]["phase"] == "Deployed"
    assert bench.space.statuses() == statuses
    assert bench.space.image() == "nginx:1.30"


def test_what_others_did_is_mended_at_the_next_change_without_a_refresh(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    _upgrade(bench)

    bench.project.deploy({"web": bench.web(values=BETTER)})

    assert bench.space.statuses() == ["superseded", "superseded", "deployed"]
    assert bench.space.image() == "nginx:1.30"
