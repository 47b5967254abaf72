"""Where objects are looked for, and what selects them there."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places
from helm_rollback_component.kube.informers.collection import Collection
from tests.unit.core.health.health_objects import claim, deployment, pod, stateful_set, thing
from tests.unit.kube.health.health_cluster import NAMESPACE, Town, fail_with, select


def selecting(**selector: Any) -> dict[str, Any]:
    """Make a workload that selects its pods so."""
    return thing("ReplicaSet", spec={"selector": selector})


def selected(*owners: dict[str, Any]) -> list[str]:
    return [each.labels for each in places.selections("/pods", owners)]


class TestSelections:
    def test_what_all_have_in_common_selects_for_all(self) -> None:
        web = selecting(matchLabels={"app": "shop", "tier": "web"})
        data = selecting(matchLabels={"tier": "data", "app": "shop"})
        assert places.selections("/pods", [web, data]) == [Collection("/pods", labels="app=shop")]

    def test_without_anything_in_common_each_has_its_own(self) -> None:
        web, data = selecting(matchLabels={"app": "web"}), selecting(matchLabels={"app": "data"})
        assert selected(web, data) == ["app=web", "app=data"]

    def test_labels_select_alone_where_there_are_expressions_as_well(self) -> None:
        more = [{"key": "tier", "operator": "Exists"}]
        assert selected(selecting(matchLabels={"app": "web"}, matchExpressions=more)) == ["app=web"]

    def test_expressions_select_where_there_are_no_labels(self) -> None:
        only = [{"key": "tier", "operator": "In", "values": ["a", "b"]}]
        assert selected(selecting(matchExpressions=only)) == ["tier in (a,b)"]

    def test_nothing_selects_the_children_of_nobody(self) -> None:
        assert selected() == []

    def test_the_order_of_labels_makes_no_difference(self) -> None:
        one = selecting(matchLabels={"a": "1", "b": "2"})
        other = selecting(matchLabels={"b": "2", "a": "1"})
        assert selected(one, one) == selected(other, other) == ["a=1,b=2"]


@pytest.mark.parametrize(
    ("live", "is_one"),
    [
        (select(deployment()), True),
        (select(stateful_set()), True),
        (deployment(), False),
        (claim(), False),
        (pod(), False),
        (thing("ConfigMap"), False),
    ],
)
def test_a_workload_selects_pods(live: dict[str, Any], *, is_one: bool) -> None:
    assert places.is_workload(live) is is_one


def test_where_objects_of_a_kind_are() -> None:
    desired = deployment()
    key = objects.key(desired, NAMESPACE)
    assert places.place_of(Town(), desired, key) == f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"


def test_a_kind_that_does_not_exist_has_no_place() -> None:
    desired = {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "web"}}
    assert places.place_of(Town(), desired, objects.key(desired, NAMESPACE)) == ""


def test_not_to_be_told_of_kinds_is_an_error() -> None:
    cluster = Town()
    cluster.before = fail_with("Unreachable", temporary=True)
    with pytest.raises(OperationError):
        places.place_of(cluster, deployment(), objects.key(deployment(), NAMESPACE))


def test_objects_are_grouped_by_namespace() -> None:
    here, there = deployment(), thing("ReplicaSet", metadata={"namespace": "other"})
    assert [*places.by_namespace([here, there, here])] == [(NAMESPACE, [here, here]), ("other", [there])]
