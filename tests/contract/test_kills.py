"""Whoever is killed at whichever step: the next run begins at once and reaches what is declared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.contract.kills import BOTH, CALLER, HELM, Kill, tried, undisturbed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.contract.kills import Trial
    from tools.faults.stage import Outcome
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(1800)]

BEGINS_WITHIN = 30
OPERATIONS = ("deploy", "upgrade", "automatic rollback", "manual rollback", "delete")
EVERY = 6
AT_ONCE = 3

HELM_WRITES = r"^(PATCH|PUT|POST|DELETE) .* Helm/"


def _fault(trial: Trial, wanted: Outcome) -> str:
    """Return what is not as it should be after a kill; empty if all is."""
    late = f"it began {trial.began:.0f} s after the kill" if trial.began > BEGINS_WITHIN else ""
    left = f"Helm is still at work: {trial.left}" if trial.left else ""
    return "; ".join(filter(None, (trial.outcome.differences(wanted), late, left)))


@pytest.mark.parametrize(
    ("operation", "kill"),
    [
        ("deploy", Kill(BOTH, 2, HELM_WRITES)),
        ("upgrade", Kill(CALLER, 2, HELM_WRITES)),
        ("automatic rollback", Kill(HELM, 2, HELM_WRITES)),
        ("delete", Kill(BOTH, 2, HELM_WRITES)),
    ],
    ids=lambda each: each if isinstance(each, str) else each.who,
)
def test_a_kill_while_helm_writes(ground: Ground, operation: str, kill: Kill) -> None:
    kubeconfig, helm = ground.kubeconfig.read_text(), str(ground.helm(4))
    wanted, _ = undisturbed(kubeconfig, helm, operation)
    trial = tried(kubeconfig, helm, operation, kill)
    assert trial.at
    assert _fault(trial, wanted) == ""


@pytest.mark.sweep
@pytest.mark.parametrize("helm", ["helm3", "helm4", "embedded"])
@pytest.mark.parametrize("who", [CALLER, HELM, BOTH])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_kill_at_every_sixth_request(
    ground: Ground, helm_programs: Mapping[int, Path], operation: str, who: str, helm: str
) -> None:
    engine = helm if helm == "embedded" else str(helm_programs[int(helm[-1])])
    kubeconfig = ground.kubeconfig.read_text()
    wanted, count = undisturbed(kubeconfig, engine, operation)
    kills = [Kill(who, number) for number in range(2, count + 1, EVERY)]
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        trials = [*at_once.map(partial(tried, kubeconfig, engine, operation), kills)]
    struck = [trial for trial in trials if trial.at]
    assert struck
    assert [f"{trial.at}: {fault}" for trial in struck if (fault := _fault(trial, wanted))] == []
