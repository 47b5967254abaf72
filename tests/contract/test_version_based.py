"""A release's life under the version-based strategy: an older chart is a request to roll back."""

from __future__ import annotations

import shutil
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.contract.laboratory import BAD_IMAGE, condition, stands
from tests.support.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.results import ReleaseStatus
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

BY_VERSION = {"rollback": {"strategy": "version-based"}}


def declare(lab: Laboratory, version: str, **values: Any) -> ReleaseStatus:
    """Bring the release to that version of the chart."""
    return lab.upgrade(source=lab.chart(version), values=values, operations=BY_VERSION)


def restored(status: ReleaseStatus) -> tuple[str, int]:
    """Return why, and which revision was restored."""
    return status.rollback_status.reason, status.rollback_status.target_revision


def test_an_older_chart_is_a_rollback_to_the_revision_that_held_it(lab: Laboratory) -> None:
    declare(lab, "1.0.0", tag="same")
    declare(lab, "1.1.0", tag="same")
    status = declare(lab, "1.0.0", tag="same")
    assert lab.statuses() == ["superseded", "superseded", "deployed"]
    assert (status.phase, status.revision, status.chart_version) == (Phase.DEPLOYED, 3, "1.0.0")
    found = status.rollback_status
    assert (found.state, found.strategy, found.reason) == (
        RollbackState.ROLLED_BACK,
        "version-based",
        "VersionDowngrade",
    )
    assert (found.failed_revision, found.target_revision, found.restored_revision) == (0, 1, 3)
    assert stands(status, "Ready") == ("True", "VersionDowngrade")
    assert status.history[-1].description == "Rollback to 1"


