"""Which inputs differ, down to the single value."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import Unknown
from pulumi.runtime.proto import provider_pb2

from helm_rollback_component.plugin.differences import detailed

KIND = provider_pb2.PropertyDiff


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": 1}, {"a": True}, {"a": KIND.UPDATE}),
        ({"a": {"b.c": [1, 2]}}, {"a": {"b.c": [1, 3]}}, {'a["b.c"][1]': KIND.UPDATE}),
        ({"a": [1, 2]}, {"a": [1]}, {"a[1]": KIND.DELETE}),
        ({"a": [1]}, {"a": [1, None]}, {"a[1]": KIND.ADD}),
        ({"a": {"b": 1}}, {"a": {}, "c": None}, {"a.b": KIND.DELETE, "c": KIND.ADD}),
        ({"a": [1]}, {"a": {"0": 1}}, {"a": KIND.UPDATE}),
        ({"a": {"b": 1}}, {"a": "b"}, {"a": KIND.UPDATE}),
        ({"a": 1}, {"a": Unknown()}, {"a": KIND.UPDATE}),  # type: ignore[no-untyped-call]
    ],
)
def test_each_value_that_differs_is_named(
    old: dict[str, Any], new: dict[str, Any], differences: dict[str, int]
) -> None:
    found = detailed(old, new, [])
    assert {path: difference.kind for path, difference in found.items()} == differences
    assert all(difference.inputDiff for difference in found.values())


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, KIND.UPDATE_REPLACE),
        ({"a": {"b": 1}}, {"a": {}}, KIND.DELETE_REPLACE),
        ({"a": {}}, {"a": {"b": 1}}, KIND.ADD_REPLACE),
    ],
)
@pytest.mark.parametrize("replacing", ["a", "a.b"])
def test_what_replaces_says_so(old: dict[str, Any], new: dict[str, Any], kind: int, replacing: str) -> None:
    found = detailed(old | {"ab": 1}, new | {"ab": 2}, [replacing])
    assert (found["a.b"].kind, found["ab"].kind) == (kind, KIND.UPDATE)
