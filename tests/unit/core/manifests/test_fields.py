"""Which fields of an object differ."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests.fields import Change, FieldDifference, field_differences


def _told(old: object, new: object) -> list[tuple[str, str, Any, Any]]:
    return [(each.path, each.change.value, each.old, each.new) for each in field_differences(old, new)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": {"b": [1, "x", None]}}, {"a": {"b": [1, "x", None]}}),
        ({"a": None}, {}),
        ({"a": 1}, {"a": 1.0}),
        ([], []),
    ],
)
def test_what_is_the_same_to_the_api_server_is_no_difference(old: object, new: object) -> None:
    assert _told(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 2}, ("a", "changed", 1, 2)),
        ({"a": 1}, {"a": "1"}, ("a", "changed", 1, "1")),
        ({"a": 1}, {"a": True}, ("a", "changed", 1, True)),
        ({}, {"a": {"b": 1}}, ("a", "added", None, {"b": 1})),
        ({"a": {"b": 1}}, {"a": None}, ("a", "removed", {"b": 1}, None)),
        ({"a": {}}, {"a": []}, ("a", "changed", {}, [])),
        ({"a": {"b.c": 1}}, {"a": {"b.c": 2}}, ('a["b.c"]', "changed", 1, 2)),
        ({"a": ["x", "y"]}, {"a": ["x", "z", "y"]}, ("a[1]", "added", None, "z")),
        ({"a": ["x", "y", "z"]}, {"a": ["y", "z"]}, ("a[0]", "removed", "x", None)),
        ({"a": []}, {"a": ["x"]}, ("a[0]", "added", None, "x")),
        ({"a": [{"b": {"c": 1}}]}, {"a": [{"b": {"c": 2}}]}, ("a[0].b.c", "changed", 1, 2)),
    ],
)
def test_a_field_that_differs(old: object, new: object, expected: tuple[object, ...]) -> None:
    assert _told(old, new) == [expected]


def test_an_element_is_known_by_its_name_wherever_it_stands() -> None:
    old = {"containers": [{"name": "web", "image": "a"}, {"name": "log", "image": "b"}]}
    new = {"containers": [{"name": "log", "image": "b"}, {"name": "web", "image": "c"}]}
    assert _told(old, new) == [("containers[web].image", "changed", "a", "c")]


def test_an_element_of_another_name_is_another_one() -> None:
    old, new = ({"env": [{"name": name, "value": "1"}]} for name in "AB")
    assert _told(old, new) == [
        ("env[A]", "removed", {"name": "A", "value": "1"}, None),
        ("env[B]", "added", None, {"name": "B", "value": "1"}),
    ]


def test_an_element_without_a_name_is_known_by_another_key() -> None:
    old = {"ports": [{"port": 80, "targetPort": 1}, {"port": 443, "targetPort": 2}]}
    new = {"ports": [{"port": 443, "targetPort": 3}, {"port": 80, "targetPort": 1}]}
    assert _told(old, new) == [("ports[port=443].targetPort", "changed", 2, 3)]


def test_mounts_of_one_volume_are_known_by_their_paths() -> None:
    old = {"m": [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}]}
    new = {"m": [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b", "readOnly": True}]}
    assert _told(old, new) == [("m[mountPath=/b].readOnly", "added", None, True)]


def test_another_order_alone_is_told_once() -> None:
    old, new = {"env": [{"name": "A"}, {"name": "B"}]}, {"env": [{"name": "B"}, {"name": "A"}]}
    assert [*field_differences(old, new)] == [FieldDifference("env", Change.REORDERED)]


def test_elements_of_very_long_lists_are_compared_by_place() -> None:
    old = {"a": [f"x{number}" for number in range(1100)]}
    new = {"a": ["new", *old["a"][1:]]}
    assert _told(old, new) == [("a[0]", "changed", "x0", "new")]
