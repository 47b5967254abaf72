"""Which revisions a request could roll back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.data_loss import Loss
from helm_rollback_component.reconcile.target_validation import refusal
from tests.support.histories import entry, history, ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAIM = Loss(Key("", "PersistentVolumeClaim", "apps", "data"), "its volume")
FOUND, KNOWN = history("superseded", "superseded", "deployed"), ledger(entry(1), entry(2), entry(3))


class Data:
    """Stands for the data in the cluster."""

    def __init__(self, *losses: Loss) -> None:
        self._losses = losses

    def lost_by_rollback(self, target: int, current: int) -> Sequence[Loss]:
        assert target < current == 3
        return self._losses


@pytest.mark.parametrize(
    ("rollback", "losses", "reason"),
    [
        ({}, (), None),
        ({}, (CLAIM,), "DataLossPrevented"),
        ({"floor": 2}, (), "PointOfNoReturn"),
        ({"floor": 2, "allow_data_loss": True}, (CLAIM,), None),
    ],
)
def test_it_is_refused_as_the_rollback_would_be(
    rollback: dict[str, object], losses: tuple[Loss, ...], reason: str | None
) -> None:
    found = refusal(1, FOUND, KNOWN, RollbackConfig.model_validate(rollback), Data(*losses))
    assert (found and found.reason) == reason


@pytest.mark.parametrize(("history", "reason"), [(FOUND, "BeyondLatest"), (History(), "NoHistory")])
def test_a_revision_that_is_no_target_is_refused_without_a_look(history: History, reason: str) -> None:
    found = refusal(7, history, KNOWN, RollbackConfig(), Data())
    assert found
    assert found.reason == reason
