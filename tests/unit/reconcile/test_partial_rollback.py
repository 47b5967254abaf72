"""What is seen of the objects that a rollback restored in part, and of hooks that are left."""

from __future__ import annotations

from typing import Any

from helm_rollback_component.reconcile.left_hooks import without_left_hooks
from helm_rollback_component.reconcile.partial_rollback import unrestored
from tests.unit.core.health.health_objects import deployment
from tests.unit.kube.health.health_cluster import NAMESPACE, Town, fail_with

CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "config", "namespace": NAMESPACE},
    "spec": {"type": "ClusterIP"},
}
OTHER = {**CONFIG, "spec": {"type": "NodePort"}}
RECORDED = "2026-01-01T00:00:10Z"


def job(name: str, hook: str, created: str = "") -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, "annotations": {"helm.sh/hook": hook}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, **({"creationTimestamp": created} if created else {})},
    }


def test_what_could_not_go_back_is_named() -> None:
    town = Town(deployment(), OTHER)
    assert unrestored(town, NAMESPACE, [deployment(), CONFIG], [deployment(), OTHER]) == ("Service config",)


def test_what_is_gone_is_not_restored() -> None:
    assert unrestored(Town(OTHER), NAMESPACE, [deployment()], []) is None


def test_a_hook_that_is_older_than_the_revision_is_not_looked_at() -> None:
    declared = [
        deployment(),
        *(job(name, "pre-upgrade") for name in ("old", "new", "absent")),
        job("test", "test"),
    ]
    town = Town(
        job("old", "pre-upgrade", "2026-01-01T00:00:09Z"),
        job("new", "pre-upgrade", "2026-01-01T00:00:10Z"),
        job("test", "test", "2026-01-01T00:00:09Z"),
    )
    found = without_left_hooks(town, NAMESPACE, declared, RECORDED)
    assert [each["metadata"]["name"] for each in found] == ["web", "new", "absent", "test"]


def test_a_hook_that_cannot_be_seen_is_looked_at() -> None:
    town = Town(job("old", "pre-upgrade", "2026-01-01T00:00:09Z"))
    town.before = fail_with("Forbidden")
    assert len(without_left_hooks(town, NAMESPACE, [job("old", "pre-upgrade")], RECORDED)) == 1
