"""The one walk over nested inputs."""

from typing import Any

import pytest

from helm_rollback_component.inputs.property_paths import value_at
from helm_rollback_component.inputs.tree import DROP, leaves, map_leaves, same

NESTED: dict[str, Any] = {"a": {"b.c": [1, (2, None)]}, "d": [], "e": {}, "f": "text"}


def test_every_leaf_comes_with_its_path() -> None:
    assert dict(leaves(NESTED)) == {
        'a["b.c"][0]': 1,
        'a["b.c"][1][0]': 2,
        'a["b.c"][1][1]': None,
        "d": [],
        "e": {},
        "f": "text",
    }


def test_a_path_leads_to_its_leaf() -> None:
    listed = map_leaves(NESTED, lambda leaf: leaf)
    for path, leaf in leaves(listed):
        assert value_at(listed, path) == leaf


def test_paths_begin_where_the_walk_does() -> None:
    assert list(leaves([1], "values.list")) == [("values.list[0]", 1)]


@pytest.mark.parametrize("leaf", [1, "text", None])
def test_a_leaf_alone_is_a_leaf(leaf: object) -> None:
    assert list(leaves(leaf)) == [("", leaf)]
    assert map_leaves(leaf, lambda found: (found,)) == (leaf,)


def test_each_leaf_is_changed_and_nothing_else() -> None:
    assert map_leaves(NESTED, str) == {
        "a": {"b.c": ["1", ["2", "None"]]},
        "d": [],
        "e": {},
        "f": "text",
    }
    assert NESTED["a"]["b.c"] == [1, (2, None)]


def test_a_leaf_may_be_left_out() -> None:
    changed = map_leaves({"a": [1, 2], "b": 1}, lambda leaf: DROP if leaf == 1 else leaf)
    assert changed == {"a": [2]}


def test_keys_may_be_changed() -> None:
    assert map_leaves({1: {2: 3}}, lambda leaf: leaf, key=str) == {"1": {"2": 3}}


def test_a_mapping_may_be_taken_for_a_leaf() -> None:
    marked = {"a": {"mark": 1}, "b": {"c": {"mark": 2}}}
    assert map_leaves(marked, lambda leaf: leaf["mark"], is_leaf=lambda part: "mark" in part) == {
        "a": 1,
        "b": {"c": 2},
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [2, {"c": None}]}, {"b": (2.0, {"c": None}), "a": 1.0}),
        ([], ()),
        ({}, {}),
        (True, True),
        ("text", "text"),
    ],
)
def test_the_same_is_the_same_in_another_order_and_form(one: object, other: object) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        ([0], [False]),
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": 1}, {"b": 1}),
        ({"0": 1}, [1]),
        ([1], [1, 1]),
        ([], {}),
        ({}, None),
        ("a", ["a"]),
    ],
)
def test_what_is_not_the_same_differs(one: object, other: object) -> None:
    assert not same(one, other)
    assert not same(other, one)
