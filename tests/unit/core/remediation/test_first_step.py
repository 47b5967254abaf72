"""What an update begins with, in one line."""

from __future__ import annotations

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.remediation.first_step import told
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Conclude,
    Desired,
    Gone,
    Install,
    Refuse,
    Rollback,
    Situation,
    Step,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase
from tests.support.histories import record

BACK = Rollback(1, Reason.VERSION_DOWNGRADE, requested=True)


def _situation(*charts: str) -> Situation:
    records = tuple(record(number, chart=chart) for number, chart in enumerate(charts, start=1))
    desired = Desired("d", "web", "1.3.0", "v", RollbackConfig())
    return Situation(desired, History(records), Ledger())


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Install(), "install web 1.3.0"),
        (Upgrade(), "upgrade 1.2.0 → 1.3.0"),
        (Upgrade(note="no good revision"), "upgrade 1.2.0 → 1.3.0; no good revision"),
        (
            Rollback(1, Reason.DRIFTED),
            "roll back to revision 1 (web 1.2.0): another client changed the release",
        ),
        (
            Rollback(7, Reason.MANUAL_REQUEST),
            "roll back to revision 7: the inputs hold the release at the content of one revision",
        ),
        (Unlock(1), "mark revision 1 failed, which was left pending; upgrade 1.2.0 → 1.3.0"),
        (
            Uninstall(Reason.FIRST_DEPLOYMENT_FAILED),
            "remove what is there, and install web 1.3.0: no revision of the release ever worked",
        ),
        (Verify(1), "no upgrade: revision 1 is as declared, and is judged again"),
        (Accept(1, BACK, ""), "no upgrade: revision 1 is as declared, and is judged again"),
        (Conclude(Phase.DEPLOYED, "InSync"), "no action: what runs is what is declared"),
        (Conclude(Phase.DEPLOYED, "ManualRequest", "it has it"), "no action: it has it"),
        (Conclude(Phase.ROLLED_BACK, "X", "it was bad"), "this update will fail: it was bad"),
        (Gone("X", "nothing is there"), "this update will fail: nothing is there"),
        (Refuse("a.b", Reason.PRUNED, "it was deleted"), "this update will fail: it was deleted"),
    ],
)
def test_each_step_has_its_line(step: Step, line: str) -> None:
    assert told(step, _situation("web-1.2.0")) == line


@pytest.mark.parametrize(
    ("charts", "line"),
    [
        (("web-1.3.0",), "upgrade (chart web 1.3.0 as before)"),
        (("shop-9.0.0",), "upgrade shop 9.0.0 → web 1.3.0"),
        ((), "upgrade web 1.3.0"),
    ],
)
def test_an_upgrade_says_from_what_to_what(charts: tuple[str, ...], line: str) -> None:
    assert told(Upgrade(), _situation(*charts)) == line
