"""What the resources in a state have: releases, and objects."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.pulumi_adapter import holdings

NAMED = {"metadata": {"name": "web", "namespace": "apps"}}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", **NAMED}
OURS = {"release_name": "web", "release_namespace": "apps"}
MANAGED = {"pulumi.com/patchFieldManager": "ci"}


def collected(kind: str, outputs: dict[str, Any]) -> Any:
    """Return what one resource has."""
    return holdings.collect({"urn": {"type": kind, "outputs": outputs}})


@pytest.mark.parametrize(
    ("kind", "outputs", "expected"),
    [
        ("kubernetes:apps/v1:Deployment", DEPLOYMENT, ["apps", "Deployment", "apps", "web", ""]),
        (
            "kubernetes:core/v1:Namespace",
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}},
            ["", "Namespace", "", "apps", ""],
        ),
        (
            "kubernetes:apps/v1:Deployment",
            {**DEPLOYMENT, "metadata": {**NAMED["metadata"], "annotations": MANAGED}},
            ["apps", "Deployment", "apps", "web", "ci"],
        ),
    ],
    ids=["an object", "one of the whole cluster", "one that is written under another name"],
)
def test_an_object_is_known_by_what_it_is(kind: str, outputs: dict[str, Any], expected: list[str]) -> None:
    assert collected(kind, outputs) == {"releases": [], "objects": [["urn", *expected]]}


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [
        ("kubernetes:apps/v1:DeploymentPatch", DEPLOYMENT),
        ("kubernetes:helm.sh/v4:Chart", {"resources": []}),
        ("kubernetes:apps/v1:Deployment", {}),
        ("pulumi:providers:kubernetes", {}),
        ("other:index:Thing", NAMED),
    ],
)
def test_what_deletes_no_object_has_none(kind: str, outputs: dict[str, Any]) -> None:
    assert collected(kind, outputs) == {}


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [
        ("pulumi-python:dynamic/helm-rollback:Release", OURS),
        ("helm-rollback:index:HelmRelease", {"releaseName": "web", "releaseNamespace": "apps"}),
        ("kubernetes:helm.sh/v3:Release", {"status": {"name": "web", "namespace": "apps"}, "name": "old"}),
    ],
)
def test_a_release_is_known_by_its_name_and_namespace(kind: str, outputs: dict[str, Any]) -> None:
    assert collected(kind, outputs) == {"releases": [["urn", "web", "apps"]], "objects": []}
