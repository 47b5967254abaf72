"""Fields that others set in objects which no informer has whole, and what it costs to read them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.field_owners import takeovers
from helm_rollback_component.kube.health import field_owners
from helm_rollback_component.kube.health.field_owners import ForeignFieldsLook
from helm_rollback_component.kube.health.observer import baseline
from tests.unit.core.health.health_objects import deployment, job, thing
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, fail_with

if TYPE_CHECKING:
    import pytest

    from helm_rollback_component.core.health.baseline import Baseline

HELM = {"labels": {"app.kubernetes.io/managed-by": "Helm"}}


def settings(name: str = "web", value: str = "theirs", manager: str = "editor") -> dict[str, Any]:
    """Make a live ConfigMap whose field `data.a` a manager set."""
    entry = {"manager": manager, "fieldsV1": {"f:data": {"f:a": {}}}}
    found = thing("ConfigMap", name)
    metadata = {**found["metadata"], **HELM, "managedFields": [entry]}
    return {**found, "metadata": metadata, "data": {"a": value}}


def declared(name: str = "web") -> dict[str, Any]:
    return {**thing("ConfigMap", name), "data": {"a": "ours"}}


def look(town: Town, *manifests: dict[str, Any]) -> Baseline:
    """Look at what there is, and forget what that asked of the cluster."""
    before = baseline(Onlookers(town), NAMESPACE, manifests)
    town.asked.clear()
    return ForeignFieldsLook(town, NAMESPACE, manifests).added_to(before)


def told(town: Town, *manifests: dict[str, Any]) -> list[str]:
    return [*takeovers(manifests, NAMESPACE, look(town, *manifests))]


def test_a_field_of_an_object_that_is_not_followed_is_told() -> None:
    town = Town(settings())
    assert told(town, declared()) == [
        "editor set .data.a of ConfigMap web; the chart sets it too and takes it over"
    ]
    assert town.requests() == ("get metadata of web", "get web")


def test_where_only_helm_wrote_one_request_for_each_kind_is_all() -> None:
    names = [f"web-{number}" for number in range(9)]
    town = Town(*(settings(name, manager="helm") for name in names))
    assert told(town, *map(declared, names), thing("Service")) == []
    assert sorted(town.requests()) == ["get metadata of web", "list configmaps"]


def test_where_others_wrote_to_many_they_are_read_at_once() -> None:
    names = ["a", "b", "c"]
    town = Town(*map(settings, [*names, "of-another-release"]))
    assert len(told(town, *map(declared, names))) == len(names)
    assert town.requests() == ("list configmaps", "list configmaps")


def test_an_object_that_goes_between_two_requests_is_left_out() -> None:
    town = Town(settings())

    def go(verb: str, path: str) -> None:
        if verb == "get":
            town.delete(path)

    town.before = go
    assert told(town, declared()) == []


def test_what_an_informer_does_not_keep_of_an_object_is_read_by_its_name() -> None:
    entry = {"manager": "editor", "fieldsV1": {"f:spec": {"f:strategy": {"f:type": {}}}}}
    live = deployment()
    annotations = {objects.RELEASE_NAME: "web"}
    live["metadata"] |= {"managedFields": [entry], "annotations": annotations}
    live["spec"] |= {"strategy": {"type": "Recreate"}}
    wanted = {**deployment(), "spec": {"strategy": {"type": "RollingUpdate"}}}
    town = Town(live)
    assert len(told(town, wanted)) == 1
    assert town.requests() == ("get web",)


def test_neither_hooks_nor_what_the_informers_have_whole_nor_unknown_kinds_are_read() -> None:
    hook = declared("hook")
    hook["metadata"] |= {"annotations": {objects.HOOK: "pre-upgrade"}}
    unknown = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}}
    town = Town(settings("hook"), deployment(), job())
    assert told(town, hook, deployment(), job(), unknown) == []
    assert town.requests() == ()


def test_what_may_not_be_read_is_left_out() -> None:
    town = Town(settings())
    before = look(town)
    town.before = fail_with("Forbidden")
    assert ForeignFieldsLook(town, NAMESPACE, [declared()]).added_to(before) == before


def test_nothing_is_waited_for_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_owners, "_PATIENCE", 0.0)
    town, answered = Town(settings()), threading.Event()
    before = look(town)

    def hold(_verb: str, _path: str) -> None:
        answered.wait()

    town.before = hold
    assert ForeignFieldsLook(town, NAMESPACE, [declared()]).added_to(before) == before
    answered.set()


def test_what_is_read_for_a_warning_is_bounded() -> None:
    town = Town()
    many = [{**declared(f"web-{number}"), "apiVersion": f"v{number}"} for number in range(99)]
    look(town, *many)
    assert len([version for verb, version in town.asked if verb == "discover"]) == 32
