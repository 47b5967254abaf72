"""Whoever is killed at whichever step: the next run begins at once and reaches what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.faults.operations import OPERATIONS
from tools.kills.sweep import Sweep
from tools.kills.trial import Kill, Who, tried, undisturbed

if TYPE_CHECKING:
    from tools.ground import Ground

pytestmark = [
    pytest.mark.ground,
    pytest.mark.timeout(1800),
    pytest.mark.usefixtures("one_helm_at_a_time"),
]

EVERY = 2

HELM_WRITES = r"^(PATCH|PUT|POST|DELETE) .* Helm/"


@pytest.mark.parametrize(
    ("operation", "kill"),
    [
        ("deploy", Kill(Who.BOTH, 2, HELM_WRITES)),
        ("upgrade", Kill(Who.CALLER, 2, HELM_WRITES)),
        ("automatic rollback", Kill(Who.HELM, 2, HELM_WRITES)),
        ("delete", Kill(Who.BOTH, 2, HELM_WRITES)),
    ],
    ids=lambda each: each if isinstance(each, str) else each.who,
)
def test_a_kill_while_helm_writes(ground: Ground, operation: str, kill: Kill) -> None:
    kubeconfig, helm = ground.kubeconfig.read_text(), str(ground.helm(4))
    wanted, _ = undisturbed(kubeconfig, helm, operation)
    trial = tried(kubeconfig, helm, operation, kill)
    assert trial.at
    assert trial.fault(wanted) == ""


@pytest.mark.sweep
@pytest.mark.parametrize("helm", ["helm3", "helm4", "embedded"])
@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each != "refresh"])
def test_a_kill_at_every_second_write(ground: Ground, operation: str, helm: str) -> None:
    engine = helm if helm == "embedded" else str(ground.helm(int(helm[-1])))
    rows = [*Sweep(ground.kubeconfig.read_text(), engine, EVERY).rows(operation, Who)]
    assert sum(row.total for row in rows)
    assert [f"{row.who}: {failure}" for row in rows for failure in row.failures] == []
