"""One spoiled request changes nothing: every operation ends as it does without the fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.faults.operations import OPERATIONS
from tools.faults.rules import Fault
from tools.faults.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(1200)]


def _every_fifth(count: int) -> Sequence[int]:
    return range(2, count + 1, 5)


def _failures(how: Sweep, operation: str, faults: Sequence[Fault]) -> list[str]:
    rows = how.rows(operation, faults)
    assert all(row.total for row in rows)
    return [failure for row in rows for failure in row.failures]


@pytest.mark.parametrize("operation", ["upgrade", "automatic rollback"])
def test_a_lost_answer_to_a_request_of_ours(ground: Ground, operation: str) -> None:
    how = Sweep(ground.kubeconfig.read_text(), str(ground.helm(4)), choose=_every_fifth)
    assert _failures(how, operation, [Fault.LOST]) == []


@pytest.mark.sweep
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_fault_at_every_request_of_ours(ground: Ground, operation: str) -> None:
    how = Sweep(ground.kubeconfig.read_text(), str(ground.helm(4)))
    assert _failures(how, operation, list(Fault)) == []
