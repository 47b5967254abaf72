"""`helm-rollback permissions`."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_rollback_component.kube.api.features import FEATURES
from tests.support.command_line import CommandLine
from tests.support.fake_cluster import failure

ROLES = Path(__file__).parents[3] / "docs" / "permissions"
Denied = set[tuple[str, str]]


def review(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, denied: Denied) -> None:
    """Have the API server deny these rights, by verb and resource, and grant all others."""

    def answer(path: str, spec: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("selfsubjectrulesreviews"):
            return {"status": {"resourceRules": []}}
        asked = spec["resourceAttributes"]
        resource = "/".join(filter(None, (asked["resource"], asked.get("subresource", ""))))
        return {"status": {"allowed": (asked["verb"], resource) not in denied}}

    monkeypatch.setattr(command_line.cluster, "review", answer)


def test_nothing_is_missing(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    command_line.store("web", "deployed")
    review(command_line, monkeypatch, set())
    ended = command_line.run("permissions", "web")
    assert ended.code == 0
    rows = [line.split() for line in ended.out.splitlines()[1:]]
    assert [row[0] for row in rows] == [
        *("release", "chart", "health", "logs"),
        *("events", "clearing", "volumes", "cluster", "data"),
    ]
    assert all("yes" in row for row in rows)


def test_what_is_missing_is_told_with_what_it_costs(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(
        command_line,
        monkeypatch,
        {("list", "pods"), ("watch", "pods"), ("get", "pods/log"), ("list", "events")},
    )
    ended = command_line.run("permissions", "web")
    assert ended.code == 0
    rows = ended.out.splitlines()
    assert rows[2].endswith("   failures are found by the timeout, not early")
    assert [row.split()[0] for row in rows if "list,watch pods" in row or "get pods/log" in row] == [
        "health",
        "logs",
    ]


def test_without_what_is_required_the_answer_is_no(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(command_line, monkeypatch, {("update", "leases"), ("create", "secrets")})
    ended = command_line.run("permissions", "web", "-o", "json")
    assert ended.code == 1
    found = json.loads(ended.out)[0]
    assert (found["feature"], found["allowed"], found["required"]) == ("release", False, True)
    assert found["lacking"] == [
        {"verb": "create", "resource": "secrets", "group": "", "name": ""},
        {
            "verb": "update",
            "resource": "leases",
            "group": "coordination.k8s.io",
            "name": "helm-rollback.web",
        },
    ]


def test_rights_on_the_objects_count(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    command_line.store("web", "deployed")
    review(command_line, monkeypatch, {("patch", "configmaps"), ("create", "configmaps")})
    ended = command_line.run("permissions", "web")
    assert ended.code == 1
    assert "create configmaps" in ended.out
    assert "patch configmaps/a" in ended.out


def test_a_cluster_that_does_not_answer_grants_nothing(command_line: CommandLine) -> None:
    command_line.cluster.before = lambda *_: (_ for _ in ()).throw(failure("Unreachable"))
    ended = command_line.run("permissions", "web")
    assert (ended.code, ended.out) == (2, "")


def test_each_role_belongs_to_a_feature() -> None:
    on_objects_or_for_a_program = {"chart", "namespace", "reader"}
    roles = {path.stem for path in ROLES.glob("*.yaml")}
    assert {each.name for each in FEATURES} == roles - on_objects_or_for_a_program


@pytest.mark.parametrize("feature", FEATURES, ids=lambda each: each.name)
def test_each_feature_needs_what_its_role_grants(feature: Any) -> None:
    rules = yaml.safe_load((ROLES / f"{feature.name}.yaml").read_text())["rules"]
    granted = {
        (verb, resource, group)
        for rule in rules
        for verb in rule["verbs"]
        for resource in rule["resources"]
        for group in rule["apiGroups"]
    }
    assert {(right.verb, right.resource, right.group) for right in feature.rights} == granted
    assert feature.cluster_wide == (feature.name in {"cluster", "data"})
