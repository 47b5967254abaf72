"""What a preview says will be done."""

from typing import Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.remediation.preview import across_chart, across_history, describe

FIRST = "remove a first deployment, else "
BEFORE = {"release_name": "web"}


def plan(olds: dict[str, Any], **rollback: Any) -> str:
    config = HelmConfig.parse(
        {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "operations": {"rollback": rollback},
        }
    )
    return describe(config, "web 1.2.3", olds)


@pytest.mark.parametrize("rollback", [{}, {"strategy": "manual"}, {"enabled": False}, {"floor": 7}])
def test_a_first_deployment_has_the_plan_of_what_comes_after(rollback: dict[str, Any]) -> None:
    assert plan({}, **rollback) == plan({**BEFORE, "chart": "web 1.2.3"}, **rollback)


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
    assert plan(BEFORE, **rollback) == f"deploy web 1.2.3; on failure {FIRST}{remedy}"


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
        ({}, "roll back to the last good revision"),
        ({"chart": "web 1.2.2"}, "report it; will not roll back across this revision"),
        ({"chart": "web 1.2.3"}, "roll back to the last good revision"),
    ],
)
def test_a_chart_that_is_a_point_of_no_return_is_said_to_be_one(olds: dict[str, Any], remedy: str) -> None:
    config = HelmConfig.parse(
        {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}
    )
    assert f"first deployment, else {remedy}" in describe(config, "web 1.2.3", olds, marked=True)


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
    assert plan({**BEFORE, "chart": before}, **rollback).startswith("deploy web 1.2.3; ")


def test_a_pinned_revision_is_held() -> None:
    assert (
        plan(BEFORE, strategy="manual", target_revision=2) == "hold the release at the content of revision 2"
    )


def test_what_a_refresh_found_is_said() -> None:
    said = plan({**BEFORE, "observed": "the release does not exist"})
    assert said.startswith("deploy web 1.2.3 over what a refresh found (the release does not exist); ")


def across(*marked: tuple[int, str], **rollback: Any) -> str:
    config = HelmConfig.parse(
        {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "operations": {"rollback": rollback},
        }
    )
    return across_history(config.rollback, marked)


@pytest.mark.parametrize(
    ("marked", "limit"),
    [
        ([(7, "2.0.0")], "revision 7: its chart, version 2.0.0,"),
        ([(3, "1.0.0"), (7, "2.0.0")], "revision 7: its chart, version 2.0.0,"),
        ([(3, "1.0.0"), (7, "2.0.0"), (9, "2.0.0")], "revision 7: its chart, version 2.0.0,"),
    ],
    ids=["one", "the newest", "the oldest of the same version"],
)
def test_a_point_of_no_return_in_the_history_is_named(marked: list[tuple[int, str]], limit: str) -> None:
    assert across(*marked) == f"will not roll back across {limit} is a point of no return"


@pytest.mark.parametrize(
    "rollback",
    [
        {"strategy": "version-based"},
        {"target_revision": 3},
        {"strategy": "manual", "target_revision": 3},
    ],
)
def test_so_it_is_wherever_something_may_be_rolled_back(rollback: dict[str, Any]) -> None:
    assert "across revision 7" in across((7, "2.0.0"), **rollback)


@pytest.mark.parametrize(
    "rollback",
    [
        {"enabled": False},
        {"strategy": "manual"},
        {"strategy": "manual", "target_revision": 3, "allow_data_loss": True},
        {"strategy": "manual", "target_revision": 8},
    ],
)
def test_it_is_not_where_nothing_goes_back_across_it_or_may(rollback: dict[str, Any]) -> None:
    assert across((7, "2.0.0"), **rollback) == ""


def test_where_nothing_is_marked_there_is_nothing_to_name() -> None:
    assert across() == ""


def test_a_marked_chart_is_named_with_what_follows() -> None:
    assert across_chart("web 2.0.0") == (
        "a failure will be reported and not rolled back: the chart web 2.0.0 is a point of no return"
    )
