"""What only failed revisions had added: which of it is still there, and the patch that removes it."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.remediation.leftovers import leftovers, removal, spelled

NAMESPACE = "apps"
MAIN = {"name": "main", "image": "web:1"}
SIDECAR = {"name": "sidecar", "image": "sidecar:1"}


def deployment(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Return a Deployment with these containers."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "resourceVersion": "7"},
        "spec": {**spec, "template": {"spec": {"containers": [*containers]}}},
    }


def config(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        "data": {"a": "1"},
    }


def fields(failed: dict[str, Any], declared: dict[str, Any]) -> list[str]:
    """Return what may be left of one object, as a person reads it."""
    found = leftovers([[failed]], [declared], NAMESPACE)
    return [spelled(path) for each in found for path in each.fields]


def removed(failed: dict[str, Any], declared: dict[str, Any], live: dict[str, Any]) -> list[str]:
    """Return which parts of the live object are removed."""
    (found,) = leftovers([[failed]], [declared], NAMESPACE)
    return [step["path"] for step in removal(live, found.fields) if step["op"] == "remove"]


def test_an_object_that_only_a_failed_revision_had_is_left() -> None:
    (found,) = leftovers([[config("web"), config("extra")]], [config("web")], NAMESPACE)
    assert found.object == config("extra")
    assert not found.fields


def test_what_is_declared_is_not_left() -> None:
    assert not leftovers([[config("web"), deployment(MAIN)]], [deployment(MAIN), config("web")], NAMESPACE)


def test_the_namespace_of_the_release_is_that_of_objects_without_one() -> None:
    assert not leftovers([[config("web")]], [config("web", namespace=NAMESPACE)], NAMESPACE)
    assert leftovers([[config("web", namespace="other")]], [config("web")], NAMESPACE)


def test_objects_in_a_list_count_one_by_one() -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": [config("web"), config("extra")]}
    (found,) = leftovers([[listed]], [config("web")], NAMESPACE)
    assert found.object == config("extra")


@pytest.mark.parametrize(
    ("failed", "declared", "left"),
    [
        (deployment(MAIN, SIDECAR), deployment(MAIN), ["spec.template.spec.containers[sidecar]"]),
        (deployment(MAIN, paused=True), deployment(MAIN), ["spec.paused"]),
        (deployment(MAIN, paused=True), deployment(MAIN, paused=False), []),
        (deployment(MAIN, paused=None), deployment(MAIN), []),
        (
            deployment({**MAIN, "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}),
            deployment({**MAIN, "env": [{"name": "A", "value": "other"}]}),
            ["spec.template.spec.containers[main].env[B]"],
        ),
        (
            deployment({**MAIN, "ports": [{"containerPort": 80}, {"containerPort": 81}]}),
            deployment({**MAIN, "ports": [{"containerPort": 80}]}),
            ["spec.template.spec.containers[main].ports[81]"],
        ),
        (deployment({**MAIN, "args": ["-a", "-b"]}), deployment({**MAIN, "args": ["-a"]}), []),
        (deployment({**MAIN, "env": []}), deployment({**MAIN, "env": []}), []),
        (
            deployment({**MAIN, "env": [{"name": "A", "value": "1"}]}),
            deployment({**MAIN, "env": []}),
            ["spec.template.spec.containers[main].env[A]"],
        ),
        (deployment({**MAIN, "env": []}), deployment({**MAIN, "env": [{"name": "A"}]}), []),
        (deployment({**MAIN, "args": ["-a"]}), deployment({**MAIN, "args": []}), []),
        (deployment({**MAIN, "x": [{"a": 1}]}), deployment({**MAIN, "x": [{"b": 1}]}), []),
        (
            config("web", labels={"a/b": "1"}, annotations={"c": "2"}, finalizers=["d"]),
            config("web"),
            ["metadata.annotations", "metadata.labels"],
        ),
    ],
)
def test_fields_that_only_a_failed_revision_had_are_left(
    failed: dict[str, Any], declared: dict[str, Any], left: list[str]
) -> None:
    assert fields(failed, declared) == left


def test_what_each_failed_revision_had_adds_up() -> None:
    first, second = deployment(MAIN, SIDECAR), deployment(MAIN, paused=True)
    (found,) = leftovers([[first], [second]], [deployment(MAIN)], NAMESPACE)
    assert sorted(map(spelled, found.fields)) == ["spec.paused", "spec.template.spec.containers[sidecar]"]


def test_removed_is_what_is_still_there_from_the_end_of_a_list_on() -> None:
    failed = deployment(MAIN, SIDECAR, {"name": "other"}, {"name": "gone"})
    live = deployment(SIDECAR, MAIN, {"name": "other"})
    assert removed(failed, deployment(MAIN), live) == [
        "/spec/template/spec/containers/2",
        "/spec/template/spec/containers/0",
    ]


def test_a_removal_changes_nothing_newer() -> None:
    (found,) = leftovers([[deployment(MAIN, SIDECAR)]], [deployment(MAIN)], NAMESPACE)
    guard, _ = removal(deployment(MAIN, SIDECAR), found.fields)
    assert guard == {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}


def test_a_value_that_somebody_else_has_set_stays() -> None:
    failed, declared = deployment(MAIN, replicas=3), deployment(MAIN)
    assert removed(failed, declared, deployment(MAIN, replicas=3)) == ["/spec/replicas"]
    assert removed(failed, declared, deployment(MAIN, replicas=5)) == []


@pytest.mark.parametrize(
    "live", [deployment(MAIN), {"spec": "text"}, {"spec": {"template": {"spec": 1}}}, {}]
)
def test_nothing_is_removed_where_it_is_gone(live: dict[str, Any]) -> None:
    assert removed(deployment(MAIN, SIDECAR), deployment(MAIN), live) == []


def test_names_with_a_slash_or_a_tilde_are_escaped() -> None:
    failed = config("web", labels={"a/b": "1", "c~d": "2", "e": "3"})
    declared = config("web", labels={"e": "3"})
    live = config("web", labels={"a/b": "1", "c~d": "2", "e": "3"})
    assert sorted(removed(failed, declared, live)) == ["/metadata/labels/a~1b", "/metadata/labels/c~0d"]
