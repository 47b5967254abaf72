"""The Roles that are made from requests."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from tools.permissions import __main__ as command
from tools.permissions import files
from tools.permissions.features import CLUSTER, FEATURES, OF_CLUSTER, roles
from tools.permissions.rights import Right

if TYPE_CHECKING:
    from pathlib import Path

APPS = "/api/v1/namespaces/apps"


@pytest.mark.parametrize(
    ("method", "path", "query", "right"),
    [
        ("GET", f"{APPS}/pods", {}, Right("", "pods", "list", namespaced=True)),
        ("GET", f"{APPS}/pods", {"watch": "1"}, Right("", "pods", "watch", namespaced=True)),
        ("GET", f"{APPS}/pods/web/log", {}, Right("", "pods/log", "get", namespaced=True)),
        ("POST", f"{APPS}/pods/web/eviction", {}, Right("", "pods/eviction", "create", namespaced=True)),
        ("POST", f"{APPS}/pods?dryRun=All", {}, Right("", "pods", "create", namespaced=True)),
        ("PUT", f"{APPS}/secrets/web", {}, Right("", "secrets", "update", namespaced=True)),
        ("DELETE", f"{APPS}/secrets/web", {}, Right("", "secrets", "delete", namespaced=True)),
        ("DELETE", f"{APPS}/secrets", {}, Right("", "secrets", "deletecollection", namespaced=True)),
        ("GET", "/api/v1/namespaces/apps", {}, Right("", "namespaces", "get", namespaced=False)),
        ("GET", "/api/v1/namespaces", {}, Right("", "namespaces", "list", namespaced=False)),
        (
            "PATCH",
            "/apis/apps/v1/namespaces/apps/deployments/web",
            {},
            Right("apps", "deployments", "patch", namespaced=True),
        ),
        ("GET", "/apis/example.com/v1/topics", {}, Right("example.com", "topics", "list", namespaced=False)),
        ("GET", "/api/v1", {}, None),
        ("GET", "/apis/apps/v1", {}, None),
        ("GET", "/apis", {}, None),
        ("GET", "/version", {}, None),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {}, None),
    ],
)
def test_a_request_needs_one_right(
    method: str, path: str, query: dict[str, str], right: Right | None
) -> None:
    assert Right.of(method, path, query) == right


def test_a_request_that_no_feature_is_known_to_make_is_an_error() -> None:
    with pytest.raises(LookupError, match="nodes"):
        roles([Right("", "nodes", "get", namespaced=False)])


def test_each_feature_has_a_role_with_what_it_was_seen_to_need() -> None:
    needed = [
        Right("", "pods/log", "get", namespaced=True),
        Right("apps", "deployments", "list", namespaced=True),
        Right("", "pods", "watch", namespaced=True),
        Right("", "pods", "list", namespaced=True),
    ]
    made = roles(needed)
    assert [*made] == ["health", "logs"]
    assert made["health"]["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch"]}]


def test_what_is_in_a_definition_may_be_of_any_kind() -> None:
    kinds = [Right("example.com", plural, "list", namespaced=False) for plural in ("topics", "queues")]
    assert roles(kinds)["data"]["rules"] == [
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["list"]},
    ]


def test_the_command_writes_one_file_for_each_feature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "rights"
    record.write_text(json.dumps(vars(Right("", "namespaces", "get", namespaced=False))) + "\n")
    monkeypatch.setattr(sys, "argv", ["permissions", str(record)])
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    command.main()
    (written,) = tmp_path.glob("*.yaml")
    assert yaml.safe_load(written.read_text())["kind"] == "ClusterRole"
    assert written.read_text().startswith(f"# {CLUSTER.what}")


def test_the_roles_that_are_stored_are_those_of_the_features() -> None:
    stored = {path.stem for path in files.FOLDER.glob("*.yaml")}
    assert stored == {each.name for each in (*FEATURES, *OF_CLUSTER)} | {"chart", "namespace", "reader"}
