"""Kinds are looked up once."""

from typing import Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api.discovery import ApiKind, Discovery, server_validates_fields

APPS = {
    "resources": [
        {"kind": "Deployment", "name": "deployments", "namespaced": True},
        {"kind": "Scale", "name": "deployments/scale", "namespaced": True},
    ]
}


class Server:
    """Answers, and counts what it was asked."""

    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def read(self, path: str) -> dict[str, Any] | None:
        self.asked.append(path)
        return self.answers.get(path)


def test_a_kind_is_looked_up_once() -> None:
    server = Server({"/apis/apps/v1": APPS})
    discovery = Discovery(server.read)
    assert discovery.find("apps/v1", "Deployment") == ApiKind("deployments", namespaced=True)
    assert discovery.find("apps/v1", "Deployment") == ApiKind("deployments", namespaced=True)
    assert server.asked == ["/apis/apps/v1"]


@pytest.mark.parametrize("kind", ["Scale", "Nope"])
def test_a_kind_that_is_not_there_is_unknown(kind: str) -> None:
    with pytest.raises(OperationError, match="has no kind") as caught:
        Discovery(Server({"/apis/apps/v1": APPS}).read).find("apps/v1", kind)
    assert caught.value.reason == "UnknownKind"


def test_a_kind_that_goes_later_is_unknown_once_kinds_are_forgotten() -> None:
    server = Server({"/apis/apps/v1": APPS})
    discovery = Discovery(server.read)
    discovery.find("apps/v1", "Deployment")
    server.answers = {}
    discovery.forget()
    with pytest.raises(OperationError, match="has no kind"):
        discovery.find("apps/v1", "Deployment")


def test_a_kind_that_comes_later_is_found() -> None:
    server = Server({})
    discovery = Discovery(server.read)
    with pytest.raises(OperationError):
        discovery.find("v1", "Pod")
    server.answers["/api/v1"] = {"resources": [{"kind": "Pod", "name": "pods", "namespaced": True}]}
    assert discovery.find("v1", "Pod").plural == "pods"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"major": "1", "minor": "26"}, False),
        ({"major": "1", "minor": "27"}, True),
        ({"major": "1", "minor": "36"}, True),
        ({"major": "1", "minor": "29+"}, True),
        ({"major": "1+", "minor": "9"}, False),
        ({"major": "2", "minor": "0"}, True),
        ({"major": "1", "minor": ""}, False),
        ({"major": "1"}, False),
        ({}, False),
    ],
)
def test_servers_validate_fields_since_1_27(answer: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert server_validates_fields(answer) is expected
