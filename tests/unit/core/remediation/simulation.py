"""A release in a world where anything may fail: Helm's records as Helm changes them, and runs over them.

The runs are the product's own, loop and conclusion, over stand-ins for Helm, the records and the lock.

What Helm does to its records is told in Helm's ``pkg/action``: a rollback that cannot be applied marks the
current revision superseded even if it failed, and so does an upgrade that finds none deployed; a rollback
whose hook fails leaves itself pending; and so on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.health.evidence import NOTHING_SEEN, Evidence
from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.records.history import History, Record, Status
from helm_rollback_component.core.records.ledger import Ledger, Verdict
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.data_loss import Loss
from helm_rollback_component.core.remediation.steps import Install
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.conclusion import conclude_run
from helm_rollback_component.reconcile.effects import Effects
from helm_rollback_component.reconcile.reconciler import Reconciler
from tests.support.histories import DESCRIPTIONS, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.remediation.standards import Known
    from helm_rollback_component.core.remediation.steps import (
        Action,
        Desired,
        Outcome,
        Rollback,
        Situation,
        Step,
        Upgrade,
    )

NOW = datetime(2026, 2, 2, tzinfo=UTC)
LONG_AGO = "2026-01-01T00:00:00Z"
UNENDING = 60
REPLACED = "superseded by new release"
"""What Helm writes of an uninstalled release over which another is installed."""


class Fate(Enum):
    """What becomes of an action."""

    GOOD = "it works"
    REFUSED = "Helm refuses before it stores anything"
    FAILED = "Helm stores a failed revision"
    UNHEALTHY = "Helm calls it deployed, but it does not work"
    PARTIAL = "Helm stores a failed revision; of a rollback, the workloads are as they should be"
    OVERTAKEN = "another client stores a revision with our number"
    STUCK = "Helm fails and leaves it pending"
    LOST = "Helm does all of it, and then fails"
    UNMARKED = "it works, but Helm could not mark its record"
    TWO_DEPLOYED = "it works, but Helm could not mark the record of the one before"
    DIES_BEFORE = "our process dies before Helm stores anything"
    DIES_WITHIN = "our process dies and leaves it pending"
    DIES_AFTER = "our process dies when Helm is done, before the verdict"


DEATHS = (Fate.DIES_BEFORE, Fate.DIES_WITHIN, Fate.DIES_AFTER)
WORKING = (Fate.GOOD, Fate.UNMARKED, Fate.TWO_DEPLOYED)
REMOVING = frozenset({*WORKING, Fate.UNHEALTHY, Fate.LOST, Fate.DIES_AFTER})


class Died(Exception):  # noqa: N818  # an event
    """Our process died."""


@dataclass
class Release:
    """One release: its records, what works, and what the ledger in the cluster says.

    Attributes:
        history: Helm's records.
        ledger: the ledger as last written.
        content: by record digest, the spec that the record holds.
        seen_good: digests of records that were seen to work.
        marked: the charts, such as ``web-1.2.0``, that are points of no return.
        precious: the specs whose objects hold data.
        unmarked: the revision that Helm could not mark, if the last action was that.
    """

    history: History = field(default_factory=History)
    ledger: Ledger = field(default_factory=Ledger)
    content: dict[str, str] = field(default_factory=dict)
    seen_good: set[str] = field(default_factory=set)
    marked: frozenset[str] = frozenset()
    precious: frozenset[str] = frozenset()
    unmarked: int = 0

    def holds(self, revision: int) -> str:
        """Return the spec that a stored revision holds."""
        record = self.history.get(revision)
        return self.content[record.digest] if record else ""

    def store(self, status: Status, description: str, spec: str, chart: str, values: str) -> Record:
        """Store a new revision after the newest."""
        name, _, version = chart.partition("-")
        record = Record(
            revision=max((each.revision for each in self.history), default=0) + 1,
            status=status,
            chart_name=name,
            chart_version=version,
            app_version="",
            description=description,
            deployed_at=LONG_AGO,
            stored_at=LONG_AGO,
            digest=f"v1:k:{len(self.content)}",
            values_digest=values,
            point_of_no_return=chart in self.marked,
        )
        self.content[record.digest] = spec
        self.history = History((*self.history.records, record))
        return record

    def mark(self, revision: int, status: Status, description: str | None = None) -> None:
        """Change the status of a stored revision."""
        self.history = History(
            tuple(
                replace(each, status=status, description=description or each.description)
                if each.revision == revision
                else each
                for each in self.history
            )
        )

    def supersede_deployed(self, *, but: int) -> None:
        """Mark every deployed revision superseded, as Helm does after a success."""
        for each in self.history:
            if each.status is Status.DEPLOYED and each.revision != but:
                self.mark(each.revision, Status.SUPERSEDED)

    def loses_data(self, *, target: int, current: int) -> bool:
        """Return whether data would go with a rollback."""
        return self.holds(current) in self.precious and self.holds(target) != self.holds(current)

    def remove(self, *revisions: int) -> None:
        """Delete records."""
        self.history = History(tuple(each for each in self.history if each.revision not in revisions))


@dataclass
class HeldLock:
    """Stands for the release's lock, held, and its ledger in the cluster."""

    release: Release
    held: bool = True

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return self.release.ledger

    def write(self, ledger: Ledger) -> None:
        """Write it."""
        assert self.held
        self.release.ledger = ledger

    def require_namespace(self) -> None:
        """Go on: the namespace stays."""

    def conclude(self, ledger: Ledger) -> None:
        """Write it and free the lock."""
        self.write(ledger)
        self.held = False

    def release_claim(self) -> None:
        """Delete it and free the lock."""
        self.conclude(Ledger())


