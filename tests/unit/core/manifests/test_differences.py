"""Which objects differ between two manifests, and that nothing secret is told."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests.differences import ObjectDifference, differences, keyed
from helm_rollback_component.inputs.redaction import Redactor

_PASSWORD = "correct-horse-battery"
_NEXT = "staple-of-tomorrow"


def _object(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    api_version = fields.pop("api_version", "v1")
    metadata = {"name": name, **fields.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def _found(
    old: list[dict[str, Any]], new: list[dict[str, Any]], redact: Redactor | None = None
) -> tuple[ObjectDifference, ...]:
    return differences(keyed(old, "shop"), keyed(new, "shop"), redact or Redactor())


def _told(found: tuple[ObjectDifference, ...]) -> list[tuple[str, str]]:
    return [(str(each.key), each.change.value) for each in found]


def test_removed_objects_come_first_then_changed_then_added_ones() -> None:
    old = [_object("ConfigMap", "a", data={"x": "1"}), _object("Service", "b"), _object("Service", "c")]
    new = [_object("Job", "d"), _object("ConfigMap", "a", data={"x": "2"}), _object("Service", "c")]
    assert _told(_found(old, new)) == [
        ("Service b", "removed"),
        ("ConfigMap a", "changed"),
        ("Job d", "added"),
    ]


def test_a_namespace_that_is_the_releases_may_be_named_or_not() -> None:
    old, new = _object("Service", "a"), _object("Service", "a", metadata={"namespace": "shop"})
    (found,) = _found([old], [new])
    assert [field.path for field in found.fields] == ["metadata.namespace"]


def test_another_version_of_the_api_is_the_same_object() -> None:
    old, new = (_object("CronJob", "a", api_version=f"batch/{version}") for version in ("v1beta1", "v1"))
    (found,) = _found([old], [new])
    assert [(field.path, field.old, field.new) for field in found.fields] == [
        ("apiVersion", "batch/v1beta1", "batch/v1")
    ]


@pytest.mark.parametrize("today", ["apps/v1", "networking.k8s.io/v1", "policy/v1"])
def test_an_object_of_the_former_group_is_the_same_today(today: str) -> None:
    old = _object("Ingress", "a", api_version="extensions/v1beta1")
    assert _told(_found([old], [_object("Ingress", "a", api_version=today)])) == [("Ingress a", "changed")]


def test_other_objects_of_the_former_group_are_removed() -> None:
    old = _object("Ingress", "a", api_version="extensions/v1beta1")
    assert _told(_found([old], [])) == [("Ingress a", "removed")]


def test_an_object_of_another_group_is_another_one() -> None:
    old, new = (_object("Service", "a", api_version=api) for api in ("v1", "serving.knative.dev/v1"))
    assert _told(_found([old], [new])) == [("Service a", "removed"), ("Service a", "added")]


def test_hooks_and_what_helm_keeps_are_marked() -> None:
    old = _object("PersistentVolumeClaim", "a", metadata={"annotations": {"helm.sh/resource-policy": "keep"}})
    new = _object("Job", "b", metadata={"annotations": {"helm.sh/hook": "pre-upgrade"}})
    removed, added = _found([old], [new])
    assert (removed.kept, removed.hook, added.kept, added.hook) == (True, False, False, True)


def test_the_data_of_a_secret_is_changed_alone() -> None:
    old = _object("Secret", "s", stringData={"password": _PASSWORD, "same": "here", "gone": "away-with-it"})
    new = _object("Secret", "s", data={"password": "c3RhcGxl", "same": "aGVyZQ==", "more": "AAAA"})
    (found,) = _found([old], [new])
    told = {field.path: (field.change.value, field.old, field.new, field.secret) for field in found.fields}
    assert told == {
        "data.password": ("changed", None, None, True),
        "data.gone": ("removed", None, None, True),
        "data.more": ("added", None, None, True),
    }


def test_a_secret_that_has_data_for_the_first_time_tells_none_of_it() -> None:
    (found,) = _found([_object("Secret", "s")], [_object("Secret", "s", data={"password": "c3RhcGxl"})])
    assert [(field.path, field.new, field.secret) for field in found.fields] == [("data", None, True)]


@pytest.mark.parametrize("template", ["{}", "postgres://shop:{}@db/shop", '{{"password": "{}"}}'])
def test_what_a_secret_holds_is_told_nowhere(template: str) -> None:
    old, new = (
        [
            _object("Secret", "s", stringData={"password": password}),
            _object("ConfigMap", "c", data={"x": template.format(password)}),
        ]
        for password in (_PASSWORD, _NEXT)
    )
    (field,) = _found(old, new)[1].fields
    assert (field.path, field.old, field.new, field.secret) == ("data.x", None, None, True)


def test_what_is_marked_secret_is_told_nowhere() -> None:
    old, new = ([_object("ConfigMap", "c", data={"x": value})] for value in (_PASSWORD, _NEXT))
    found = _found(old, new, Redactor([_PASSWORD, _NEXT]))
    assert found[0].fields[0].secret
    assert not any(secret in repr(found) for secret in (_PASSWORD, _NEXT))


def test_a_number_that_is_marked_secret_is_not_told() -> None:
    old, new = ([_object("Thing", "t", spec={"pin": pin, "on": True})] for pin in (471_147, 815_518))
    assert _found(old, new, Redactor(["815518"]))[0].fields[0].secret


def test_what_stands_beside_a_secret_is_told() -> None:
    old, new = ([_object("ConfigMap", "c", data={"x": f"{_PASSWORD} {tag}"})] for tag in ("1.0", "2.0"))
    (field,) = _found(old, new, Redactor([_PASSWORD]))[0].fields
    assert (field.old, field.new) == ("[secret] 1.0", "[secret] 2.0")


def test_ports_and_binaries_of_secrets_hide_nothing_else() -> None:
    secret = _object("Secret", "s", data={"port": "NTQzMg==", "binary": "/w=="}, stringData={"on": "true"})
    old, new = ([secret, _object("ConfigMap", "c", data={"x": port})] for port in ("5432", "5433"))
    (field,) = _found(old, new)[0].fields
    assert (field.old, field.new) == ("5432", "5433")


def test_values_of_an_added_field_are_masked_one_by_one() -> None:
    new = _object("Thing", "t", spec={"env": [{"name": "P", "value": _PASSWORD}], "none": None})
    (field,) = _found([_object("Thing", "t")], [new], Redactor([_PASSWORD]))[0].fields
    assert field.new == {"env": [{"name": "P", "value": "[secret]"}], "none": None}
