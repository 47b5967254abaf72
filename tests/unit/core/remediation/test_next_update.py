"""What the next update would do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Conclusion, Ledger
from helm_rollback_component.core.remediation.next_update import foresee, last_declared, sentence
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Gone,
    Install,
    Refuse,
    Rollback,
    Step,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.support.histories import attempt, entry, history, ledger, record

DEFAULT = RollbackConfig()
DEPLOYED = Conclusion(phase=Phase.DEPLOYED, reason="UpgradeSucceeded")
ROLLBACK = Rollback(3, "ImagePullBackOff")


def concluded(known: Ledger, conclusion: Conclusion) -> Ledger:
    return known.model_copy(update={"conclusion": conclusion})


def test_a_release_that_is_as_declared_is_left() -> None:
    known = concluded(ledger(entry(1, spec="now"), attempt=attempt(1, spec="now")), DEPLOYED)
    found = foresee(history("deployed"), known, DEFAULT)
    assert found.same_inputs == "nothing: what runs is what is declared"
    assert found.other_inputs == "upgrade to what is declared"
    assert found.on_failure == "revision 1 is restored"


def test_inputs_that_were_rolled_back_are_not_tried_again() -> None:
    known = ledger(
        entry(1),
        entry(2, "bad", spec="bad"),
        entry(3, origin=1),
        attempt=attempt(3, action="rollback", spec="bad", target=1),
    ).model_copy(
        update={
            "rollback_status": RollbackStatus(
                state=RollbackState.ROLLED_BACK, reason="ImagePullBackOff", restored_revision=3
            )
        }
    )
    found = foresee(history("superseded", "failed", "deployed"), known, DEFAULT)
    assert found.same_inputs.startswith("nothing is tried, because these inputs were rolled back (ImagePull")
    assert found.other_inputs == "upgrade to what is declared"


def test_what_another_client_did_is_not_seen_before_a_refresh() -> None:
    known = concluded(ledger(entry(1, spec="now"), attempt=attempt(1, spec="now")), DEPLOYED)
    found = foresee(history("superseded", "deployed"), known, DEFAULT)
    assert found.same_inputs == (
        "nothing, as the state of the stack does not know of the change; after a refresh: "
        "upgrade to what is declared"
    )


def test_a_release_that_is_gone_is_installed() -> None:
    found = foresee(History(), Ledger(), DEFAULT)
    assert (found.same_inputs, found.on_failure) == ("install the release", "the release is removed")


@pytest.mark.parametrize(
    ("rollback", "told"),
    [
        ({"enabled": False}, "the failure is reported, and nothing is rolled back"),
        ({"strategy": "manual"}, "the failure is reported, and nothing is rolled back"),
        ({"target_revision": 1}, "revision 1 is restored"),
        ({"target_revision": 7}, "revision 2 is restored"),
        ({"floor": 3}, "nothing is rolled back: to restore revision 2 would go below revision 3"),
    ],
)
def test_a_failure_is_followed_as_declared(rollback: dict[str, object], told: str) -> None:
    known = ledger(entry(1), entry(2), attempt=attempt(2, spec="spec-2"))
    found = foresee(history("superseded", "deployed"), known, RollbackConfig.model_validate(rollback))
    assert found.on_failure.startswith(told)


@pytest.mark.parametrize(
    ("reason", "declared"),
    [
        ("ManualRequest", {"strategy": "manual", "target_revision": 1}),
        ("VersionDowngrade", {"strategy": "version-based"}),
        ("ImagePullBackOff", {}),
    ],
)
def test_what_was_done_tells_what_was_declared(reason: str, declared: dict[str, object]) -> None:
    known = ledger(attempt=attempt(3, action="rollback", target=1, reason=reason))
    assert last_declared(known) == RollbackConfig.model_validate(declared)


def test_an_upgrade_or_nothing_tells_nothing_of_what_was_declared() -> None:
    assert last_declared(ledger(attempt=attempt(3))) == last_declared(Ledger()) == DEFAULT


def test_a_held_revision_stays_held_whatever_else_is_declared() -> None:
    known = concluded(
        ledger(
            entry(1),
            entry(2),
            entry(3, origin=1, spec="held"),
            attempt=attempt(3, action="rollback", spec="held", target=1, reason="ManualRequest"),
        ),
        Conclusion(phase=Phase.DEPLOYED, reason="ManualRequest"),
    )
    held = "nothing: what runs is what is declared"
    found = foresee(history("superseded", "superseded", "deployed"), known, last_declared(known))
    assert (found.same_inputs, found.other_inputs) == (held, f"{held}, as long as target_revision is 1")


def test_a_failure_may_have_no_way_back() -> None:
    known = ledger(entry(1, "bad"), attempt=attempt(1))
    assert foresee(history("failed"), known, DEFAULT).on_failure.startswith("nothing can be restored")


def test_a_point_of_no_return_is_no_limit_for_itself() -> None:
    marked = replace(record(1), point_of_no_return=True)
    assert foresee(History((marked,)), ledger(entry(1)), DEFAULT).on_failure == "revision 1 is restored"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Install(), "install the release"),
        (Upgrade("no good revision has it"), "upgrade to what is declared; no good revision has it"),
        (ROLLBACK, "roll back to revision 3: ImagePullBackOff"),
        (Uninstall("Interrupted"), "remove what the first deployment left, and install again: Interrupted"),
        (Unlock(4), "mark revision 4 failed, which a dead client left pending, and go on"),
        (Verify(4), "check whether revision 4 is ready, and conclude from that"),
        (Accept(4, ROLLBACK, "web stays"), "keep revision 4: web stays"),
        (Refuse("adopt", Reason.PRUNED, "gone"), "it would fail before anything is changed: gone (Pruned)"),
        (Gone("HelmFailed", "no"), "it would fail: no (HelmFailed)"),
        (Conclude(Phase.STALLED, "NoProgress", "it hangs"), "it would fail: it hangs"),
        (Conclude(Phase.FAILED, "HelmFailed"), "it would fail: HelmFailed"),
    ],
)
def test_each_step_is_a_sentence(step: Step, told: str) -> None:
    assert sentence(step) == told
