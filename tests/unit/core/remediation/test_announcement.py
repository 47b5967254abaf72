"""What a run announces."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.remediation.announcement import announcement, uninstalled
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Action,
    Conclude,
    Gone,
    Install,
    Outcome,
    Refuse,
    Rollback,
    Taken,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase
from tests.support.histories import desired, failure, history, ledger, situation

DEPLOYED = Conclude(Phase.DEPLOYED, "UpgradeSucceeded")
ROLLED_BACK = Conclude(Phase.ROLLED_BACK, "ImagePullBackOff", "no such image")
FAILED = Conclude(Phase.FAILED, "ImagePullBackOff", "no such image")
STALLED = Conclude(Phase.STALLED, "RollbackFailed", "a webhook is down")
GONE = Gone("ImagePullBackOff", "no such image")
BACK = Rollback(1, "ImagePullBackOff")
REQUESTED = Rollback(1, "ManualRequest", requested=True)
NEW = "revision 3 (web 1.0.0) is deployed"
OLD = "the content of revision 1 runs again, as revision 3"
WHY = "ImagePullBackOff: no such image"


def bad(action: Action) -> Taken:
    return Taken(action, failure())


@pytest.mark.parametrize(
    ("taken", "outcome", "expected"),
    [
        ((Install(),), DEPLOYED, ("InstallSucceeded", "Install", NEW, False)),
        ((Upgrade(),), DEPLOYED, ("UpgradeSucceeded", "Upgrade", NEW, False)),
        ((Unlock(2), Upgrade()), DEPLOYED, ("UpgradeSucceeded", "Upgrade", NEW, False)),
        ((Verify(3),), DEPLOYED, ("UpgradeSucceeded", "Upgrade", NEW, False)),
        ((bad(Upgrade()),), FAILED, ("UpgradeFailed", "Upgrade", WHY, True)),
        ((bad(Upgrade()), BACK), ROLLED_BACK, ("RollbackSucceeded", "Rollback", f"{OLD}; {WHY}", True)),
        (
            (bad(Upgrade()), bad(BACK), Accept(3, BACK, "")),
            ROLLED_BACK,
            ("RollbackSucceeded", "Rollback", f"{OLD}; {WHY}", True),
        ),
        (
            (bad(Upgrade()), bad(BACK)),
            STALLED,
            ("RollbackFailed", "Rollback", "RollbackFailed: a webhook is down", True),
        ),
        ((REQUESTED,), DEPLOYED, ("RollbackSucceeded", "Rollback", OLD, False)),
        ((bad(Upgrade()), BACK, Upgrade()), DEPLOYED, ("UpgradeSucceeded", "Upgrade", NEW, False)),
        ((bad(Install()), Uninstall("x")), GONE, ("InstallFailed", "Install", WHY, True)),
        ((bad(Install()), bad(Uninstall("x"))), FAILED, ("UninstallFailed", "Uninstall", WHY, True)),
        ((Uninstall("x"),), FAILED, ("UninstallSucceeded", "Uninstall", f"{NEW}; {WHY}", True)),
    ],
)
def test_the_last_thing_that_a_run_did_is_announced(
    taken: tuple[Action | Taken, ...], outcome: Outcome, expected: tuple[str, str, str, bool]
) -> None:
    there = situation(desired(), history("superseded", "failed", "deployed"), ledger(), *taken)
    found = announcement(there, outcome)
    assert found is not None
    assert (found.reason, found.action, found.note, found.warning) == expected


@pytest.mark.parametrize(
    ("taken", "outcome"),
    [((), DEPLOYED), ((Unlock(2),), FAILED), ((), Refuse("adopt", Reason.RELEASE_EXISTS, "it is there"))],
)
def test_a_run_that_did_nothing_announces_nothing(taken: tuple[Action, ...], outcome: Outcome) -> None:
    assert announcement(situation(desired(), history("deployed"), ledger(), *taken), outcome) is None


def test_where_nothing_is_left_that_is_said() -> None:
    found = announcement(situation(desired(), history(), ledger(), Uninstall("x")), FAILED)
    assert found
    assert found.note == f"nothing of the release is left; {WHY}"


def test_a_deletion_is_announced_and_so_is_its_failure() -> None:
    good, failed = uninstalled(""), uninstalled("HookFailed")
    assert (good.reason, good.warning) == ("UninstallSucceeded", False)
    assert (failed.reason, failed.note, failed.warning) == (
        "UninstallFailed",
        "the uninstall failed: HookFailed",
        True,
    )
