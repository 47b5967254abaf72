"""What a rollback would destroy is looked for only where the target lacks what may hold data."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.live_data import LiveData
from tests.support.fake_cluster import FakeCluster, failure
from tests.unit.core.health.health_objects import claim, deployment, stateful_set


class Records:
    """Stands for the release's records: the objects of each revision, or why they cannot be read."""

    def __init__(self, *revisions: Any) -> None:
        self._revisions = dict(enumerate(revisions, 1))

    def manifest(self, revision: int, whole: Any) -> Any:
        found = self._revisions[revision]
        if isinstance(found, OperationError):
            raise found
        assert [each["kind"] for each in found if whole(each)] == [
            each["kind"] for each in found if each["kind"] == "StatefulSet"
        ]
        return found


def data(records: Any, told: list[str] | None = None) -> tuple[LiveData, FakeCluster]:
    cluster = FakeCluster()
    return LiveData(cluster, records, "apps", ([] if told is None else told).append), cluster


def test_it_costs_nothing_where_the_target_has_everything() -> None:
    objects = [deployment(), claim(), stateful_set()]
    found, cluster = data(Records([*objects], [*objects, deployment("three")]))
    assert found.lost_by_rollback(1, 2) == ()
    assert cluster.asked == []


def test_what_cannot_be_looked_at_is_lost() -> None:
    found, cluster = data(Records([deployment()], [deployment(), claim()]))

    def refuse(_verb: str, _path: str) -> None:
        raise failure("Forbidden")

    cluster.before = refuse
    (loss,) = found.lost_by_rollback(1, 2)
    assert loss.object.kind == "PersistentVolumeClaim"
    assert "cannot be looked at: it is Forbidden" in loss.holds


def test_a_manifest_that_cannot_be_read_prevents_nothing_and_is_told() -> None:
    told: list[str] = []
    unreadable = OperationError("it is not YAML", reason=Reason.RECORD_UNREADABLE)
    assert data(Records([claim()], unreadable), told)[0].lost_by_rollback(1, 2) == ()
    assert told == ["what the rollback would destroy is not known: it is not YAML"]


def test_a_cluster_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(OperationError, match="Unreachable"):
        data(Records(failure("Unreachable"), [claim()]))[0].lost_by_rollback(1, 2)
