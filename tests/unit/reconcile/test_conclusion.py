"""The end of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.remediation.steps import Conclude, Situation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reconcile.conclusion import conclude_run
from helm_rollback_component.reconcile.effects import Effects
from helm_rollback_component.results import Phase
from tests.support.fake_cluster import failure
from tests.support.histories import desired, entry, history, ledger

if TYPE_CHECKING:
    from helm_rollback_component.core.records.ledger import Ledger

KNOWN = ledger(entry(1), entry(2), entry(3))


class Lock:
    """Stands for the lock."""

    def __init__(self) -> None:
        self.written: Ledger | None = None

    def conclude(self, written: Ledger) -> None:
        self.written = written


class Records:
    """Stands for records that are deleted, until one is refused."""

    def __init__(self, refusal: OperationError) -> None:
        self._refusal = refusal
        self.left = 1

    def delete(self, _revision: int) -> None:
        if not self.left:
            raise self._refusal
        self.left -= 1


def end(refusal: OperationError, lock: Lock, said: list[str]) -> list[int]:
    """End a run after which two of three revisions are to be deleted, of which one can be."""
    config = HelmConfig.parse(
        {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "history": {"max_revisions": 1},
        }
    )
    stand_in: Any = lock
    records: Any = Records(refusal)
    nothing: Any = None
    effects = Effects(nothing, records, nothing, stand_in, said.append, lambda: datetime.now(UTC), nothing)
    there = Situation(desired(), history("superseded", "superseded", "deployed"), KNOWN)
    left = conclude_run(config, effects, there, Conclude(Phase.DEPLOYED, "InSync"))
    return [record.revision for record in left]


def test_without_the_right_to_delete_records_the_run_ends_as_it_would_and_they_are_kept() -> None:
    lock, said = Lock(), list[str]()
    assert end(failure("Forbidden"), lock, said) == [2, 3]
    assert said == ["old revisions are kept: it is Forbidden"]
    assert lock.written is not None
    assert [each.revision for each in lock.written.entries] == [2, 3]


def test_another_failure_is_an_error() -> None:
    with pytest.raises(OperationError, match="it is Untrusted"):
        end(failure("Untrusted"), Lock(), [])
