"""Each right taken away alone: what needs it says so before anything is changed, and all else works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import CRASHING, explained
from tests.support import least_rights
from tests.support.control_plane import Place
from tests.support.least_rights import granted, rules_of
from tests.support.namespaces import cluster_of
from tools.permissions.rights import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.results import ReleaseStatus
    from tests.contract.laboratory import Laboratory
    from tests.support.control_plane import Rules

pytestmark = pytest.mark.ground

ROLES = ("release", "chart", "health", "logs", "events", "clearing", "volumes")
RIGHTS = sorted(granted(rules_of(*ROLES)))
SAMPLE = [
    Right("", "secrets", "update", namespaced=True),
    Right("coordination.k8s.io", "leases", "delete", namespaced=True),
    Right("apps", "deployments", "patch", namespaced=True),
]
CERTAIN = {"timeouts": {"upgrade": 10, "deploy": 20, "rollback": 20, "delete": 20}}
"""How long each step may take: without pods and events, failures are found by the timeout."""


def without(right: Right) -> Rules:
    """Return the rules of all Roles but for one right."""
    return [
        {"apiGroups": [each.group], "resources": [each.resource], "verbs": [each.verb]}
        for each in RIGHTS
        if each != right
    ]


def raised(act: Callable[[], object]) -> OperationError | None:
    """Return the error with which an operation ends, None if it ends without one."""
    try:
        act()
    except OperationError as error:
        return error
    return None


@dataclass
class Trial:
    """A release that a user with all rights but one works on; an administrator makes good what fails.

    Attributes:
        lab: the release.
        me: the user's kubeconfig.
        lacking: what the user lacks, as each error has to say it.
    """

    lab: Laboratory
    me: str
    lacking: str

    def everything(self) -> tuple[Any, ...]:
        """What is there: records, objects, and what runs."""
        lab = self.lab
        there = [name for name in lab.leftovers() if not name.startswith(("pod/", "replicaset/"))]
        return (lab.statuses(), there, lab.image() if lab.statuses() else "")

    def refused(self, act: Callable[[], object]) -> bool:
        """Whether the user may not; then nothing was changed, and the error names the right."""
        before = self.everything()
        refusal = raised(act)
        if refusal is None:
            return False
        assert refusal.reason == "Forbidden", refusal
        assert self.lacking in refusal.message
        assert self.everything() == before, refusal
        return True

    def update(self, **inputs: Any) -> ReleaseStatus | None:
        found: list[ReleaseStatus] = []
        self.refused(lambda: found.append(self.lab.upgrade(kubeconfig=self.me, **CERTAIN, **inputs)))
        return found[0] if found else None


def live_without(lab: Laboratory, right: Right) -> None:
    ground, namespace = lab.space.ground, lab.space.namespace
    here = Place(ground, cluster_of(ground), namespace, ground.kubeconfig.read_text())
    lacking = f'cannot {right.verb} resource "{right.resource}" in API group "{right.group}"'
    with least_rights.user(here, without(right)) as (me, _):
        trial = Trial(lab, me, f'{lacking} in the namespace "{namespace}"')
        deploy(trial)
        upgrade(trial)
        be_rolled_back(trial)
        delete(trial)


def deploy(trial: Trial) -> None:
    """What a chart needs that was never deployed is not known before Helm has failed."""
    begun: list[ReleaseStatus] = []
    if trial.refused(lambda: begun.append(trial.lab.deploy(kubeconfig=trial.me, **CERTAIN))):
        trial.lab.deploy()
    elif begun[0].phase is not Phase.DEPLOYED:
        assert trial.lacking in explained(begun[0])
        trial.lab.upgrade()
    assert trial.lab.statuses()[-1] == "deployed"


def upgrade(trial: Trial) -> None:
    status = trial.update(values={"tag": "2"})
    if status and status.phase is not Phase.DEPLOYED:
        assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "Forbidden")
        assert trial.lacking in status.rollback_status.message
        assert trial.lab.image().endswith(":1")
    if status is None or status.phase is not Phase.DEPLOYED:
        trial.lab.upgrade(values={"tag": "2"})
    assert trial.lab.image().endswith(":2")


def be_rolled_back(trial: Trial) -> None:
    status = trial.update(values={**CRASHING, "tag": "3"})
    assert status is None or status.phase is Phase.ROLLED_BACK
    assert trial.lab.image().endswith(":2")


def delete(trial: Trial) -> None:
    if trial.refused(lambda: trial.lab.delete(kubeconfig=trial.me, **CERTAIN)):
        trial.lab.delete()
    assert trial.lab.leftovers() == []


@pytest.mark.sweep
@pytest.mark.every_engine
@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: f"{right.verb}-{right.resource}")
def test_what_needs_a_right_that_is_missing_says_so_before_it_changes_anything(
    lab: Laboratory, right: Right
) -> None:
    live_without(lab, right)


@pytest.mark.parametrize("right", SAMPLE, ids=lambda right: f"{right.verb}-{right.resource}")
def test_a_missing_right_costs_what_needs_it_and_no_more(lab: Laboratory, right: Right) -> None:
    live_without(lab, right)