def test_once_there_it_is_in_sync(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    for version in ("1.0.0", "1.1.0", "1.0.0"):
        declare(lab, version)
    again = declare(lab, "1.0.0")
    assert (again.phase, lab.revisions()) == (Phase.DEPLOYED, [1, 2, 3])
    assert restored(again) == ("VersionDowngrade", 1)


def test_a_newer_chart_is_an_upgrade_that_clears_the_rollback(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    for version in ("1.0.0", "1.1.0", "1.0.0"):
        declare(lab, version)
    status = declare(lab, "1.2.0")
    assert (status.phase, status.revision, status.chart_version) == (Phase.DEPLOYED, 4, "1.2.0")
    assert status.rollback_status == RollbackStatus()


@pytest.mark.parametrize(
    ("stored", "newer", "declared"),
    [
        pytest.param("v1.2.0", "1.3.0", "v1.2.0", id="leading v"),
        pytest.param("1.2.0", "v1.3.0", "v1.2.0", id="leading v on one side"),
        pytest.param("1.2", "1.3", "1.2.0", id="missing parts"),
        pytest.param("1.9.0", "1.10.0", "1.9.0", id="numbers, not texts"),
        pytest.param("1.2.0-rc.1", "1.2.0", "1.2.0-rc.1", id="prerelease before its release"),
        pytest.param("1.2.0-rc.9", "1.2.0-rc.10", "1.2.0-rc.9", id="prereleases"),
        pytest.param("1.2.0+a", "1.3.0+b", "1.2.0+a", id="build metadata"),
    ],
)
def test_versions_are_read_as_helm_reads_them(
    one_engine_lab: Laboratory, stored: str, newer: str, declared: str
) -> None:
    lab = one_engine_lab
    declare(lab, stored)
    declare(lab, newer)
    assert restored(declare(lab, declared)) == ("VersionDowngrade", 1)


def test_builds_of_one_version_have_no_order(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.0.0+b")
    declare(lab, "1.0.0+c")
    status = declare(lab, "1.0.0+b")
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
    assert status.rollback_status == RollbackStatus()


def test_another_build_of_the_older_version_is_not_the_one_asked_for(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.0.0+b")
    declare(lab, "1.1.0")
    status = declare(lab, "1.0.0+c")
    assert status.rollback_status == RollbackStatus()
    assert any("no good revision has version 1.0.0+c" in line for line in lab.said)


def test_an_oci_tag_with_a_build_names_the_version_with_a_plus(
    one_engine_lab: Laboratory, tmp_path: Path
) -> None:
    lab = one_engine_lab
    with Registry() as registry:
        for version in ("1.0.0+b", "1.1.0+b"):
            registry.push("web", version, _packed(lab, version, tmp_path))
            _from_registry(lab, registry, version)
        status = _from_registry(lab, registry, "1.0.0+b")
    assert restored(status) == ("VersionDowngrade", 1)
    assert status.chart_version == "1.0.0+b"


def test_with_other_values_it_is_a_plain_upgrade_and_says_why(lab: Laboratory) -> None:
    declare(lab, "1.0.0", tag="old")
    declare(lab, "1.1.0", tag="old")
    status = declare(lab, "1.0.0", tag="new")
    assert (status.phase, status.revision, status.chart_version) == (Phase.DEPLOYED, 3, "1.0.0")
    assert status.rollback_status == RollbackStatus()
    assert lab.image().endswith(":new")
    assert any(
        "no good revision has version 1.0.0 with these values; upgrading to it" in line for line in lab.said
    )
    released = condition(status, "Released")
    assert released is not None
    assert (released.status, released.reason) == ("True", "UpgradeSucceeded")
    assert released.message == "no good revision has version 1.0.0 with these values; upgrading to it"


def test_a_version_that_was_never_deployed_is_a_plain_upgrade(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.1.0")
    status = declare(lab, "1.0.0")
    assert (status.phase, status.revision, status.chart_version) == (Phase.DEPLOYED, 2, "1.0.0")
    assert any("no good revision has version 1.0.0" in line for line in lab.said)


def test_of_several_revisions_the_newest_good_one_is_restored(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.0.0", tag="a")
    declare(lab, "1.0.0", tag="b")
    declare(lab, "1.0.0", tag="a")
    declare(lab, "1.1.0", tag="a")
    assert restored(declare(lab, "1.0.0", tag="a")) == ("VersionDowngrade", 3)


def test_a_bad_revision_of_that_version_is_passed_over(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.0.0")
    declare(lab, "1.1.0", **BAD_IMAGE)
    declare(lab, "1.2.0")
    status = declare(lab, "1.1.0", **BAD_IMAGE)
    assert any("no good revision has version 1.1.0" in line for line in lab.said)
    assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "ImagePullBackOff")


def test_another_chart_is_no_downgrade(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.1.0")
    other = lab.chart("0.9.0", {"Chart.yaml": "apiVersion: v2\nname: other\nversion: 0.9.0\n"})
    status = lab.upgrade(source=other, operations=BY_VERSION)
    assert (status.phase, status.chart_version) == (Phase.DEPLOYED, "0.9.0")
    assert not any("no good revision" in line for line in lab.said)


def test_a_failed_upgrade_goes_back_as_under_automatic(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.0.0")
    status = declare(lab, "1.1.0", **BAD_IMAGE)
    assert (status.phase, status.chart_version) == (Phase.ROLLED_BACK, "1.0.0")
    assert restored(status) == ("ImagePullBackOff", 1)


def test_without_rollback_an_older_chart_is_a_plain_upgrade(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    declare(lab, "1.0.0")
    declare(lab, "1.1.0")
    off = {"rollback": {"strategy": "version-based", "enabled": False}}
    status = lab.upgrade(source=lab.chart("1.0.0"), operations=off)
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
    assert status.rollback_status == RollbackStatus()
    assert status.history[-1].description != "Rollback to 1"


def _packed(lab: Laboratory, version: str, folder: Path) -> bytes:
    archive = folder / f"{version}.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(lab.chart(version)["chart"], "web")
    shutil.rmtree(lab.folder / version)
    return archive.read_bytes()


def _from_registry(lab: Laboratory, registry: Registry, version: str) -> ReleaseStatus:
    source = {"chart": registry.reference("web"), "version": version, "plain_http": True}
    return lab.upgrade(source=source, operations=BY_VERSION)
