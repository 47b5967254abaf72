"""What became of a write that met a conflict."""

from typing import Any

import pytest

from helm_rollback_component.kube.api import refused_writes
from helm_rollback_component.kube.api.refused_writes import Fate

_SECRET = {"kind": "Secret", "metadata": {"name": "a", "labels": {"x": "y"}}, "data": {"key": "random"}}


def _stored(version: str, **fields: Any) -> dict[str, Any]:
    metadata = {
        **_SECRET["metadata"],  # type: ignore[dict-item]  # a mapping, as the constant shows
        "uid": "1",
        "resourceVersion": version,
        "generation": int(version),
        "creationTimestamp": "now",
    }
    return {**_SECRET, "metadata": metadata, **fields}


@pytest.mark.parametrize(
    ("method", "reason", "where"),
    [
        ("PUT", "Conflict", "/secrets/a"),
        ("DELETE", "Conflict", "/secrets/a"),
        ("POST", "AlreadyExists", "/secrets/a/a"),
        ("POST", "Conflict", "/secrets/a/a"),
        ("PATCH", "Conflict", None),
        ("PUT", "NotFound", None),
        ("PUT", "Forbidden", None),
    ],
)
def test_where_to_look(method: str, reason: str, where: str | None) -> None:
    assert refused_writes.where_to_look(method, "/secrets/a", _SECRET, reason) == where


@pytest.mark.parametrize(
    ("method", "body", "found", "fate"),
    [
        ("POST", _SECRET, _stored("1", type="Opaque"), Fate.DONE),
        ("POST", _SECRET, _stored("1", data={"key": "other"}), Fate.REFUSED),
        ("POST", _SECRET, None, Fate.NOT_DONE),
        ("PUT", _stored("1"), _stored("2"), Fate.DONE),
        ("PUT", _stored("1", spec={}), _stored("2", spec={"holderIdentity": "me"}), Fate.REFUSED),
        ("PUT", _stored("1", spec={}), _stored("1", spec={"holderIdentity": "me"}), Fate.NOT_DONE),
        ("PUT", _stored("1"), None, Fate.REFUSED),
        ("DELETE", {"preconditions": {"uid": "1", "resourceVersion": "3"}}, _stored("3"), Fate.NOT_DONE),
        ("DELETE", {"preconditions": {"uid": "1", "resourceVersion": "2"}}, _stored("3"), Fate.REFUSED),
        ("DELETE", {"preconditions": {"uid": "2"}}, _stored("3"), Fate.REFUSED),
        ("DELETE", {}, _stored("3"), Fate.NOT_DONE),
        ("DELETE", {"preconditions": {"uid": "1"}}, None, Fate.DONE),
    ],
)
def test_what_is_there_tells(
    method: str, body: dict[str, Any], found: dict[str, Any] | None, fate: Fate
) -> None:
    assert refused_writes.judge(method, body, found) is fate
