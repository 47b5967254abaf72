"""Whole runs over objects into which others wrote something unexpected: none ends in an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.kube.health.examiner import Finding, HealthContext
from helm_rollback_component.kube.health.observer import baseline
from helm_rollback_component.kube.health.wait import Beginning, soak, wait_ready
from helm_rollback_component.kube.health.watch import Applied, HealthWatch
from tests.support.manual_clock import SleepingClock
from tests.unit.core.health.foreign_objects import CHILDREN, OWN, Object, foreign
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

HEALTH = HealthConfig(soak=5)


def with_selector(body: Object) -> Object:
    """Give a workload the labels that its pods are selected by."""
    selects = body["kind"] in ("DaemonSet", "Deployment", "Job", "StatefulSet")
    return (
        {**body, "spec": {"selector": {"matchLabels": {"app": "web"}}, **body["spec"]}} if selects else body
    )


DECLARED = [*map(with_selector, OWN)]
EVERYTHING = (*DECLARED, *map(labelled, CHILDREN))
PARTS = st.sampled_from(
    [(which, part) for which, body in enumerate(EVERYTHING) for part in ("spec", "status") if body.get(part)]
)
FOREIGN = PARTS.flatmap(
    lambda found: foreign(EVERYTHING[found[0]], (found[1],)).map(
        lambda body: [*EVERYTHING[: found[0]], body, *EVERYTHING[found[0] + 1 :]]
    )
)
FEW = settings(max_examples=25)


def context(town: Town) -> HealthContext:
    return HealthContext(Onlookers(town), NAMESPACE, HEALTH, lambda _: None, clock=SleepingClock())


@given(FOREIGN)
@FEW
def test_waiting_and_soaking_end_with_a_verdict_or_none(everything: Sequence[Any]) -> None:
    town = Town(*everything)
    verdicts = (
        wait_ready(context(town), DECLARED, Limit("ReadinessTimeout", 30), Cancellation(), Beginning()),
        soak(context(town), DECLARED, Cancellation()),
    )
    assert all(each is None or isinstance(each, HealthVerdict | Finding) for each in verdicts)


@given(FOREIGN)
@FEW
def test_a_watch_has_a_last_word(everything: Sequence[Any]) -> None:
    town = Town(*everything)
    before = baseline(Onlookers(Town(*EVERYTHING)), NAMESPACE, DECLARED)
    for known in (before, Baseline()):
        watch = HealthWatch(context(town), lambda _: Applied(DECLARED), known)
        last = watch.last_verdict()
        assert last is None or last.reason
        late = watch.overdue(Limit("UpgradeTimeout", 30), DECLARED)
        assert late is None or late.message


@given(FOREIGN)
@FEW
def test_a_baseline_is_taken(everything: Sequence[Any]) -> None:
    taken = baseline(Onlookers(Town(*everything)), NAMESPACE, DECLARED)
    assert len(taken.declared) == len(DECLARED)
