"""What a chart makes anew each time it is rendered."""

from __future__ import annotations

from typing import Any

from helm_rollback_component.core.manifests.differences import differences, keyed
from helm_rollback_component.core.manifests.unsteady import without_unsteady


def _object(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def test_fields_that_differ_at_each_rendering_are_told_apart() -> None:
    old = [_object("only", token="a"), _object("both", token="a", mode="x")]
    new = [_object("only", token="b"), _object("both", token="b", mode="y"), _object("added", token="b")]
    anew = [_object("only", token="c"), _object("both", token="c", mode="y"), _object("added", token="c")]
    before, after, again = (keyed(each, "shop") for each in (old, new, anew))
    found, named = without_unsteady(differences(before, after), differences(after, again))
    assert [(each.key.name, [field.path for field in each.fields]) for each in found] == [
        ("both", ["data.mode"]),
        ("added", []),
    ]
    assert named == (
        "data.token of ConfigMap added",
        "data.token of ConfigMap both",
        "data.token of ConfigMap only",
    )
