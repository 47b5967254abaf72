"""What a preview tells beside the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.pulumi_adapter import foreseen
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from tests.support.chart_caches import ChartCaches
from tests.support.packages import packed
from tests.support.repository import Repository
from tests.unit.pulumi_adapter.properties import LATER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKED = (
    'apiVersion: v2\nname: web\nversion: 2.0.0\nannotations: {helm-rollback/point-of-no-return: "true"}\n'
)
OWNER = {"organization": "org", "project": "p", "stack": "dev", "urn": "urn:web"}
HISTORY = {
    "revisions": [
        {"revision": 1.0, "chart_version": "0.9.0"},
        {"revision": 2.0, "chart_version": "1.0.0", "point_of_no_return": True},
        {"revision": 3.0, "chart_version": "1.1.0", "point_of_no_return": False},
    ]
}
ACROSS_2 = "will not roll back across revision 2: its chart, version 1.0.0, is a point of no return"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is told beside the differences of the manifests."""
    monkeypatch.setenv("HELM_ROLLBACK_DIFF", "false")
    lines: list[str] = []
    monkeypatch.setattr(ResourceLog, "information", lambda _, message: lines.append(message))
    return lines


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Repository]:
    """A repository with a chart and a later version of it that is marked; no Helm is needed for it."""
    ChartCaches(monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(foreseen, "choose_engine", lambda *_: None)
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))
        repository.add("web", "2.0.0", packed("web", "2.0.0", {"Chart.yaml": MARKED}))
        yield repository


def inputs(repository: Repository, version: Any, **rollback: Any) -> dict[str, Any]:  # noqa: ANN401  # any input
    """Return checked inputs."""
    return {
        "release_name": "web",
        "release_namespace": "apps",
        "source": {"chart": "web", "repository": repository.url, "version": version},
        "operations": {"rollback": rollback},
        "owner": OWNER,
        "chart": f"web {version}",
    }


def test_points_of_no_return_in_the_history_are_told(repository: Repository, told: list[str]) -> None:
    before = inputs(repository, "1.0.0")
    foreseen.tell({**before, **HISTORY}, before)
    assert told == [ACROSS_2]


def test_so_is_a_marked_chart_that_is_fetched(repository: Repository, told: list[str]) -> None:
    foreseen.tell({**inputs(repository, "1.0.0"), **HISTORY}, inputs(repository, "2.0.0"))
    assert told == [
        ACROSS_2,
        "a failure will be reported and not rolled back: the chart web 2.0.0 is a point of no return",
    ]


def test_a_chart_that_is_not_marked_is_no_news(repository: Repository, told: list[str]) -> None:
    foreseen.tell(inputs(repository, "2.0.0"), inputs(repository, "1.0.0"))
    assert told == []


@pytest.mark.parametrize(("before", "rollback"), [("2.0.0", {}), ("1.0.0", {"enabled": False})])
def test_nothing_is_fetched_for_the_same_chart_or_where_nothing_is_rolled_back(
    repository: Repository, told: list[str], before: str, rollback: dict[str, Any]
) -> None:
    repository.status = 500
    foreseen.tell(inputs(repository, before), inputs(repository, "2.0.0", **rollback))
    assert told == []


def test_a_local_chart_is_told_by_the_plan(repository: Repository, told: list[str]) -> None:
    before = inputs(repository, "1.0.0")
    foreseen.tell(before, {**before, "source": {"chart": "./web"}, "chart": "web 2.0.0"})
    assert told == []


def test_what_cannot_be_fetched_is_said_and_is_no_failure(repository: Repository, told: list[str]) -> None:
    foreseen.tell(inputs(repository, "1.0.0"), inputs(repository, "3.0.0"))
    (line,) = told
    assert line.startswith("whether the chart is a point of no return is not known yet: ")


def test_nothing_is_told_as_long_as_the_inputs_are_not_known(repository: Repository, told: list[str]) -> None:
    foreseen.tell({**inputs(repository, "1.0.0"), **HISTORY}, inputs(repository, LATER))
    assert told == []
