"""Whatever others wrote into an object, no rule raises, and what is kept of it means the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, mark
from helm_rollback_component.core.health.blocked_rollback import obstruction
from helm_rollback_component.core.health.dependencies import others_to_read
from helm_rollback_component.core.health.foreign import pairs
from helm_rollback_component.core.health.judge import FaultMemory, faults, judge, progress
from helm_rollback_component.core.health.kept import kept
from helm_rollback_component.core.health.queries import questions
from helm_rollback_component.core.health.readiness import judged_or_served, readiness, settled
from helm_rollback_component.core.health.readiness_rules import lack
from helm_rollback_component.core.health.snapshot import Snapshot
from helm_rollback_component.core.health.soak import degradation, start
from helm_rollback_component.core.health.timeout import Limit, Wait, awaited_by_helm, timed_out
from helm_rollback_component.core.health.workload_rules import occurrences
from tests.unit.core.health.foreign_objects import CHILDREN, CUSTOM, EVENTS, OWN, Object, changed, foreign
from tests.unit.core.health.health_objects import NAMESPACE, daemon_set, deployment

PATIENCE = HealthConfig()
ALL = (*OWN, *CHILDREN, *EVENTS)
FOREIGN = st.integers(0, len(ALL) - 1).flatmap(
    lambda which: foreign(ALL[which]).map(lambda body: (*ALL[:which], body, *ALL[which + 1 :]))
)


def seen(everything: tuple[Object, ...], small: Any = lambda body: body) -> Snapshot:
    """Make a snapshot of the objects of `ALL`, of which one is foreign."""
    own, rest = everything[: len(OWN)], everything[len(OWN) :]
    children, events = rest[: len(CHILDREN)], rest[len(CHILDREN) :]
    return Snapshot(
        namespace=NAMESPACE,
        desired=own,
        live={objects.key(each, NAMESPACE): small(each) for each in own},
        children=tuple(map(small, children)),
        events=dict.fromkeys(
            ("StatefulSet-web", "PersistentVolumeClaim-data", "Pod-web-2"), tuple(map(small, events))
        ),
        missing=frozenset({("Secret", NAMESPACE, "a")}),
    )


def judgement(snapshot: Snapshot) -> tuple[object, ...]:
    """Return all that the rules say of a snapshot."""
    found = [*faults(snapshot, PATIENCE)]
    first = judge(found, snapshot, 0, FaultMemory())
    state = readiness(snapshot, wait_for_jobs=True, load_balancers=True)
    began = start(snapshot)
    wait = Wait().after(state, 0)
    subject = objects.resource(OWN[0], NAMESPACE)
    return (
        first,
        judge(found, snapshot, 1000, first.memory),
        state,
        progress(state, found),
        questions(snapshot),
        [*map(objects.uid, obstruction(snapshot, PATIENCE, 0, {}).pods)],
        [*degradation(snapshot, began, PATIENCE)],
        awaited_by_helm(snapshot, wait_for_jobs=True, load_balancers=True),
        timed_out(Limit("ReadinessTimeout", 5), wait, 5, subject, found),
        [mark(each) for each in snapshot.live.values()],
        [settled(each) for each in snapshot.live.values()],
        [occurrences(each) for each in snapshot.events["StatefulSet-web"]],
        [objects.key(each, NAMESPACE) for each in others_to_read(snapshot, snapshot.desired)],
    )


@given(FOREIGN)
def test_nothing_raises_and_what_is_kept_means_the_same(everything: tuple[Object, ...]) -> None:
    assert judgement(seen(everything)) == judgement(seen(everything, kept))


@given(FOREIGN)
def test_a_baseline_may_be_foreign_too(everything: tuple[Object, ...]) -> None:
    marks = {key: mark(live) for key, live in seen(everything).live.items()}
    snapshot = replace(seen(ALL), baseline=Baseline(marks=marks))
    assert judgement(snapshot)


@given(st.sampled_from(OWN).flatmap(foreign))
def test_a_manifest_may_be_foreign_too(desired: Object) -> None:
    nameless = {**desired, "kind": [desired], "apiVersion": None}
    for each in objects.flatten([desired, nameless, {"kind": "List", "items": [desired, None, 1]}]):
        assert isinstance(judged_or_served(each), bool)
    assert judgement(replace(seen(ALL), desired=(desired,)))


@pytest.mark.parametrize("generation", ["1", 1], ids=["text", "number"])
def test_an_old_generation_is_seen_as_a_number_and_as_a_text_of_digits(generation: object) -> None:
    live = changed(CUSTOM, ("status",), {"observedGeneration": generation})
    assert lack(live) == "its controller has not processed its newest spec yet"


@pytest.mark.parametrize("generation", ["2", "7d4f9", True, None, [2], "9" * 5000], ids=range(6))
def test_a_generation_that_is_new_or_no_number_holds_nothing_up(generation: object) -> None:
    assert lack(changed(CUSTOM, ("status",), {"observedGeneration": generation})) == ""


@pytest.mark.parametrize(
    "status",
    [
        "Running",
        ["Running"],
        {"conditions": {"Ready": "False"}},
        {"conditions": [None, "Ready", {"type": ["Ready"], "status": "False"}]},
        {"conditions": "Ready=False"},
        7,
        None,
    ],
    ids=range(7),
)
def test_a_status_of_another_shape_counts_as_none(status: object) -> None:
    assert lack(changed(CUSTOM, ("status",), status)) == ""


def test_numbers_that_are_texts_are_no_numbers() -> None:
    ready: dict[str, Any] = {
        "replicas": "3",
        "updatedReplicas": "3",
        "availableReplicas": "3",
        "readyReplicas": "3",
    }
    assert lack(deployment(**ready)) == "0 of 3 replicas are updated"
    assert lack(daemon_set(desiredNumberScheduled="3")) == ""


def test_a_label_that_is_no_text_is_none() -> None:
    assert [*pairs({"labels": {"app": "web", "tier": 3}}, "labels")] == [("app", "web")]
