"""When a release is not deleted for one that cannot take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import replacement_refusals
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.histories import history

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History

OURS = Identity(Owner("org", "shop", "dev", "urn:web"))
CONFIG = HelmConfig.parse({"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}})


class StandIn:
    """In the place of a session: a cluster in memory, no Helm, and a history."""

    def __init__(self) -> None:
        self.cluster = FakeCluster()
        self.claims = Claims(self.cluster, "apps", "web")
        self.engine = None
        self.past: History = history()
        self.records = self

    def history(self) -> History:
        return self.past


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setattr(fetching, "fetch", lambda *_: None)
    return StandIn()


def refuse(session: Any, replaced: str = "old/web") -> None:
    replacement_refusals.refuse(CONFIG, session, OURS, replaced)


def test_one_that_can_be_created_may_take_the_place(session: StandIn) -> None:
    refuse(session)


@pytest.mark.parametrize("reason", ["NamespaceMissing", "NamespaceTerminating"])
def test_one_without_a_namespace_may_not(session: StandIn, reason: str) -> None:
    def refused(verb: str, _: str) -> None:
        if verb == "try":
            raise failure(reason)

    session.cluster.before = refused
    with pytest.raises(OperationError, match="nothing is deleted, because apps/web, which is to") as caught:
        refuse(session)
    assert caught.value.reason == reason


def test_nor_one_whose_name_is_taken(session: StandIn) -> None:
    session.past = history("deployed")
    with pytest.raises(OperationError, match="a release of this name exists already") as caught:
        refuse(session)
    assert caught.value.reason == Reason.RELEASE_EXISTS


def test_but_one_of_the_same_name_is_deleted_before(session: StandIn) -> None:
    session.past = history("deployed")
    refuse(session, "apps/web")


def test_nor_one_whose_chart_cannot_be_had(session: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*_: object) -> None:
        raise OperationError("no answer", reason=Reason.UNREACHABLE, remedy="wait")

    monkeypatch.setattr(fetching, "fetch", fetch)
    with pytest.raises(OperationError, match=r"cannot be created: no answer \(wait\)$") as caught:
        refuse(session)
    assert caught.value.temporary
