"""What is seen of the objects that a rollback restored in part."""

from __future__ import annotations

from typing import Any

from helm_rollback_component.reconcile.partial_rollback import unrestored
from tests.unit.core.health.health_objects import deployment
from tests.unit.kube.health.health_cluster import NAMESPACE, Town

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
