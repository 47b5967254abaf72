"""What the requests after a diff know of a replacement."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.pulumi_adapter import replacements

OLD = {"release_namespace": "apps", "release_name": "web", "incarnation": "first"}
NEW: dict[str, Any] = {"release_namespace": "apps", "release_name": "shop", "owner": {"urn": "urn:web"}}


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacements, "_noted", {})


def test_a_replaced_release_is_known_by_the_new_one_and_by_itself() -> None:
    replacements.note(OLD, NEW, ["release_name"])
    assert replacements.deleted_before(NEW) == "apps/web"
    assert replacements.deleted_before({**NEW, "owner": {"urn": "urn:other"}}) == ""
    found = replacements.that_deletes("first")
    assert found
    assert found.inputs == NEW
    assert replacements.that_deletes("second") is None


def test_on_another_cluster_nothing_is_deleted_before() -> None:
    replacements.note(OLD, NEW, ["release_name", "kubeconfig"])
    assert replacements.deleted_before(NEW) == ""
    assert replacements.that_deletes("first")


def test_a_release_that_stays_or_is_created_replaces_none() -> None:
    replacements.note(OLD, NEW, ["release_name"])
    replacements.note(OLD, NEW, [])
    assert replacements.that_deletes("first") is None
    replacements.note(OLD, NEW, ["release_name"])
    replacements.forget(NEW)
    assert replacements.deleted_before(NEW) == ""
