"""Objects in manifests."""

import pytest

from helm_rollback_component.kube.storage.manifests import UnreadableError, parse

TWO = """
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
---
# nothing here
---
apiVersion: v1
kind: Secret
metadata:
  name: b
"""


def test_objects_come_in_order() -> None:
    assert [(found["kind"], found["metadata"]["name"]) for found in parse(TWO)] == [
        ("ConfigMap", "a"),
        ("Secret", "b"),
    ]


@pytest.mark.parametrize("manifest", ["", "\n---\n", "# nothing\n"])
def test_nothing_is_nothing(manifest: str) -> None:
    assert parse(manifest) == ()


def test_lists_are_opened() -> None:
    listed = "kind: List\nitems:\n- kind: ConfigMapList\n  items:\n  - {kind: ConfigMap}\n- {kind: Pod}\n"
    assert [found["kind"] for found in parse(listed)] == ["ConfigMap", "Pod"]


def test_a_kind_that_only_sounds_like_a_list_is_none() -> None:
    assert parse("kind: AllowList\nspec: {}\n") == ({"kind": "AllowList", "spec": {}},)


def test_dates_and_equal_signs_are_strings() -> None:
    (found,) = parse("kind: X\nday: 2026-01-01\nmatch: [=, a]\nn: 1\nz: null\n")
    assert found == {"kind": "X", "day": "2026-01-01", "match": ["=", "a"], "n": 1, "z": None}


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("kind: A\nb: [hunter2\n", "not YAML in line"),
        ("kind: !!int hunter2", "not YAML"),
        ("kind: hunter2\x00", "not YAML"),
        ("- hunter2\n", "not a Kubernetes object"),
        ("hunter2: true\n", "not a Kubernetes object"),
        ("kind: List\nitems: [hunter2]\n", "not a Kubernetes object"),
    ],
)
def test_what_is_no_manifest_is_refused_without_repeating_it(manifest: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message) as caught:
        parse(manifest)
    assert "hunter2" not in str(caught.value)
