"""How a chart's definitions of custom resources differ from the cluster's."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests import definitions


def definition(*versions: str, **spec: Any) -> dict[str, Any]:
    listed = [{"name": version, "served": True, "storage": version == versions[0]} for version in versions]
    return {"metadata": {"name": "things.example"}, "spec": {"group": "example", "versions": listed, **spec}}


def test_what_the_server_adds_is_no_difference() -> None:
    declared = definition("v1", names={"kind": "Thing", "shortNames": []}, preserveUnknownFields=False)
    live = definition("v1", names={"kind": "Thing", "singular": "thing"}, conversion={"strategy": "None"})
    assert definitions.difference(declared, {**live, "status": {"a": 1}}) == ""


@pytest.mark.parametrize(
    ("declared", "live", "line"),
    [
        (definition("v1"), None, "- things.example (v1) is missing in the cluster"),
        (definition(), None, "- things.example (no version) is missing in the cluster"),
        (definition("v1", "v2"), definition("v1"), "~ things.example: versions v1 → v1, v2"),
        (definition("v1"), definition("v1", group="other"), "~ things.example: other content of v1"),
        (definition("v1", scope="Cluster"), definition("v1"), "~ things.example: other content of v1"),
    ],
)
def test_what_is_another_in_the_cluster_is_told(
    declared: dict[str, Any], live: dict[str, Any] | None, line: str
) -> None:
    assert definitions.difference(declared, live) == line


@pytest.mark.parametrize("nothing", [None, "", False, 0, [], {}, {"a": {"b": [None]}}])
def test_what_says_nothing_is_left_out_by_the_server(nothing: object) -> None:
    assert definitions.contains({}, {"a": nothing})
    assert definitions.contains({"a": nothing}, {"a": nothing})


@pytest.mark.parametrize(
    ("live", "declared"),
    [
        ({}, {"a": 1}),
        ({}, {"a": True}),
        ({"a": 1}, {"a": 0}),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ({}, {"a": [1]}),
    ],
)
def test_anything_else_is_a_difference(live: object, declared: object) -> None:
    assert not definitions.contains(live, declared)


def test_one_that_is_added_is_one_line() -> None:
    assert definitions.added(definition("v1")) == "+ CustomResourceDefinition things.example (v1), from crds/"
