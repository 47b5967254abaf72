"""Which rights the objects of a release need."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from helm_rollback_component.kube.api.access import Right
from helm_rollback_component.reconcile.needed_rights import on_objects
from tests.support.fake_cluster import FakeCluster, failure


def manifest(api_version: str, kind: str, name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **metadata}}


STORED = {
    1: [
        manifest("v1", "ConfigMap", "web"),
        manifest("v1", "ConfigMap", "kept", annotations={"helm.sh/resource-policy": "keep"}),
        manifest("apps/v1", "Deployment", "web", namespace="other"),
    ],
    2: [
        manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "web"),
        manifest("example.com/v1", "Lost", "web"),
        manifest("v1", "ConfigMap", "web"),
    ],
}


class Storage:
    """Records of which one cannot be read."""

    def manifest(self, revision: int, _: object) -> list[dict[str, Any]]:
        if revision not in STORED:
            raise failure("RecordUnreadable")
        return STORED[revision]


def test_the_objects_of_all_records_count_by_namespace() -> None:
    records: Any = [SimpleNamespace(revision=number) for number in (1, 2, 3)]
    storage: Any = Storage()
    found = on_objects(FakeCluster(), storage, records, "apps", "get", "delete")
    assert {where: [*rights] for where, rights in found.items()} == {
        "apps": [Right(verb, "configmaps", name="web") for verb in ("get", "delete")],
        "other": [Right(verb, "deployments", "apps", "web") for verb in ("get", "delete")],
        "": [Right(verb, "clusterroles", "rbac.authorization.k8s.io", "web") for verb in ("get", "delete")],
    }
