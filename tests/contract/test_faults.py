"""One spoiled request changes nothing: every operation ends as it does without the fault.

After two, the same again without a fault reaches what is declared.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tools.faults import proxy
from tools.faults.operations import OPERATIONS
from tools.faults.rules import FAULTS_OF_REQUESTS, FAULTS_OF_WATCHES, Fault, Rule, is_no_watch
from tools.faults.stage import stage
from tools.faults.sweep import NO_FAULT, Sweep, try_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.faults.stage import Outcome
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(1200)]


SEED = os.environ.get("FAULTS_SEED", "20261126")
"""Begins the seed of every pair of faults; operation and number of the test end it."""
_OF_EACH = 50
_ENGINES = ("helm4", "helm3", "embedded")
_LAST_SPOILED = 40


def _helm(ground: Ground, engine: str) -> str:
    return engine if engine == "embedded" else str(ground.helm(int(engine[-1])))


def _every_fifth(count: int) -> Sequence[int]:
    return range(2, count + 1, 5)


def _failures(how: Sweep, operation: str, faults: Sequence[Fault]) -> list[str]:
    rows = list(how.rows(operation, faults))
    assert all(row.total for row in rows)
    return [failure for row in rows for failure in row.failures]


@pytest.mark.parametrize(
    "operation", [pytest.param("upgrade", marks=pytest.mark.sweep), "automatic rollback"]
)
def test_a_lost_answer_to_a_request_of_ours(ground: Ground, operation: str) -> None:
    how = Sweep(ground.kubeconfig.read_text(), str(ground.helm(4)), choose=_every_fifth)
    assert _failures(how, operation, [Fault.LOST]) == []


@pytest.mark.sweep
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_fault_at_every_request_of_ours(ground: Ground, operation: str) -> None:
    how = Sweep(ground.kubeconfig.read_text(), str(ground.helm(4)))
    assert _failures(how, operation, FAULTS_OF_REQUESTS) == []


@pytest.mark.sweep
@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each != "refresh"])
def test_an_answer_that_helm_does_not_get(ground: Ground, operation: str) -> None:
    how = Sweep(ground.kubeconfig.read_text(), str(ground.helm(4)), " Helm/", choose=_every_fifth)
    assert _failures(how, operation, [Fault.UNAVAILABLE, Fault.LOST]) == []


@pytest.mark.parametrize("engine", ["helm4", pytest.param("embedded", marks=pytest.mark.sweep)])
def test_helm_that_has_lost_sight_of_a_release_sees_it_again(ground: Ground, engine: str) -> None:
    of_the_watch = r"/replicasets\?.* Helm/4"
    how = Sweep(ground.kubeconfig.read_text(), _helm(ground, engine), of_the_watch, choose=lambda _: (1, 2))
    assert _failures(how, "upgrade with hooks", [Fault.UNAVAILABLE]) == []


@pytest.mark.sweep
@pytest.mark.parametrize("engine", _ENGINES)
@pytest.mark.parametrize(
    "operation", ["deploy", "upgrade", "upgrade with hooks", "automatic rollback", "delete"]
)
def test_every_fault_at_every_watch(ground: Ground, engine: str, operation: str) -> None:
    how = Sweep(ground.kubeconfig.read_text(), _helm(ground, engine), "", skip=is_no_watch)
    assert _failures(how, operation, FAULTS_OF_WATCHES) == []


@pytest.mark.sweep
@pytest.mark.timeout(200)
@pytest.mark.parametrize("engine", ["helm4", "embedded"])
def test_a_deletion_whose_end_helm_is_never_told_does_not_take_its_timeout(
    ground: Ground, engine: str
) -> None:
    kubeconfig, steps = ground.kubeconfig.read_text(), OPERATIONS["delete"]
    patient = replace(steps.under_test, inputs={**steps.under_test.inputs, "timeouts": {"delete": 300}})
    with (
        stage(kubeconfig, _helm(ground, engine)) as place,
        proxy.running(kubeconfig, skip=is_no_watch) as spoiling,
    ):
        place.prepare(steps.before)
        spoiling.expect(Rule(Fault.SILENT))
        assert place.do(patient, spoiling.kubeconfig) == "done"
        assert place.outcome("").there == ()


@cache
def _wanted(how: Sweep, operation: str) -> Outcome:
    """Return how an operation ends without a fault; only the first test of a process has to find out."""
    return try_once(how, operation, NO_FAULT).outcome


def _two_faults(seed: str) -> tuple[Rule, ...]:
    chance = random.Random(seed)  # noqa: S311  # it has to be the same each time
    numbers = chance.sample(range(1, _LAST_SPOILED + 1), 2)
    return tuple(Rule(chance.choice(FAULTS_OF_REQUESTS), frozenset({number})) for number in numbers)


@pytest.mark.sweep
@pytest.mark.parametrize("operation", ["deploy", "upgrade", "automatic rollback", "delete"])
@pytest.mark.parametrize("number", range(_OF_EACH))
def test_after_two_faults_the_same_again_reaches_what_is_declared(
    ground: Ground, operation: str, number: int
) -> None:
    how = Sweep(ground.kubeconfig.read_text(), _helm(ground, _ENGINES[number % len(_ENGINES)]))
    seed, steps = f"{SEED}-{operation}-{number}", OPERATIONS[operation]
    with stage(how.kubeconfig, how.helm) as place, proxy.running(how.kubeconfig) as spoiling:
        place.prepare(steps.before)
        spoiling.expect(*_two_faults(seed))
        first = place.do(steps.under_test, spoiling.kubeconfig)
        spoiled = [str(each) for each in spoiling.spoiled]
        differences = place.outcome(place.do(steps.under_test)).differences(_wanted(how, operation))
    assert not differences, f"seed {seed}, {spoiled}, which ended as {first}: {differences}"
