"""Which revision is marked deployed again where an operation that ended too early has left none."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.records.history import History, Record, Status
from helm_rollback_component.core.records.ledger import Entry, Ledger, Verdict
from helm_rollback_component.core.remediation.deployed_record import undeployed

GOOD = "Upgrade complete"
BAD = 'Upgrade "web" failed: it is'


def history(*revisions: tuple[str, str]) -> History:
    """Make a history of statuses and descriptions."""
    return History(
        tuple(
            Record(number, Status(status), "web", "1.0.0", "", description, "", f"digest {number}", "")
            for number, (status, description) in enumerate(revisions, 1)
        )
    )


@pytest.mark.parametrize(
    ("revisions", "live"),
    [
        ([("superseded", GOOD), ("superseded", GOOD), ("failed", "Rollback failed")], 2),
        ([("superseded", GOOD), ("superseded", BAD), ("failed", "Rollback failed")], 1),
        ([("superseded", GOOD), ("failed", "Interrupted: its client died"), ("failed", BAD)], 1),
    ],
)
def test_it_is_the_newest_good_one_before_those_that_failed(
    revisions: list[tuple[str, str]], live: int
) -> None:
    found = undeployed(history(*revisions), Ledger())
    assert found is not None
    assert found.revision == live


@pytest.mark.parametrize(
    "revisions",
    [
        [],
        [("deployed", GOOD), ("failed", BAD)],
        [("superseded", GOOD), ("pending-rollback", "")],
        [("superseded", BAD), ("failed", BAD)],
        [("uninstalled", "Uninstallation complete"), ("failed", BAD)],
        [("superseded", "superseded by new release"), ("failed", BAD)],
    ],
    ids=["nothing", "one is deployed", "one is pending", "none was good", "uninstalled", "replaced"],
)
def test_otherwise_there_is_none(revisions: list[tuple[str, str]]) -> None:
    assert undeployed(history(*revisions), Ledger()) is None


def test_the_ledgers_verdict_comes_before_helms_word() -> None:
    entry = Entry(revision=2, record_digest="digest 2", desired_digest="", origin=2, verdict=Verdict.BAD)
    found = undeployed(
        history(("superseded", GOOD), ("superseded", GOOD), ("failed", BAD)), Ledger().record(entry)
    )
    assert found is not None
    assert found.revision == 1
