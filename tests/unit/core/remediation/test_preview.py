"""What a preview says will be done."""

from typing import Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.remediation.preview import describe

BEFORE = {"release_name": "web"}


def plan(olds: dict[str, Any], **rollback: Any) -> str:  # noqa: ANN401  # any rollback input
    config = HelmConfig.parse(
        {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "operations": {"rollback": rollback},
        }
    )
    return describe(config, "web 1.2.3", olds)


@pytest.mark.parametrize("rollback", [{}, {"strategy": "manual"}, {"enabled": False}])
def test_a_first_deployment_is_removed_if_it_fails(rollback: dict[str, Any]) -> None:
    assert plan({}, **rollback) == "install web 1.2.3; on failure remove it"


@pytest.mark.parametrize(
    ("rollback", "remedy"),
    [
        ({}, "roll back to the last good revision"),
        ({"strategy": "version-based"}, "roll back to the last good revision"),
        ({"target_revision": 3}, "roll back to revision 3"),
        ({"strategy": "manual"}, "report it and change nothing"),
        ({"enabled": False}, "report it and change nothing"),
    ],
)
def test_an_upgrade_says_what_becomes_of_a_failure(rollback: dict[str, Any], remedy: str) -> None:
    assert plan(BEFORE, **rollback) == f"upgrade to web 1.2.3; on failure {remedy}"


@pytest.mark.parametrize(
    ("rollback", "remedy"),
    [
        ({"floor": 7}, "roll back to the last good revision; will not roll back across revision 7"),
        ({"floor": "current"}, "the last good revision; will not roll back across the last good revision"),
        ({"floor": 2, "target_revision": 3}, "roll back to revision 3; will not roll back across revision 2"),
    ],
)
def test_a_floor_is_said(rollback: dict[str, Any], remedy: str) -> None:
    assert plan(BEFORE, **rollback).endswith(f"{remedy}: operations.rollback.floor")


@pytest.mark.parametrize(
    ("olds", "remedy"),
    [
        ({}, "remove it"),
        ({"chart": "web 1.2.2"}, "report it; will not roll back across this revision"),
        ({"chart": "web 1.2.3"}, "roll back to the last good revision"),
    ],
)
def test_a_chart_that_is_a_point_of_no_return_is_said_to_be_one(olds: dict[str, Any], remedy: str) -> None:
    config = HelmConfig.parse(
        {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}
    )
    assert f"; on failure {remedy}" in describe(config, "web 1.2.3", olds, marked=True)


BY_VERSION = {"strategy": "version-based"}


def test_an_older_version_is_said_to_be_a_rollback() -> None:
    said = plan({**BEFORE, "chart": "web 1.3.0"}, **BY_VERSION)
    assert said.startswith("roll back to the last good revision of web 1.2.3 with these values, or upgrade")


@pytest.mark.parametrize(
    ("before", "rollback"),
    [
        ("web 1.3.0", {**BY_VERSION, "enabled": False}),
        ("web 1.3.0", {"strategy": "automatic"}),
        ("web 1.2.3", BY_VERSION),
        ("web 1.2.0", BY_VERSION),
        ("other 1.3.0", BY_VERSION),
        ("", BY_VERSION),
    ],
)
def test_all_else_is_said_to_be_an_upgrade(before: str, rollback: dict[str, Any]) -> None:
    assert plan({**BEFORE, "chart": before}, **rollback).startswith("upgrade to web 1.2.3; ")


def test_a_pinned_revision_is_held() -> None:
    assert (
        plan(BEFORE, strategy="manual", target_revision=2) == "hold the release at the content of revision 2"
    )


def test_what_a_refresh_found_is_said() -> None:
    said = plan({**BEFORE, "observed": "the release does not exist"})
    assert said.startswith("upgrade to web 1.2.3 over what a refresh found (the release does not exist); ")
