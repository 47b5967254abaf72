"""Objects as they are in the cluster, as far as they are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.manifests.differences import keyed
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import live_objects

if TYPE_CHECKING:
    import pytest

    from helm_rollback_component.kube.api.client import Cluster


class StandIn:
    """A cluster in which objects are there, or not, or cannot be read."""

    def __init__(self, *answers: dict[str, Any] | OperationError | None) -> None:
        self._answers = [*answers]

    def object_path(self, *_named: str) -> str:
        return "/object"

    def get(self, _path: str) -> dict[str, Any] | None:
        answer = self._answers.pop(0)
        if isinstance(answer, OperationError):
            raise answer
        return answer


def find(*answers: dict[str, Any] | OperationError | None) -> live_objects.Found:
    names = [f"c{place}" for place in range(len(answers))]
    wanted = keyed([{"kind": "ConfigMap", "metadata": {"name": name}} for name in names], "shop")
    cluster: Cluster = StandIn(*answers)  # type: ignore[assignment]  # as far as it is needed
    return live_objects.find(cluster, wanted)


def test_those_that_are_there_and_may_be_read_are_found() -> None:
    refused = OperationError("may not", reason=Reason.FORBIDDEN)
    unknown = OperationError("no such kind", reason=Reason.UNKNOWN_KIND)
    found = find(None, refused, unknown, {"here": "it is"})
    assert [(key.name, each) for key, each in found.live.items()] == [("c3", {"here": "it is"})]
    assert ([key.name for key in found.refused], found.left_out) == (["c1"], [])


def test_where_nobody_answers_the_others_are_left_out() -> None:
    found = find({}, {"a": 1}, OperationError("nobody answers", reason=Reason.UNREACHABLE), {"b": 1})
    assert (len(found.live), [key.name for key in found.left_out]) == (1, ["c2", "c3"])


def test_more_are_left_out_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_objects, "MOST", 2)
    found = find({"a": 1}, {"b": 1}, {"c": 1}, {"d": 1}, {"e": 1})
    assert (len(found.live), [key.name for key in found.left_out]) == (2, ["c2", "c3", "c4"])