@dataclass
class Records:
    """Stands for the release's records in the cluster."""

    release: Release
    draw: Callable[[], tuple[Fate, bool]]

    def history(self) -> History:
        """Read them."""
        return self.release.history

    def mark_failed(self, revision: int, description: str) -> None:
        """Mark one failed."""
        self.release.mark(revision, Status.FAILED, description)

    def mark_deployed(self, revision: int, description: str) -> None:
        """Mark one deployed, and the others superseded; a cluster that refuses it is drawn."""
        if revision != self.release.unmarked and not self.draw()[1]:
            raise OperationError("it is refused", reason=Reason.FORBIDDEN)
        self.release.mark(revision, Status.DEPLOYED, description)
        self.release.supersede_deployed(but=revision)

    def mark_deployed_again(self, revision: int) -> None:
        """Mark one deployed."""
        self.release.mark(revision, Status.DEPLOYED)

    def supersede_others(self, revision: int) -> None:
        """Mark the other deployed ones superseded."""
        self.release.supersede_deployed(but=revision)

    def mark_uninstalled(self, revision: int) -> None:
        """Mark one uninstalled."""
        self.release.mark(revision, Status.UNINSTALLED)

    def delete(self, revision: int) -> None:
        """Delete one."""
        self.release.remove(revision)


@dataclass
class Data:
    """Stands for the data in the cluster."""

    release: Release

    def lost_by_rollback(self, target: int, current: int) -> Sequence[Loss]:
        """Tell what a rollback would destroy."""
        claim = Key("", "PersistentVolumeClaim", "apps", self.release.holds(current))
        lost = self.release.loses_data(target=target, current=current)
        return [Loss(claim, "its volume")] if lost else []


@dataclass
class Helm:
    """Stands for Helm, watched; the fate of an action, and whether its failure is temporary, is drawn."""

    release: Release
    desired: Desired
    draw: Callable[[], tuple[Fate, bool]]
    evidence: Evidence = NOTHING_SEEN
    restored_in_part: bool = False

    def deploy(
        self,
        action: Install | Upgrade,
        revision: int,
        before: Sequence[Record | None],
        known: Known,
        timeout: int,
    ) -> Failure | None:
        """Store what Helm stores of an install or upgrade."""
        assert timeout >= 1
        _assert_good(known, self.release)
        release, desired, (latest, deployed, *_) = self.release, self.desired, before
        fate, temporary = self.draw()
        installs = isinstance(action, Install)
        if fate is Fate.OVERTAKEN:
            release.store(Status.PENDING_UPGRADE, "Preparing upgrade", "foreign", "web-9.9.9", "foreign")
        status = _status(fate, Status.PENDING_INSTALL if installs else Status.PENDING_UPGRADE)
        if status and latest and installs:
            release.mark(latest.revision, Status.SUPERSEDED, REPLACED)
        if status:
            failed = f'{type(action).__name__} "web" failed: x'
            description = failed if status is Status.FAILED else DESCRIPTIONS[status]
            chart = f"{desired.chart_name}-{desired.chart_version}"
            stored = release.store(status, description, desired.digest, chart, desired.values_digest)
            assert stored.revision == revision
        release.unmarked = revision if fate is Fate.UNMARKED else 0
        if _supersedes(fate):
            release.supersede_deployed(but=revision)
            if latest and not deployed and not installs:
                release.mark(latest.revision, Status.SUPERSEDED)
        return self._seen(revision, _failure(fate, temporary=temporary))

    def restore(
        self, action: Rollback, revision: int, before: Sequence[Record | None], known: Known
    ) -> Failure | None:
        """Store what Helm stores of a rollback."""
        _assert_good(known, self.release)
        release, (current, _, target, *_) = self.release, before
        assert target
        assert current
        fate, temporary = self.draw()
        status = _status(fate, Status.PENDING_ROLLBACK)
        if status:
            failed = 'Rollback "web" failed: x'
            description = failed if status is Status.FAILED else f"Rollback to {action.revision}"
            chart = f"{target.chart_name}-{target.chart_version}"
            spec = release.holds(target.revision)
            stored = release.store(status, description, spec, chart, target.values_digest)
            assert stored.revision == revision
        release.unmarked = revision if fate is Fate.UNMARKED else 0
        if _supersedes(fate):
            release.supersede_deployed(but=revision)
        if status is Status.FAILED:
            release.mark(current.revision, Status.SUPERSEDED)
        self.restored_in_part = fate is Fate.PARTIAL
        return self._seen(revision, _failure(fate, temporary=temporary))

    def unrestored(self, target: int, replaced: int) -> tuple[str, ...] | None:
        """Name what a rollback has not restored; where records are lost, the target may be the latest."""
        assert target
        assert replaced
        return ("ConfigMap web",) if self.restored_in_part else None

    def settle(self, revision: int, before: Sequence[Record | None], known: Known) -> Failure | None:
        """Look whether a revision works."""
        assert all(record and record.revision != revision for record in before)
        return self.verify(revision, known)

    def verify(self, revision: int, known: Known) -> Failure | None:
        """Look whether a revision works."""
        _assert_good(known, self.release, but=revision)
        fate, _ = self.draw()
        seen = fate if fate in (*WORKING, *DEATHS) else Fate.UNHEALTHY
        return self._seen(revision, _failure(seen, temporary=False))

    def undo_install(self, present: Sequence[Record], timeout: int) -> Failure | None:
        """Remove what a first deployment left."""
        return self.uninstall(present, timeout)

    def uninstall(self, present: Sequence[Record], timeout: int) -> Failure | None:
        """Remove the objects, or leave the release half removed."""
        assert timeout >= 1
        fate, temporary = self.draw()
        latest = self.release.history.latest
        assert latest is None or latest in present
        if latest and fate in REMOVING:
            self.release.mark(latest.revision, Status.UNINSTALLED, "Uninstallation complete")
        elif latest and fate is not Fate.REFUSED:
            self.release.mark(latest.revision, Status.UNINSTALLING)
        return None if fate in REMOVING - {*DEATHS, Fate.LOST} else _failure(fate, temporary=temporary)

    def _seen(self, revision: int, failed: Failure | None) -> Failure | None:
        record = self.release.history.get(revision)
        if record and not failed:
            self.release.seen_good.add(record.digest)
        return failed


