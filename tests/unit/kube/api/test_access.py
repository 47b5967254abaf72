"""Rights that are asked for before anything is changed."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api.access import TO_FORGET, TO_RECORD, require
from tests.support.fake_cluster import FakeCluster, failure


class Reviewer(FakeCluster):
    """A cluster that answers a review with what it is given, and notes what it was asked."""

    def __init__(self, answer: Any) -> None:  # noqa: ANN401  # any JSON
        super().__init__()
        self.reviewed: list[dict[str, str]] = []
        self._answer = answer

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        self.reviewed.append(body["spec"]["resourceAttributes"])
        if isinstance(self._answer, OperationError):
            raise self._answer
        return {"status": self._answer}


def test_a_right_that_is_missing_is_named() -> None:
    with pytest.raises(OperationError) as caught:
        require(Reviewer({"allowed": False}), "apps", *TO_RECORD)
    assert caught.value.reason == "Forbidden"
    assert 'cannot update resource "secrets" in API group "" in the namespace "apps"' in caught.value.message


def test_each_right_is_asked_for() -> None:
    cluster = Reviewer({"allowed": True})
    require(cluster, "apps", *TO_FORGET)
    assert cluster.reviewed == [
        {"namespace": "apps", "verb": "delete", "group": "", "resource": "secrets"},
        {"namespace": "apps", "verb": "delete", "group": "coordination.k8s.io", "resource": "leases"},
    ]


@pytest.mark.parametrize("answer", [failure("Forbidden"), failure("Unreachable"), {}, [], None])
def test_where_the_server_does_not_say_it_goes_on(answer: object) -> None:
    require(Reviewer(answer), "apps", *TO_RECORD)
