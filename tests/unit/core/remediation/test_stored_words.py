"""What is told of a stored revision: never what Helm stored of a failure."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.remediation.stored_words import description
from helm_rollback_component.core.remediation.targets import INTERRUPTED
from tests.support.histories import entry, record

QUOTED = 'ConfigMap "web" is invalid: data[key]: Invalid value: "hunter2": a valid key must consist of'


@pytest.mark.parametrize(
    "said",
    ["Upgrade complete", "Rollback to 2", "Install complete", INTERRUPTED, 'of "us", for v2: failed', ""],
)
@pytest.mark.parametrize("status", ["deployed", "superseded", "pending-upgrade"])
def test_what_tells_of_no_failure_is_as_it_is_stored(said: str, status: str) -> None:
    assert description(record(1, status, description=said), Ledger()) == said


@pytest.mark.parametrize("status", ["failed", "superseded"])
@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f'Upgrade "web" failed: {QUOTED}', 'Upgrade "web" failed: ObjectInvalid'),
        (f'Release "web" failed: {QUOTED}', 'Release "web" failed: ObjectInvalid'),
        (f'Rollback "web" failed: {QUOTED}', 'Rollback "web" failed: ObjectInvalid'),
    ],
)
def test_a_failure_is_told_by_its_reason(status: str, said: str, told: str) -> None:
    assert description(record(2, status, description=said), Ledger()) == told


def test_the_reason_that_was_seen_counts() -> None:
    failed = entry(2, "bad").model_copy(update={"reason": "ImagePullBackOff"})
    found = record(2, "failed", description=f'Upgrade "web" failed: {QUOTED}')
    assert description(found, Ledger(entries=(failed,))) == 'Upgrade "web" failed: ImagePullBackOff'
    good = Ledger(entries=(entry(2, "good"),))
    assert description(found, good) == 'Upgrade "web" failed: ObjectInvalid'


def test_of_a_failed_revision_no_word_of_another_client_is_told() -> None:
    assert (
        description(record(2, "failed", description="hunter2 was refused"), Ledger()) == "failed: HelmFailed"
    )


def test_a_dead_client_is_told_as_it_is() -> None:
    assert description(record(2, "failed", description=INTERRUPTED), Ledger()) == INTERRUPTED