@dataclass
class Pacing:
    """Stands for the time between two tries; few of them fit into any timeout."""

    time: float = 0.0

    def now(self) -> float:
        """Return the time."""
        return self.time

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds + 80.0


class ObservedReconciler(Reconciler):
    """The product's own loop; every decision is shown to `on_step` before it is carried out."""

    def __init__(
        self, desired: Desired, effects: Effects, on_step: Callable[[Situation, Step], None]
    ) -> None:
        """Take what the product's own takes, and a check."""
        super().__init__(desired, effects)
        self._on_step = on_step

    def take(self, action: Action, situation: Situation) -> Situation:
        """Show the action, then take it."""
        assert len(situation.taken) < UNENDING, f"no end: {situation.taken}"
        self._on_step(situation, action)
        return super().take(action, situation)


@dataclass
class Run:
    """One run over a release."""

    release: Release
    desired: Desired
    draw: Callable[[], tuple[Fate, bool]]
    on_step: Callable[[Situation, Step], None]
    max_revisions: int = 0

    def to_its_end(self) -> tuple[Situation, Outcome]:
        """Act until the run ends.

        Raises:
            Died: our process died.
        """
        effects = Effects(
            helm=Helm(self.release, self.desired, self.draw),
            records=Records(self.release, self.draw),
            data=Data(self.release),
            lock=HeldLock(self.release),
            progress=lambda _: None,
            clock=lambda: NOW,
            pacing=Pacing(),
        )
        reconciler = ObservedReconciler(self.desired, effects, self.on_step)
        situation, outcome = reconciler.reconcile(self.release.history)
        self.on_step(situation, outcome)
        with suppress(OperationError, ValidationError):
            conclude_run(declared(self.max_revisions), effects, situation, outcome)
        return situation, outcome


@cache
def declared(max_revisions: int) -> HelmConfig:
    """Return inputs that allow so many revisions."""
    return HelmConfig.parse(
        {
            "release_name": "web",
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "history": {"max_revisions": max_revisions},
        }
    )


def _assert_good(known: Known, release: Release, *, but: int = 0) -> None:
    """Hold that what a revision is compared with was not found bad, and is not itself."""
    for each in known.references:
        record = release.history.get(each.revision)
        assert record is not None
        assert each.revision != but
        assert targets.standing(record, release.ledger) is not Verdict.BAD


def _status(fate: Fate, pending: Status) -> Status | None:
    match fate:
        case Fate.GOOD | Fate.UNHEALTHY | Fate.TWO_DEPLOYED | Fate.LOST | Fate.DIES_AFTER:
            return Status.DEPLOYED
        case Fate.FAILED | Fate.PARTIAL:
            return Status.FAILED
        case Fate.STUCK | Fate.UNMARKED | Fate.DIES_WITHIN:
            return pending
        case Fate.REFUSED | Fate.OVERTAKEN | Fate.DIES_BEFORE:
            return None


def _supersedes(fate: Fate) -> bool:
    return fate is Fate.UNMARKED or (
        _status(fate, Status.UNKNOWN) is Status.DEPLOYED and fate is not Fate.TWO_DEPLOYED
    )


def _failure(fate: Fate, *, temporary: bool) -> Failure | None:
    if fate in DEATHS:
        raise Died
    if fate in WORKING:
        return None
    return failure(fate.name, temporary=temporary)
