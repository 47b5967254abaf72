"""Whose content a revision holds, and for which spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.ledger_updates import Lineage, of_judged_anew, of_rollback
from tests.support.histories import attempt, desired, entry, history, ledger, record, situation

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.ledger import Attempt

FOUND = history("superseded", "failed", "deployed")


def test_a_rollback_serves_the_spec_of_its_target() -> None:
    seen = situation(desired(), FOUND, ledger(entry(1, spec="spec-1")))
    assert of_rollback(FOUND.get(1), seen, requested=False) == Lineage(1, "spec-1")


def test_a_rollback_to_a_rollback_holds_the_content_of_the_first() -> None:
    known = ledger(entry(1, spec="spec-1"), entry(3, spec="spec-1", origin=1))
    assert of_rollback(FOUND.get(3), situation(desired(), FOUND, known), requested=True) == Lineage(
        1, "spec-1"
    )


def test_a_version_based_request_serves_what_is_declared() -> None:
    seen = situation(desired(strategy="version-based"), FOUND, ledger(entry(1)))
    assert of_rollback(FOUND.get(1), seen, requested=True) == Lineage(1, "spec-new")


@pytest.mark.parametrize("target", [None, record(1)])
def test_what_is_not_known_of_a_target_is_not_made_up(target: Record | None) -> None:
    seen = situation(desired(), FOUND, ledger())
    assert of_rollback(target, seen, requested=False).desired_digest == ""


def test_a_verdict_given_once_more_keeps_the_spec() -> None:
    seen = situation(desired(), FOUND, ledger(entry(3, "unknown", spec="spec-3"), attempt=attempt(3)))
    assert of_judged_anew(record(3), seen) == Lineage(3, "spec-3")


def test_an_interrupted_upgrade_serves_what_it_was_begun_for() -> None:
    seen = situation(desired(), FOUND, ledger(attempt=attempt(3)))
    assert of_judged_anew(record(3), seen) == Lineage(3, "spec-new")


def test_an_interrupted_rollback_serves_the_spec_of_its_target() -> None:
    restored = record(3, description="Rollback to 1")
    found = History((record(1, "superseded"), record(2, "failed"), restored))
    known = ledger(
        entry(1, spec="spec-1"), attempt=attempt(3, action="rollback", target=1, reason="HookFailed")
    )
    assert of_judged_anew(restored, situation(desired(), found, known)) == Lineage(1, "spec-1")


@pytest.mark.parametrize("last", [None, attempt(4, action="rollback", target=1)])
def test_a_revision_that_was_not_begun_here_serves_no_known_spec(last: Attempt | None) -> None:
    seen = situation(desired(), FOUND, ledger(attempt=last))
    assert of_judged_anew(record(3), seen) == Lineage(3, "")
