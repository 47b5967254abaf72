"""The key of a release's digests."""

from base64 import b64encode
from typing import Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import digest_key
from tests.support.fake_cluster import FakeCluster, failure

PATH = paths.secrets("apps", "helm-rollback.web")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


def test_a_key_is_made_once(cluster: FakeCluster) -> None:
    assert digest_key.read(cluster, "apps", "web") is None
    made = digest_key.read_or_create(cluster, "apps", "web")
    assert len(made) == 32
    assert digest_key.read_or_create(cluster, "apps", "web") == made
    assert digest_key.read(cluster, "apps", "web") == made
    found = cluster.get(PATH)
    assert found is not None
    assert found["immutable"]


def test_each_release_has_its_own(cluster: FakeCluster) -> None:
    assert digest_key.read_or_create(cluster, "apps", "web") != digest_key.read_or_create(
        cluster, "apps", "other"
    )


def test_of_two_makers_the_first_ones_counts(cluster: FakeCluster) -> None:
    theirs: list[bytes] = []

    def overtake(verb: str, _: str) -> None:
        if verb == "create":
            cluster.before = lambda *_: None
            theirs.append(digest_key.read_or_create(cluster, "apps", "web"))

    cluster.before = overtake
    assert digest_key.read_or_create(cluster, "apps", "web") == theirs[0]


def test_a_key_that_cannot_be_made_is_an_error(cluster: FakeCluster) -> None:
    def refuse(verb: str, _: str) -> None:
        if verb == "create":
            raise failure("Forbidden")

    cluster.before = refuse
    with pytest.raises(OperationError, match="Forbidden"):
        digest_key.read_or_create(cluster, "apps", "web")


@pytest.mark.parametrize(
    "data", [None, {}, {"key": "%"}, {"key": b64encode(b"short").decode()}, {"key": None}]
)
def test_a_secret_that_holds_something_else_is_left_alone(
    cluster: FakeCluster, data: dict[str, Any] | None
) -> None:
    cluster.create(paths.secrets("apps"), {"metadata": {"name": "helm-rollback.web", "namespace": "apps"}})
    cluster.edit(PATH, lambda found: found.update(data=data))
    with pytest.raises(OperationError, match=r"helm-rollback\.web in apps does not contain a key") as caught:
        digest_key.read_or_create(cluster, "apps", "web")
    assert caught.value.reason == "KeyUnreadable"


def test_a_key_is_deleted(cluster: FakeCluster) -> None:
    digest_key.read_or_create(cluster, "apps", "web")
    digest_key.delete(cluster, "apps", "web")
    digest_key.delete(cluster, "apps", "web")
    assert cluster.paths() == []
