"""Rights that are asked for before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import access
from helm_rollback_component.kube.api.access import Right, require
from tests.support.fake_cluster import FakeCluster, failure

if TYPE_CHECKING:
    from collections.abc import Sequence

REVIEWS = "/apis/authorization.k8s.io/v1/"
LEASES = "coordination.k8s.io"


def rule(verbs: str, group: str, resources: str, *names: str) -> dict[str, list[str]]:
    granted = {"verbs": verbs.split(), "apiGroups": [group], "resources": resources.split()}
    return {**granted, "resourceNames": [*names]} if names else granted


class Reviewer(FakeCluster):
    """A cluster that lists these rules, answers a review of one right, and notes what it was asked."""

    def __init__(self, rules: Sequence[Any], answer: Any) -> None:
        super().__init__()
        self.listed: list[str] = []
        self.reviewed: list[dict[str, str]] = []
        self._rules = rules
        self._answer = answer

    def review(self, path: str, spec: dict[str, Any]) -> dict[str, Any]:
        if path == f"{REVIEWS}selfsubjectrulesreviews":
            self.listed.append(spec["namespace"])
            return {"status": {"resourceRules": self._rules, "incomplete": True}}
        assert path == f"{REVIEWS}selfsubjectaccessreviews"
        self.reviewed.append(spec["resourceAttributes"])
        if isinstance(self._answer, OperationError):
            raise self._answer
        return {"status": self._answer}


def test_a_right_that_is_missing_is_named() -> None:
    with pytest.raises(OperationError) as caught:
        require(Reviewer([], {"allowed": False}), "apps", Right("update", "secrets"))
    assert caught.value.reason == "Forbidden"
    assert 'cannot update resource "secrets" in API group "" in the namespace "apps"' in caught.value.message


def test_a_right_in_the_whole_cluster_is_asked_for_alone() -> None:
    cluster = Reviewer([], {"allowed": False})
    with pytest.raises(OperationError, match='"rbac" at the cluster scope; nothing was changed'):
        require(cluster, "", Right("get", "clusterroles", "rbac", "web"))
    assert cluster.listed == []
    assert cluster.reviewed == [{"verb": "get", "group": "rbac", "resource": "clusterroles", "name": "web"}]


def test_one_request_asks_for_all_rights_that_a_user_has() -> None:
    rules = [
        rule("create update get", "", "secrets configmaps"),
        rule("create", LEASES, "leases"),
        rule("update delete", LEASES, "leases", "helm-rollback.web"),
    ]
    cluster = Reviewer(rules, {"allowed": False})
    require(cluster, "apps", *access.to_begin("helm-rollback.web"))
    require(cluster, "apps", Right("get", "configmaps", name="web"))
    assert (cluster.listed, cluster.reviewed) == (["apps", "apps"], [])


@pytest.mark.parametrize("everything", [rule("*", "*", "*"), rule("delete", "*", "*")])
def test_stars_grant_everything(everything: dict[str, list[str]]) -> None:
    require(Reviewer([everything], {"allowed": False}), "apps", *access.to_forget("helm-rollback.web"))


def test_what_is_not_listed_is_asked_for_one_by_one() -> None:
    cluster = Reviewer([rule("delete", LEASES, "leases", "helm-rollback.other")], {"allowed": True})
    require(cluster, "apps", *access.to_forget("helm-rollback.web"))
    asked = {"namespace": "apps", "verb": "delete"}
    assert cluster.reviewed == [
        {**asked, "group": "", "resource": "secrets"},
        {**asked, "group": LEASES, "resource": "leases", "name": "helm-rollback.web"},
    ]


@pytest.mark.parametrize(
    "answer", [failure("Forbidden"), failure("Unreachable"), failure("Conflict"), {}, [], None]
)
def test_where_the_server_does_not_say_it_goes_on(answer: object) -> None:
    require(Reviewer([None, {}], answer), "apps", Right("update", "secrets"))
