"""In which namespace an object of a manifest is."""

from typing import Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.storage.placement import Placement
from tests.support.fake_cluster import FakeCluster, failure


def thing(kind: str, version: str = "v1", **metadata: str) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a", **metadata}}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (thing("ConfigMap"), {"name": "a", "namespace": "apps"}),
        (thing("ConfigMap", namespace="other"), {"name": "a", "namespace": "other"}),
        (thing("ClusterRole", namespace="other"), {"name": "a"}),
        (thing("Vanished"), {"name": "a", "namespace": "apps"}),
        ({"kind": "Vanished", "metadata": None}, {"namespace": "apps"}),
    ],
)
def test_an_object_is_where_helm_deploys_it(found: dict[str, Any], expected: dict[str, str]) -> None:
    assert Placement(FakeCluster(), "apps").of(found)["metadata"] == expected


def test_a_kind_that_the_cluster_lost_is_looked_for_once() -> None:
    cluster = FakeCluster()
    placement = Placement(cluster, "apps")
    for _ in range(3):
        placement.of(thing("Vanished"))
    assert cluster.asked == [("discover", "v1")]


def test_kinds_without_end_are_not_looked_for() -> None:
    cluster = FakeCluster()
    placement = Placement(cluster, "apps")
    placed = [placement.of(thing("Vanished", f"v{number}")) for number in range(500)]
    assert {each["metadata"]["namespace"] for each in placed} == {"apps"}
    assert len(cluster.asked) == 100


def test_another_refusal_is_passed_on() -> None:
    cluster = FakeCluster()

    def refuse(_verb: str, _path: str) -> None:
        raise failure("Forbidden")

    cluster.before = refuse
    with pytest.raises(OperationError, match="Forbidden"):
        Placement(cluster, "apps").of(thing("ConfigMap"))
