"""One release in the hands of users with different rights, and of one whose rights change."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.api.transport import Transport
from helm_rollback_component.results import Phase
from tests.contract.laboratory import CRASHING, OWNER, condition
from tests.support.control_plane import Place
from tests.support.least_rights import rules_of
from tests.support.namespaces import cluster_of
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.laboratory import Laboratory
    from tests.support.control_plane import Rules

pytestmark = pytest.mark.ground

EVERYTHING = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
LEAST = rules_of("release", "chart")
HEALTH = rules_of("health", "logs", "clearing", "volumes")
KUBE_SYSTEM = [
    {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"], "resourceNames": ["kube-system"]}
]


@pytest.fixture
def place(one_engine_lab: Laboratory) -> Place:
    space = one_engine_lab.space
    return Place(space.ground, cluster_of(space.ground), space.namespace, space.ground.kubeconfig.read_text())


@pytest.fixture
def users(place: Place) -> Iterator[dict[str, str]]:
    """Kubeconfigs by what their users may."""
    reader = place.user([*LEAST, *HEALTH])
    with place.allowed(reader, "kube-system", KUBE_SYSTEM):
        yield {
            "admin": place.kubeconfig,
            "namespace admin": place.with_user(EVERYTHING),
            "least": place.with_user(LEAST),
            "reader of kube-system": place.with_token(place.token(reader)),
        }


def grant(place: Place, user: str, rules: Rules) -> None:
    """Let a user do this and nothing else from now on."""
    role = paths.resource("rbac.authorization.k8s.io/v1", "roles", user, place.namespace)
    number = str(len(rules))
    mark = {"apiGroups": ["example.com"], "resources": ["marks"], "verbs": [number]}
    change = {"rules": [*rules, mark]}
    place.cluster.patch(role, change, content_type="application/merge-patch+json")
    client = Cluster.connect(place.with_token(place.token(user)))
    asked = {"namespace": place.namespace, "group": "example.com", "resource": "marks", "verb": number}
    review = {"spec": {"resourceAttributes": asked}}
    await_that(
        lambda: client.create(paths.ACCESS_REVIEWS, review)["status"]["allowed"],
        "the API server to know the user's rights",
    )


@pytest.mark.parametrize("order", [1, pytest.param(-1, marks=pytest.mark.sweep)], ids=["down", "up"])
def test_a_release_goes_from_hand_to_hand(
    one_engine_lab: Laboratory, users: dict[str, str], order: int
) -> None:
    lab = one_engine_lab
    first, second, third, fourth = [*users.values()][::order]
    assert lab.deploy(kubeconfig=first).phase is Phase.DEPLOYED
    known = lab.operations(kubeconfig=first).cluster_identity

    def now(kubeconfig: str, **inputs: Any) -> Any:
        return lab.operations(Identity(OWNER, "first", known), kubeconfig=kubeconfig, **inputs)

    assert now(second, values={"tag": "2"}).upgrade().phase is Phase.DEPLOYED
    bad = now(third, values={**CRASHING, "tag": "3"}, timeouts={"upgrade": 5}).upgrade()
    assert bad.phase is Phase.ROLLED_BACK
    assert lab.image().endswith(":2")
    assert now(fourth).get_status().phase is Phase.ROLLED_BACK
    assert now(fourth, values={"tag": "4"}).upgrade().phase is Phase.DEPLOYED
    now(third).delete()
    assert lab.leftovers() == []


def test_rights_shrink_between_two_updates_and_grow_again(one_engine_lab: Laboratory, place: Place) -> None:
    lab = one_engine_lab
    name = place.user([*LEAST, *HEALTH])
    me = place.with_token(place.token(name))
    assert lab.deploy(kubeconfig=me).phase is Phase.DEPLOYED

    grant(place, name, LEAST)
    unseen = lab.upgrade(kubeconfig=me, values={"tag": "2"})
    assert unseen.phase is Phase.DEPLOYED
    told = condition(unseen, "Observed")
    assert told is not None
    assert 'cannot list resource "pods"' in told.message

    for rules, lacking in (
        (rules_of("reader", "chart"), 'cannot update resource "leases" in API group "coordination.k8s.io"'),
        (without_secrets(), 'cannot get resource "secrets" in API group ""'),
    ):
        grant(place, name, rules)
        with pytest.raises(OperationError) as caught:
            lab.upgrade(kubeconfig=me, values={"tag": "3"})
        assert caught.value.reason == "Forbidden"
        assert f'{lacking} in the namespace "{place.namespace}"' in caught.value.message
        assert lab.statuses() == ["superseded", "deployed"]
        assert lab.image().endswith(":2")

    grant(place, name, [*LEAST, *HEALTH])
    again = place.with_token(place.token(name))  # what a process has been refused it does not ask for again
    whole = lab.upgrade(kubeconfig=again, values={"tag": "3"})
    assert (whole.phase, condition(whole, "Observed")) == (Phase.DEPLOYED, None)


def without_secrets() -> Rules:
    return [rule for rule in (*LEAST, *HEALTH) if "secrets" not in rule["resources"]]


def test_where_reviews_are_forbidden_all_works_without_them(
    one_engine_lab: Laboratory, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = one_engine_lab
    asked: list[str] = []
    send = Transport.send

    def refusing(transport: Transport, method: str, path: str, **what: Any) -> tuple[int, bytes]:
        if path not in (paths.ACCESS_REVIEWS, paths.RULES_REVIEWS):
            return send(transport, method, path, **what)
        asked.append(path)
        refusal = {"kind": "Status", "reason": "Forbidden", "message": "reviews are forbidden", "code": 403}
        return HTTPStatus.FORBIDDEN, json.dumps(refusal).encode()

    monkeypatch.setattr(Transport, "send", refusing)
    me = place.with_user([*LEAST, *HEALTH])
    assert lab.deploy(kubeconfig=me).phase is Phase.DEPLOYED
    assert lab.upgrade(kubeconfig=me, values=CRASHING).phase is Phase.ROLLED_BACK
    lab.delete(kubeconfig=me)
    assert {*asked} == {paths.ACCESS_REVIEWS, paths.RULES_REVIEWS}
    assert lab.leftovers() == []
