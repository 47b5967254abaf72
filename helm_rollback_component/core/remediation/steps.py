"""The steps that a run is made of, and everything that the choice of the next one depends on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from helm_rollback_component.core.health.evidence import NOTHING_SEEN
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.evidence import Evidence
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger, Request
    from helm_rollback_component.results import Phase


PATIENCE = 600.0
"""For so many seconds another client's operation may go on; after that it counts as dead."""

REQUESTS = (Reason.MANUAL_REQUEST, Reason.VERSION_DOWNGRADE)
"""Reasons of rollbacks that the inputs asked for; what runs after one is what was declared."""


@dataclass(frozen=True)
class Install:
    """Install the declared spec; with `replace`, over the history of an uninstalled release."""

    replace: bool = False


@dataclass(frozen=True)
class Upgrade:
    """Upgrade to the declared spec; `note` says what is special about it, if anything is."""

    note: str = ""


@dataclass(frozen=True)
class Rollback:
    """Restore a revision's content.

    `requested`: the inputs ask for it. `request`: who asked for it by hand. Without either an upgrade failed.
    """

    revision: int
    reason: str
    requested: bool = False
    request: Request | None = None


@dataclass(frozen=True)
class Accept:
    """Keep what a rollback has restored although Helm failed; it counts once it is ready.

    `revision` is the one that the `rollback` made; `remains` says what could not go back, or what failed.
    """

    revision: int
    rollback: Rollback
    remains: str


@dataclass(frozen=True)
class Uninstall:
    """Remove what a first deployment or an interrupted uninstall left, but nothing that was there before."""

    reason: str


@dataclass(frozen=True)
class Unlock:
    """Mark a revision failed that a dead process left pending."""

    revision: int


@dataclass(frozen=True)
class Verify:
    """Judge the deployed revision, which is the declared one but has no verdict."""

    revision: int


@dataclass(frozen=True)
class Conclude:
    """Nothing more is to be done; the release is in that phase, for that reason."""

    phase: Phase
    reason: str
    message: str = ""


@dataclass(frozen=True)
class Gone:
    """Nothing is deployed: the first deployment failed, and the release was removed."""

    reason: str
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Refuse:
    """The request is not possible for this release; nothing was changed."""

    property: str
    reason: Reason
    message: str


Action = Install | Upgrade | Rollback | Accept | Uninstall | Unlock | Verify
Outcome = Conclude | Gone | Refuse
Step = Action | Outcome


@dataclass(frozen=True)
class Timeouts:
    """How long actions may take, in seconds, all tries together.

    Attributes:
        deploy: an install or upgrade, and to judge it again.
        rollback: a rollback.
        delete: an uninstall.
    """

    deploy: int = 300
    rollback: int = 300
    delete: int = 300


@dataclass(frozen=True)
class Desired:
    """What the inputs ask for.

    Attributes:
        digest: keyed digest of everything that a Helm action depends on.
        chart_name: the declared chart's name.
        chart_version: its version.
        values_digest: keyed digest of the declared values.
        rollback: the rollback section of the inputs.
        patience: how long another client's operation may take before it counts as dead, in seconds.
        timeouts: how long the actions may take.
    """

    digest: str
    chart_name: str
    chart_version: str
    values_digest: str
    rollback: RollbackConfig
    patience: float = PATIENCE
    timeouts: Timeouts = Timeouts()


@dataclass(frozen=True)
class Taken:
    """A step that was taken in this run, how it failed if it did, and what was seen of readiness.

    `unrestored` names, of a rollback that failed, the objects that are not as its target has them; it is None
    where the workloads are not, so that it has restored nothing that serves.
    """

    action: Action
    failure: Failure | None = None
    evidence: Evidence = NOTHING_SEEN
    unrestored: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Situation:
    """Everything a decision depends on.

    Attributes:
        desired: what the inputs ask for.
        history: the release's revisions as stored now.
        ledger: what is known of them, and what was begun last.
        taken: the steps of this run so far, in order.
        pending_for: for how long the latest revision has been pending, in seconds; 0 where it is not.
        interrupted: whether the run is to end: nothing new is begun, what is owed is done.
    """

    desired: Desired
    history: History
    ledger: Ledger
    taken: tuple[Taken, ...] = ()
    pending_for: float = 0.0
    interrupted: bool = False

    def count(self, kind: type[Action]) -> int:
        """Return how often a kind of step was taken in this run."""
        return sum(isinstance(taken.action, kind) for taken in self.taken)

    @property
    def rollbacks(self) -> tuple[Rollback, ...]:
        """The rollbacks tried since the last other step, newest first."""
        trailing = takewhile(
            lambda action: isinstance(action, Rollback | Accept), (t.action for t in reversed(self.taken))
        )
        return tuple(action for action in trailing if isinstance(action, Rollback))

    @property
    def cause(self) -> Failure | None:
        """The newest failure of an install or upgrade in this run: the cause of a remediation."""
        attempts = (
            taken for taken in reversed(self.taken) if isinstance(taken.action, Install | Upgrade | Verify)
        )
        return next((taken.failure for taken in attempts if taken.failure), None)
