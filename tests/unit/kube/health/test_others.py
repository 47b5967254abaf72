"""What else of a release is looked at while one of its containers may be waiting for it."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health.observer import Observer
from tests.unit.core.health.foreign_objects import CUSTOM, LOOP
from tests.unit.core.health.health_objects import deployment, pod, replica_set, running
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, labelled, select

RELEASE = [deployment(), CUSTOM]
KEY = objects.key(CUSTOM, NAMESPACE)


def town(container: dict[str, Any]) -> Town:
    """A cluster with a Deployment, its pod, and a custom resource of the same release."""
    children = (replica_set(), pod("ReplicaSet-web-two", container))
    return Town(select(deployment()), CUSTOM, *map(labelled, children))


def refusing(cluster: Town, *, temporary: bool) -> Town:
    """Have the cluster refuse to tell of custom resources."""

    def refuse(verb: str, path: str) -> None:
        if verb == "list" and path.endswith("bakeries"):
            raise OperationError("no", reason="Forbidden", temporary=temporary)

    cluster.before = refuse
    return cluster


def observer(cluster: Town, before: Baseline | None = None) -> Observer:
    return Observer(Onlookers(cluster), NAMESPACE, before or Baseline())


def test_a_new_custom_resource_is_read_while_a_container_crashes() -> None:
    assert KEY in observer(town(LOOP)).look(RELEASE).live


def test_it_costs_no_request_while_nothing_fails() -> None:
    cluster = town(running(ready=False))
    assert KEY not in observer(cluster).look(RELEASE).live
    assert "list bakeries" not in cluster.requests()


def test_an_old_one_is_not_read() -> None:
    before = Baseline(declared=frozenset({KEY}))
    assert KEY not in observer(town(LOOP), before).look(RELEASE).live


def test_what_may_not_be_read_is_not_waited_for() -> None:
    seen = observer(refusing(town(LOOP), temporary=False)).look(RELEASE)
    assert [key.kind for key in seen.live] == ["Deployment"]
    assert KEY not in [objects.key(each, NAMESPACE) for each in seen.desired]


def test_what_cannot_be_read_now_is_read_later() -> None:
    looking = observer(refusing(town(LOOP), temporary=True))
    with pytest.raises(OperationError, match="no"):
        looking.look(RELEASE)
