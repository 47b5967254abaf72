"""What is told of the namespaces that a first deployment needs."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests import needed_namespaces
from helm_rollback_component.core.manifests.differences import keyed

MADE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "made"}}


@pytest.mark.parametrize(
    ("others", "rendered", "managed", "needed"),
    [
        ([], [], False, ["apps"]),
        ([], [], True, []),
        (["b", "a", "apps"], [], False, ["apps", "a", "b"]),
        (["b", "apps"], [], True, ["b"]),
        (["made", "other"], [MADE], False, ["apps", "other"]),
        ([], [{**MADE, "metadata": {"name": "apps"}}], False, ["apps"]),
    ],
    ids=["its own", "its own, managed", "of objects", "managed", "made by the chart", "Helm needs it before"],
)
def test_which_have_to_be_there(
    others: list[str], rendered: list[dict[str, Any]], *, managed: bool, needed: list[str]
) -> None:
    new = keyed(rendered, "apps")
    assert needed_namespaces.needed("apps", others, new, managed=managed) == needed


def test_what_is_told_of_those_that_are_not() -> None:
    assert needed_namespaces.told([], []) == ""
    assert (
        needed_namespaces.told(["apps"], [])
        == "; namespace apps does not exist yet: it must be made before this release"
    )
    assert needed_namespaces.told(["a", "b"], ["c"]) == (
        "; namespaces a, b do not exist yet: they must be made before this release"
        "; namespace c is being deleted: it must be made anew before this release"
    )
