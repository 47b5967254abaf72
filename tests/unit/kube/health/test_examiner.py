"""What would be the last word is looked at twice, and what is lacking is told once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health.examiner import Doubt, Examiner, Finding, HealthContext
from helm_rollback_component.kube.health.observer import Observer
from tests.support.fake_cluster import failure
from tests.unit.core.health.health_objects import deployment, pod, replica_set, running, seen, waiting
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, labelled, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.health.snapshot import Snapshot

LOOP = waiting("CrashLoopBackOff", restarts=4, last={"exitCode": 1, "reason": "Error"})
BAD = seen(deployment(), children=[replica_set(), pod("ReplicaSet-web-two", LOOP)])
GOOD = seen(deployment(), children=[replica_set(), pod("ReplicaSet-web-two", running())])


class Observations:
    """Stands for an observer: what each look shows, and what is done in between."""

    def __init__(self, *shown: Snapshot | OperationError, lacking: tuple[str, ...] = ()) -> None:
        self.done: list[str] = []
        self._shown = [*shown]
        self._lacking = lacking

    def refresh(self) -> None:
        self.done.append("refresh")

    def refresh_own(self) -> None:
        self.done.append("refresh own")

    def look(self, _: object) -> Snapshot:
        self.done.append("look")
        found = self._shown.pop(0)
        if isinstance(found, OperationError):
            raise found
        return found

    def lacking(self) -> Iterator[str]:
        return iter(self._lacking)

    def worth_another(self) -> float:
        return math.inf


def context(said: list[str]) -> HealthContext:
    return HealthContext(Onlookers(Town()), NAMESPACE, HealthConfig(), said.append)


def examiner(observations: Observations, said: list[str] | None = None) -> Examiner:
    return Examiner(context([] if said is None else said), cast("Observer", observations))


def reason(finding: Finding) -> str:
    return finding.judgement.verdict.reason if finding.judgement.verdict else ""


def test_what_concludes_nothing_is_looked_at_once() -> None:
    observations = Observations(GOOD)
    assert reason(examiner(observations).look([])) == ""
    assert observations.done == ["look"]


def test_what_would_conclude_is_looked_at_again_as_it_is_from_then_on() -> None:
    observations = Observations(BAD, BAD)
    assert reason(examiner(observations).look([])) == "CrashLoopBackOff"
    assert observations.done == ["look", "refresh", "look"]


def test_a_conclusion_that_the_second_look_does_not_bear_out_is_dropped() -> None:
    assert reason(examiner(Observations(BAD, GOOD)).look([])) == ""


def test_readiness_that_the_second_look_does_not_bear_out_is_dropped() -> None:
    grown = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
    observations = Observations(seen(deployment(**cast("dict[str, Any]", grown))), GOOD)
    looking = Examiner(
        context([]),
        cast("Observer", observations),
        lambda found: Doubt.OWN if found.readiness.ready else Doubt.NONE,
    )
    assert not looking.look([]).readiness.ready
    assert observations.done == ["look", "refresh own", "look"]


def test_without_an_answer_to_the_second_look_there_is_no_conclusion() -> None:
    with pytest.raises(OperationError):
        examiner(Observations(BAD, failure("Unreachable", temporary=True))).look([])


def test_what_is_lacking_is_told_once_in_a_run() -> None:
    said: list[str] = []
    run = context(said)
    for _ in range(2):
        looking = Examiner(run, cast("Observer", Observations(GOOD, GOOD, lacking=("no watch", "no list"))))
        looking.look([])
        looking.look([])
    assert [line for line in said if line.startswith("no ")] == ["no watch", "no list"]


def test_the_second_look_asks_anew_what_is_missing_as_well() -> None:
    lacking = waiting("CreateContainerConfigError", 'configmap "settings" not found')
    cluster = Town(
        select(deployment()),
        labelled(select(replica_set())),
        labelled(pod("ReplicaSet-web-two", lacking)),
    )
    looking = Observer(Onlookers(cluster), NAMESPACE, Baseline())
    assert looking.look([deployment()]).missing
    cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "uid": "1"}})
    looking.refresh()
    assert not looking.look([deployment()]).missing
