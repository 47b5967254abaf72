"""Why a release was not ready in time: which object, how many of how many, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health.model import Fault
from helm_rollback_component.core.health.readiness import readiness
from helm_rollback_component.core.health.timeout import Limit, Wait, awaited_by_helm, timed_out
from helm_rollback_component.results import Resource
from tests.unit.core.health.health_objects import (
    claim,
    condition,
    daemon_set,
    deployment,
    job,
    pod,
    seen,
    stateful_set,
    thing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.core.health.readiness import Readiness

LIMIT = Limit("UpgradeTimeout", 300)
NOWHERE = Resource("", "", "", "apps")
REPLICA_SET = thing(
    "ReplicaSet", spec={"replicas": 3}, status={"observedGeneration": 2, "availableReplicas": 2}
)
BALANCER = thing("Service") | {"apiVersion": "v1", "spec": {"type": "LoadBalancer"}, "status": {}}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "shops"},
    "status": {"conditions": [condition("NamesAccepted", "False", message="in use")]},
}
SHOP = {
    "apiVersion": "example.com/v1",
    "kind": "Shop",
    "metadata": {"name": "web"},
    "status": {"conditions": [condition("Ready", "False", message="No database.")]},
}
OLD_POD_STAYS: dict[str, Any] = {
    "replicas": 4,
    "updatedReplicas": 3,
    "availableReplicas": 4,
    "readyReplicas": 4,
}


def awaited(*live: dict[str, Any], **more: Any) -> Readiness:
    return awaited_by_helm(seen(*live, **more), wait_for_jobs=True, load_balancers=True)


def message(state: Readiness, *, since: float = 0, now: float = 300, wrong: Iterable[Fault] = ()) -> str:
    """Return what is told of a state that was first seen after `since` seconds of a wait."""
    wait = Wait().after(readiness(seen()), 0) if since else Wait()
    return timed_out(LIMIT, wait.after(state, since), now, NOWHERE, wrong).message


def fault(about: Resource, says: str) -> Fault:
    return Fault("Unschedulable", says, about, ("uid", says))


@pytest.mark.parametrize(
    ("live", "told"),
    [
        (deployment(updatedReplicas=1), "Deployment web: 1 of 3 replicas are updated"),
        (
            deployment(replicas=4, updatedReplicas=3, availableReplicas=2),
            "Deployment web: 1 of 3 updated replicas are available",
        ),
        (deployment(**OLD_POD_STAYS), "Deployment web: replicas still to be removed: 1"),
        (stateful_set(readyReplicas=1), "StatefulSet web: 1 of 2 replicas are ready"),
        (
            daemon_set(desiredNumberScheduled=4, updatedNumberScheduled=4, numberAvailable=3),
            "DaemonSet web: 3 of 4 pods are available",
        ),
        (REPLICA_SET, "ReplicaSet web: 2 of 3 replicas are available"),
        (job(status={"succeeded": 1}) | {"spec": {"completions": 2}}, "Job migrate: 1 of 2 completions"),
        (thing("Pod", status={"phase": "Pending"}), "Pod web: is not ready (phase Pending)"),
        (claim(), "PersistentVolumeClaim data: is not bound (phase Pending)"),
        (DEFINITION, "CustomResourceDefinition shops: is not established (in use)"),
        (SHOP, "Shop web: is not ready (No database)"),
        (BALANCER, "Service web: its load balancer has no address yet"),
    ],
)
def test_what_was_never_ready(live: dict[str, Any], told: str) -> None:
    assert message(awaited(live)) == f"not ready after 300 s: {told}"


@pytest.mark.parametrize(
    ("since", "told"), [(170, "2m10s"), (290.4, "9s"), (240, "1m0s"), (299.5, "0s"), (-3400, "1h1m40s")]
)
def test_what_became_unready_later_is_told_with_since_when(since: float, told: str) -> None:
    says = "not ready after 300 s: Deployment web: 1 of 3 replicas are updated for the last"
    assert message(awaited(deployment(updatedReplicas=1)), since=since) == f"{says} {told}"


def test_since_when_is_not_told_of_what_the_last_look_alone_shows() -> None:
    assert message(awaited(BALANCER), since=300) == (
        "not ready after 300 s: Service web: its load balancer has no address yet"
    )


def test_what_was_ready_in_between_is_unready_only_since_then() -> None:
    unready, ready = readiness(seen(deployment(updatedReplicas=1))), readiness(seen())
    wait = Wait().after(unready, 0).after(unready, 10)
    assert set(wait.since.values()) == {0}
    assert set(wait.after(ready, 20).after(unready, 30).since.values()) == {30}


def test_the_verdict_is_about_what_is_waited_for_longest() -> None:
    late = readiness(seen(thing("Deployment", "a", status={}), thing("Deployment", "b", status={})))
    early = readiness(seen(thing("Deployment", "b", status={})))
    verdict = timed_out(LIMIT, Wait().after(early, 0).after(late, 60), 300, NOWHERE)
    assert (verdict.reason, verdict.object) == (
        "UpgradeTimeout",
        Resource("apps/v1", "Deployment", "b", "apps"),
    )
    assert verdict.message == (
        "not ready after 300 s: Deployment b: 0 of 1 replicas are updated; "
        "Deployment a: 0 of 1 replicas are updated for the last 4m0s"
    )


def test_what_is_wrong_is_told_first_and_why() -> None:
    state = readiness(seen(thing("Deployment", "a", status={}), thing("Deployment", "b", status={})))
    why = [fault(state.unready[1].object, "Pod b-1: fits on no node"), fault(state.unready[1].object, "x")]
    assert message(state, wrong=why) == (
        "not ready after 300 s: Deployment b: 0 of 1 replicas are updated (Pod b-1: fits on no node); "
        "Deployment a: 0 of 1 replicas are updated"
    )


def test_of_many_objects_three_are_told() -> None:
    state = readiness(seen(*(thing("Deployment", name, status={}) for name in "abcde")))
    assert message(state).endswith("Deployment c: 0 of 1 replicas are updated; 2 more")


def test_of_a_wait_for_nothing_the_verdict_names_what_it_is_told() -> None:
    verdict = timed_out(LIMIT, Wait(), 300, NOWHERE)
    assert (verdict.object, verdict.message) == (NOWHERE, "not ready after 300 s: ")


@pytest.mark.parametrize(
    ("hook", "told"),
    [
        (job(hook="pre-upgrade", status={}), ["Job migrate: 0 of 1 completions"]),
        (
            pod(
                annotations={"helm.sh/hook": "post-upgrade"}, phase="Running", conditions=[condition("Ready")]
            ),
            ["Pod web-0: has not ended (phase Running)"],
        ),
    ],
)
def test_while_a_hook_runs_helm_waits_for_it_alone(hook: dict[str, Any], told: list[str]) -> None:
    assert [*map(str, awaited(deployment(), hook).unready)] == told


@pytest.mark.parametrize(
    "hook",
    [
        job(hook="pre-upgrade", status={"conditions": [condition("Complete")]}),
        pod(annotations={"helm.sh/hook": "pre-upgrade"}, phase="Succeeded"),
        thing("PersistentVolumeClaim", metadata={"annotations": {"helm.sh/hook": "pre-upgrade"}}, status={}),
    ],
)
def test_a_hook_that_is_over_is_not_waited_for(hook: dict[str, Any]) -> None:
    assert [*map(str, awaited(deployment(), hook).unready)] == ["Deployment web: 0 of 3 replicas are updated"]


def test_a_hook_of_an_earlier_action_is_not_waited_for() -> None:
    hook = job(hook="pre-upgrade", status={})
    assert awaited(hook, before=[hook]).ready
