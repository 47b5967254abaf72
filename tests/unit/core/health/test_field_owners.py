"""Fields that another manager than Helm set, and which of them a release takes over."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.field_owners import foreign_entries, foreign_fields, takeovers
from helm_rollback_component.core.health.kept import kept
from tests.unit.core.health.health_objects import NAMESPACE, deployment, owner

MAIN: dict[str, Any] = {'k:{"name":"main"}': {".": {}, "f:image": {}}}
IMAGE = {"f:spec": {"f:template": {"f:spec": {"f:containers": MAIN}}}}
PODS: dict[str, Any] = {"f:spec": {"f:template": {"f:spec": {"f:containers": {}}}}}
QUOTED: list[dict[str, Any]] = [
    {"image": "other", "name": "side"},
    {"image": "live", "name": "main", "port": "80"},
]
SELECTOR: dict[str, Any] = {"f:spec": {"f:selector": {}}}
REPLICAS: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
CONTAINERS: list[dict[str, Any]] = [
    {"name": "side", "image": "other"},
    {"name": "main", "image": "live", "port": 80},
]


def managed(manager: str, fields: object, **more: str) -> dict[str, Any]:
    """Make an entry of ``managedFields``."""
    return {"manager": manager, "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": fields, **more}


def live(*entries: object, **spec: Any) -> dict[str, Any]:
    """Make a live Deployment that others wrote to."""
    found = deployment()
    found["metadata"] |= {"managedFields": list(entries)}
    found["spec"] |= {"template": {"spec": {"containers": CONTAINERS}}, **spec}
    return found


def told(before: dict[str, Any], **spec: Any) -> list[str]:
    """Return what is told of a release whose Deployment is to have that spec."""
    desired = {**deployment(), "spec": spec}
    key = objects.key(desired, NAMESPACE)
    return [*takeovers([desired], NAMESPACE, Baseline(foreign={key: foreign_fields(kept(before))}))]


def test_a_field_that_is_set_to_another_value_is_told_with_its_manager() -> None:
    scaled = live(managed("kubectl", REPLICAS, subresource="scale"), replicas=5)
    (line,) = told(scaled, replicas=1)
    assert line == (
        "kubectl (subresource scale) set .spec.replicas of Deployment web; "
        "the chart sets it too and takes it over"
    )


def test_so_is_a_field_in_a_list() -> None:
    edited = live(managed("kubectl-edit", IMAGE))
    (line,) = told(edited, template={"spec": {"containers": [{"name": "main", "image": "new"}]}})
    assert line.startswith(
        'kubectl-edit set .spec.template.spec.containers[name="main"].image of Deployment web'
    )


@pytest.mark.parametrize(
    ("entry", "spec"),
    [
        (managed("kubectl", REPLICAS), {"paused": True}),
        (managed("kubectl", REPLICAS), {"replicas": 5}),
        (managed("helm", REPLICAS), {"replicas": 1}),
        (managed("helm4", REPLICAS), {"replicas": 1}),
        (managed("helm-controller", REPLICAS, operation="Apply"), {"replicas": 1}),
        (managed("pulumi-resource-kubernetes", REPLICAS), {"replicas": 1}),
        (managed("kubectl", SELECTOR), {"selector": {"matchLabels": {"b": "2", "a": "1"}}}),
        (managed("kubectl", PODS), {"template": {"spec": {"containers": QUOTED}}}),
        (managed("kube-controller-manager", REPLICAS, subresource="status"), {"replicas": 1}),
        (managed("helm-rollback-show", {"f:spec": {"f:replicas": {}}}, operation="Apply"), {"replicas": 1}),
        (managed("kubectl", IMAGE), {"template": {"spec": {"containers": [{"name": "another"}]}}}),
        (managed("kubectl", {"f:spec": {"f:unknown": {}, "v:1": {}}}), {"replicas": 1}),
        (managed("kubectl", {"f:spec": {"k:{}": {}}, "f:status": "text"}), {"replicas": 1}),
        (managed("kubectl", "text"), {"replicas": 1}),
        ("text", {"replicas": 1}),
    ],
    ids=[
        "not in the chart",
        "the same value",
        "Helm's own",
        "Helm's own by another name",
        "Helm's within Flux",
        "Helm's within Pulumi's Kubernetes provider",
        "the same value in another order",
        "the same value, quoted",
        "a controller's status",
        "this package",
        "an element that is not there",
        "a field that is not kept",
        "steps that lead nowhere",
        "fields of another form",
        "an entry of another form",
    ],
)
def test_anything_else_is_not(entry: object, spec: dict[str, Any]) -> None:
    found = live(entry, replicas=5, selector={"matchLabels": {"a": "1", "b": "2"}})
    assert told(found, **spec) == []


def test_a_new_object_takes_nothing_over() -> None:
    assert [*takeovers([deployment()], NAMESPACE, Baseline())] == []


def test_the_element_of_a_list_may_lack_what_has_a_default() -> None:
    port: dict[str, Any] = {"f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {"f:name": {}}}}
    fields = {"f:spec": {"f:template": port}}
    edited = live(managed("kubectl", fields))
    edited["spec"]["template"] = {"ports": [{"containerPort": 80, "protocol": "TCP", "name": "web"}]}
    (line,) = told(edited, template={"ports": [{"containerPort": 80, "name": "http"}]})
    assert '.ports[containerPort=80,protocol="TCP"].name' in line


def test_nothing_is_kept_of_what_a_controller_made() -> None:
    """Such objects are many, and a release does not apply them."""
    pod = live(managed("kubectl", REPLICAS))
    pod["metadata"]["ownerReferences"] = [owner("Deployment-web")]
    assert "managedFields" not in objects.meta(kept(pod))


def test_managed_fields_of_another_form_are_none() -> None:
    found = deployment()
    found["metadata"]["managedFields"] = {"a": "b"}
    assert foreign_entries(found) == []
