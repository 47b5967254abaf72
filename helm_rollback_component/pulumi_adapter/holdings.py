"""What the resources in a stack's state have in a cluster: releases, and objects. Pure.

The program is told what the state holds, and passes this on to check, which knows what is taken over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.runtime import rpc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Resources = Mapping[str, Any]
    """Type and outputs by URN."""
    Held = Mapping[str, list[list[str]]]
    """``releases``: URN, name and namespace of each. ``objects``: URN, API group, kind, namespace and name of
    each, and under which name it is written, if it is not the usual one."""

RELEASE = "kubernetes:helm.sh/v3:Release"
OURS = ("pulumi-python:dynamic/helm-rollback:Release", "helm-rollback:index:HelmRelease")
_OBJECT = "kubernetes:"
_PATCH = "Patch"
"""How the types end whose resources set fields of an object, and do not delete it."""
_MANAGER = "pulumi.com/patchFieldManager"


def released(found: Resources) -> Iterator[tuple[str, str, str]]:
    """Yield URN, name and namespace of each release that Pulumi's Kubernetes provider has deployed."""
    for urn, each in found.items():
        if each["type"] == RELEASE:
            deployed = _mapping(each["outputs"], "status")
            name, namespace = (deployed.get(key) or each["outputs"].get(key) for key in ("name", "namespace"))
            yield urn, str(name), str(namespace)


def collect(found: Resources) -> Held:
    """Return what the resources in a state have, as an input of a resource; empty if they have nothing."""
    releases = [[*each] for each in (*released(found), *_of_ours(found))]
    objects = [[urn, *each] for urn, one in found.items() if (each := _object(one["type"], one["outputs"]))]
    return {"releases": releases, "objects": objects} if releases or objects else {}


def _of_ours(found: Resources) -> Iterator[tuple[str, str, str]]:
    for urn, each in found.items():
        if each["type"] in OURS:
            outputs = each["outputs"]
            names = (("release_name", "releaseName"), ("release_namespace", "releaseNamespace"))
            name, namespace = (outputs.get(snake) or outputs.get(camel) for snake, camel in names)
            yield urn, str(name), str(namespace)


def _object(kind: str, outputs: Mapping[str, Any]) -> list[str]:
    """Return group, kind, namespace and name of the object, and under which own name it is written."""
    metadata = _mapping(outputs, "metadata")
    if not kind.startswith(_OBJECT) or kind.endswith(_PATCH) or not metadata.get("name"):
        return []
    group = str(outputs.get("apiVersion")).rpartition("/")[0]
    manager = _mapping(metadata, "annotations").get(_MANAGER, "")
    return [group, str(outputs.get("kind")), metadata.get("namespace") or "", metadata["name"], manager]


def _mapping(outputs: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return rpc.unwrap_rpc_secret(outputs.get(key)) or {}
