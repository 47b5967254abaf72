"""Deployments that are to be recreated again are made ready for Helm's server-side apply."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.helm.engines.engine import Target
from helm_rollback_component.reconcile import strategies
from tests.support.fake_cluster import FakeCluster, failure

HERE = Target("web", "apps", "")
OURS = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "apps"}
COLLECTION = "/apis/apps/v1/namespaces/apps/deployments"
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}
RECREATE = {"type": "Recreate"}


class Patched(FakeCluster):
    """A cluster that writes down the patches of Deployments."""

    def __init__(self) -> None:
        super().__init__()
        self.patches: list[tuple[str, Any]] = []

    def patch(self, path: str, body: Any, *, content_type: str) -> dict[str, Any]:
        self._begin("patch", path)
        assert content_type == "application/merge-patch+json"
        self.patches.append((path, body))
        return {}


def deployment(strategy: dict[str, Any], name: str = "web", **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "apps", "annotations": annotations},
        "spec": {"strategy": strategy},
    }


def prepared(declared: dict[str, Any], *live: dict[str, Any], cluster: Patched | None = None) -> list[Any]:
    """Return the patches of a cluster with these Deployments, where one is declared so."""
    cluster = cluster or Patched()
    for each in live:
        cluster.create(COLLECTION, each)
    strategies.prepare(cluster, HERE, [declared])
    return cluster.patches


def test_one_that_is_to_be_recreated_loses_what_the_server_added() -> None:
    recreate = {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}
    assert prepared(deployment(RECREATE), deployment(ROLLING, **OURS)) == [(f"{COLLECTION}/web", recreate)]


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        (deployment(ROLLING), [deployment(RECREATE, **OURS)]),
        (deployment({}), [deployment(ROLLING, **OURS)]),
        (deployment(RECREATE), [deployment(RECREATE, **OURS)]),
        (deployment(RECREATE), [deployment(ROLLING)]),
        (deployment(RECREATE), []),
        ({**deployment(RECREATE), "kind": "Rollout"}, [deployment(ROLLING, **OURS)]),
    ],
    ids=["rolling", "not said", "as it is", "not ours", "gone", "another kind"],
)
def test_every_other_is_left(declared: dict[str, Any], live: list[dict[str, Any]]) -> None:
    assert prepared(declared, *live) == []


def test_what_is_refused_is_left_to_helm() -> None:
    def refuse(verb: str, _path: str) -> None:
        if verb == "patch":
            raise failure("Forbidden")

    cluster = Patched()
    cluster.create(COLLECTION, deployment(ROLLING, **OURS))
    cluster.before = refuse
    assert prepared(deployment(RECREATE), cluster=cluster) == []
