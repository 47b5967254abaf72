"""Having watches tell of an object again leaves it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.kube.health.showing import show
from tests.unit.core.health.health_objects import deployment
from tests.unit.kube.health.health_cluster import NAMESPACE, Town, fail_with

if TYPE_CHECKING:
    import pytest

LABELS = {"app.kubernetes.io/managed-by": "Helm"}


def test_the_label_that_helm_gives_is_claimed_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, Any]] = []
    town = Town()

    def patch(path: str, body: Any, *, content_type: str) -> None:
        assert content_type == "application/apply-patch+yaml"
        sent.append((path, body["metadata"]))

    monkeypatch.setattr(town, "patch", patch)
    show(town, NAMESPACE, [deployment()])
    path = "/apis/apps/v1/namespaces/apps/deployments/web?fieldManager=helm-rollback-show"
    assert sent == [(path, {"name": "web", "labels": each}) for each in (LABELS, {})]


def test_where_that_is_refused_nothing_happens() -> None:
    town = Town(deployment())
    town.before = fail_with("Forbidden")
    show(town, NAMESPACE, [deployment()])
    assert "patch" not in {verb for verb, _ in town.asked}
