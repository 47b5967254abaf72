"""What is seen of the objects that a rollback restored in part."""

from __future__ import annotations

from typing import Any

from helm_rollback_component.reconcile.partial_rollback import applied_so_far, unrestored
from tests.unit.core.health.health_objects import deployment
from tests.unit.kube.health.health_cluster import NAMESPACE, Town, fail_with

CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "config", "namespace": NAMESPACE},
    "spec": {"type": "ClusterIP"},
}
OTHER = {**CONFIG, "spec": {"type": "NodePort"}}


def test_what_could_not_go_back_is_named() -> None:
    town = Town(deployment(), OTHER)
    assert unrestored(town, NAMESPACE, [deployment(), CONFIG], [deployment(), OTHER]) == ("Service config",)


def test_what_is_gone_is_not_restored() -> None:
    assert unrestored(Town(OTHER), NAMESPACE, [deployment()], []) is None


def test_what_is_applied_so_far_changes_with_content_and_not_with_status() -> None:
    town = Town(deployment(), CONFIG)
    before = applied_so_far(town, NAMESPACE, [deployment(), CONFIG])
    town.put(deployment(readyReplicas=1))
    assert applied_so_far(town, NAMESPACE, [deployment(), CONFIG]) == before
    town.put(OTHER)
    assert applied_so_far(town, NAMESPACE, [deployment(), CONFIG]) != before


def test_what_cannot_be_read_is_never_the_same() -> None:
    town = Town(deployment())
    town.before = fail_with("Forbidden")
    found = [applied_so_far(town, NAMESPACE, [deployment()]) for _ in range(2)]
    assert found[0] != found[1]
