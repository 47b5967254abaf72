"""What a preview tells beside the plan."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.pulumi_adapter import foreseen, foreseen_creation, looking_ahead, replacements
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.reasons import Reason
from tests.support.chart_caches import ChartCaches
from tests.support.packages import packed
from tests.support.repository import Repository
from tests.unit.pulumi_adapter.properties import LATER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
    monkeypatch.setattr(ResourceLog, "information", lambda _, *texts: lines.append("\n".join(texts).rstrip()))
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


def inputs(repository: Repository, version: Any, **rollback: Any) -> dict[str, Any]:
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


class Release:
    """In the place of a release that is looked at; it cannot be where the incarnation is ``lost``."""

    def __init__(self, _: object, *, incarnation: str, **_others: object) -> None:
        self.operations = self
        self.incarnation = incarnation

    def foresee(self, tell: Callable[[str], None], *, creating: bool = False, replaced: str = "") -> None:
        if creating and replaced:
            tell(f"{replaced} is deleted before")
        if creating:
            self.create(tell)
            return
        tell("this update will fail: it has to" if self.incarnation == "fails" else "upgrade 1.0.0 → 2.0.0")
        if self.incarnation == "broken":
            raise ZeroDivisionError("a bug")
        if self.incarnation == "lost":
            raise OperationError("nobody answers", reason=Reason.UNREACHABLE)
        if self.incarnation == "slow":
            ENDLESS.wait()

    def create(self, tell: Callable[[str], None]) -> None:
        if OF_CREATION:
            raise OperationError("nobody answers", reason=Reason.UNREACHABLE)
        tell("apps/web: install web 1.0.0; adds 1 object")
        tell("+ ConfigMap web")


ENDLESS = threading.Event()
OF_CREATION: list[str] = []
"""Not empty where a creation cannot be looked at."""
CREATED = {"incarnation": "first", "cluster": ""}


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> list[str]:
    """What is told, the differences of the manifests included."""
    monkeypatch.setenv("HELM_ROLLBACK_DIFF", "true")
    monkeypatch.setattr(foreseen, "ManagedRelease", Release)
    monkeypatch.setattr(foreseen_creation, "ManagedRelease", Release)
    return told


def local(**values: Any) -> dict[str, Any]:
    """Return checked inputs of a local chart."""
    named = {"release_name": "web", "release_namespace": "apps", "owner": OWNER}
    return {**named, "source": {"chart": "./web"}, "chart": "web 1.0.0", "values": values}


def test_what_an_update_changes_is_told_in_one_piece(changes: list[str]) -> None:
    foreseen.tell({**local(a=1), **CREATED}, local(a=2))
    assert changes == ["upgrade 1.0.0 → 2.0.0"]


def test_an_update_that_will_fail_is_warned_of(changes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ResourceLog, "warning", lambda _, *texts: changes.append("warning: " + "\n".join(texts).rstrip())
    )
    foreseen.tell({**local(a=1), **CREATED, "incarnation": "fails"}, local(a=2))
    assert changes == ["warning: this update will fail: it has to"]


def test_a_bug_fails_no_preview(changes: list[str]) -> None:
    foreseen.tell({**local(a=1), **CREATED, "incarnation": "broken"}, local(a=2))
    assert changes[0].splitlines()[-1] == "apps/web: what this update does is not known: a bug"


def test_what_cannot_be_looked_at_is_said_and_is_no_failure(changes: list[str]) -> None:
    foreseen.tell({**local(a=1), **CREATED, "incarnation": "lost"}, local(a=2))
    first, second = changes[0].splitlines()
    assert first == "upgrade 1.0.0 → 2.0.0"
    assert second.startswith("apps/web: what this update does is not known: nobody answers")


def test_a_preview_does_not_wait_for_ever(changes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_ahead, "_PATIENCE", 0.01)
    foreseen.tell({**local(a=1), **CREATED, "incarnation": "slow"}, local(a=2))
    ENDLESS.set()
    assert changes[0].splitlines()[-1] == "what else it changes was not known within 60 s"


def test_nothing_is_rendered_while_a_value_is_not_known(changes: list[str]) -> None:
    foreseen.tell({**local(a=1), **CREATED}, local(a=LATER))
    (line,) = changes
    assert line == "apps/web: what this update changes in the manifests is known once all of its inputs are"


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({}, ["apps/web: install web 1.0.0; adds 1 object\n+ ConfigMap web"]),
        (
            {"release_namespace": LATER},
            ["web: install web 1.0.0\nwhich objects it adds is known once all of its inputs are"],
        ),
        ({"chart": None}, []),
        ({"owner": None}, []),
    ],
)
def test_a_creation_is_told(changes: list[str], change: dict[str, Any], lines: list[str]) -> None:
    foreseen_creation.tell({**local(), **change})
    assert changes == lines


@pytest.mark.parametrize(
    ("replaced", "line"),
    [
        ("web", "apps/web: uninstall what is there, and install web 1.0.0"),
        ("blue", "apps/web: install web 1.0.0"),
    ],
)
def test_a_replacement_in_place_is_told_where_nothing_more_is_known(
    changes: list[str], replaced: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacements, "_noted", {})
    old = {"release_namespace": "apps", "release_name": replaced, "incarnation": "first"}
    replacements.note(old, local(values=LATER), ["source"])
    foreseen_creation.tell(local(values=LATER))
    assert changes[0].splitlines()[0] == line


def test_why_it_is_not_known_what_a_creation_adds_is_told(
    changes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.pulumi_adapter.test_foreseen.OF_CREATION", ["fails"])
    foreseen_creation.tell(local())
    first, second = changes[0].splitlines()
    assert first == "apps/web: install web 1.0.0"
    assert second.startswith("which objects it adds is not known: nobody answers")


def test_a_creation_is_not_told_where_differences_are_off(told: list[str]) -> None:
    foreseen_creation.tell(local())
    assert told == []
