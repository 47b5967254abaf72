"""Which cluster an operation was on, for a collector."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.run_events import Operation, OperationEnded, Said
from helm_rollback_component.telemetry.cluster import naming_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.reconcile.run_events import RunEvent
    from helm_rollback_component.reconcile.session import Session


def ended(reason: str = "", cluster: str = "") -> OperationEnded:
    return OperationEnded(Operation.UPDATE, reason, None, cluster)


def refuse() -> NoReturn:
    raise OperationError("no answer", reason=Reason.UNREACHABLE, release="apps/web")


def session(identity: Callable[[], str]) -> Session:
    return cast("Session", SimpleNamespace(cluster=SimpleNamespace(identity=identity)))


def test_an_operation_that_does_not_know_its_cluster_asks() -> None:
    seen: list[RunEvent] = []
    naming_cluster(seen.append, session(lambda: "uid:7f server:ab"))(ended(cluster="server:ab"))
    assert seen == [ended(cluster="uid:7f server:ab")]


@pytest.mark.parametrize("event", [ended("Unreachable"), ended(cluster="uid:7f"), Said("a line")], ids=str)
def test_nothing_is_asked_where_it_is_known_or_the_operation_failed(event: RunEvent) -> None:
    seen: list[RunEvent] = []
    naming_cluster(seen.append, session(refuse))(event)
    assert seen == [event]


def test_a_cluster_that_does_not_answer_fails_nothing() -> None:
    seen: list[RunEvent] = []
    naming_cluster(seen.append, session(refuse))(ended())
    assert seen == [ended()]
