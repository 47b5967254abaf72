"""A release in a world where anything may fail: Helm's records as Helm changes them, and runs over them.

What Helm does to its records is told in Helm's ``pkg/action``: a rollback that cannot be applied marks the
current revision superseded even if it failed, and so does an upgrade that finds none deployed; a rollback
whose hook fails leaves itself pending; and so on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import History, Record, Status
from helm_rollback_component.core.records.ledger import Attempt, Entry, Ledger, Verdict
from helm_rollback_component.core.remediation import conclude, retention, targets
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Action,
    Conclude,
    Gone,
    Install,
    Rollback,
    Situation,
    Taken,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from tests.support.histories import DESCRIPTIONS, failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.remediation.steps import Desired, Outcome

NOW = "2026-02-02T00:00:00Z"
UNENDING = 60
REPLACED = "superseded by new release"
"""What Helm writes of an uninstalled release over which another is installed."""


class Fate(Enum):
    """What becomes of an action."""

    GOOD = "it works"
    REFUSED = "Helm refuses before it stores anything"
    FAILED = "Helm stores a failed revision"
    UNHEALTHY = "Helm calls it deployed, but it does not work"
    STUCK = "Helm fails and leaves it pending"
    DIES_BEFORE = "our process dies before Helm stores anything"
    DIES_WITHIN = "our process dies and leaves it pending"
    DIES_AFTER = "our process dies when Helm is done, before the verdict"


DEATHS = (Fate.DIES_BEFORE, Fate.DIES_WITHIN, Fate.DIES_AFTER)


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
    """

    history: History = field(default_factory=History)
    ledger: Ledger = field(default_factory=Ledger)
    content: dict[str, str] = field(default_factory=dict)
    seen_good: set[str] = field(default_factory=set)

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
            deployed_at="",
            digest=f"v1:k:{len(self.content)}",
            values_digest=values,
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

    def remove(self, *revisions: int) -> None:
        """Delete records."""
        self.history = History(tuple(each for each in self.history if each.revision not in revisions))


@dataclass
class Run:
    """One run over a release; an action's fate is drawn when it is begun."""

    release: Release
    desired: Desired
    draw: Callable[[Action], tuple[Fate, bool]]
    on_step: Callable[[Situation, object], None]
    max_revisions: int = 0

    def to_its_end(self) -> tuple[Situation, Outcome]:
        """Act until the run ends.

        Raises:
            Died: our process died.
        """
        self.ledger = self.release.ledger
        situation = self._observe(())
        for _ in range(UNENDING):
            step = next_step(situation)
            self.on_step(situation, step)
            if not isinstance(step, Action):
                self._conclude(situation, step)
                return situation, step
            situation = self._observe((*situation.taken, Taken(step, self._take(step))))
        raise AssertionError(f"no end: {situation.taken}")

    def _observe(self, taken: tuple[Taken, ...]) -> Situation:
        return Situation(self.desired, self.release.history, self.ledger, taken, pending_for=1e6)

    def _conclude(self, situation: Situation, outcome: Outcome) -> None:
        match outcome:
            case Gone():
                self.release.ledger = Ledger()
            case Conclude():
                ledger = conclude.conclude(situation, outcome, tested=False, now=NOW)
                pinned = (self.desired.rollback.target_revision, ledger.rollback_status.target_revision)
                keep = frozenset(revision for revision in pinned if revision)
                gone = retention.expendable(situation.history, ledger, self.max_revisions, keep)
                self.release.remove(*gone)
                self.release.ledger = ledger.keep({each.revision for each in self.release.history})

    def _take(self, action: Action) -> Failure | None:
        match action:
            case Install() | Upgrade():
                return self._deploy(action)
            case Rollback():
                return self._roll_back(action)
            case Verify():
                return self._verify(action)
            case Uninstall():
                return self._uninstall(action)
            case Unlock():
                self.release.mark(action.revision, Status.FAILED, targets.INTERRUPTED)
        return None

    def _begin(self, action: str, number: int, reason: str = "", target: int = 0) -> None:
        attempt = Attempt(
            action=action,
            revision=number,
            desired_digest=self.desired.digest,
            retry_trigger=self.desired.rollback.retry_trigger or "",
            target=target,
            reason=reason,
        )
        self.ledger = self.release.ledger = self.ledger.model_copy(update={"attempt": attempt})

    def _judge(self, number: int, failed: Failure | None, *, origin: int, spec: str) -> Failure | None:
        record = self.release.history.get(number)
        if record:
            verdict = Verdict.BAD if failed else Verdict.GOOD
            self.ledger = self.ledger.record(
                Entry(
                    revision=number,
                    record_digest=record.digest,
                    desired_digest=spec,
                    origin=origin,
                    verdict=verdict,
                )
            )
            if not failed:
                self.release.seen_good.add(record.digest)
        return failed

    def _deploy(self, action: Install | Upgrade) -> Failure | None:
        number, before = self._next_number(), self.release.history
        verb = "install" if isinstance(action, Install) else "upgrade"
        self._begin(verb, number)
        fate, temporary = self.draw(action)
        pending = Status.PENDING_INSTALL if verb == "install" else Status.PENDING_UPGRADE
        status = _status(fate, pending)
        if status and before.latest and verb == "install":
            self.release.mark(before.latest.revision, Status.SUPERSEDED, REPLACED)
        if status:
            description = (
                f'{verb.title()} "web" failed: x' if status is Status.FAILED else DESCRIPTIONS[status]
            )
            desired = self.desired
            chart = f"{desired.chart_name}-{desired.chart_version}"
            self.release.store(status, description, desired.digest, chart, desired.values_digest)
        if status is Status.DEPLOYED:
            self.release.supersede_deployed(but=number)
            if before.latest and not before.deployed and verb == "upgrade":
                self.release.mark(before.latest.revision, Status.SUPERSEDED)
        failed = _failure(fate, temporary=temporary)
        return self._judge(number, failed, origin=number, spec=self.desired.digest)

    def _roll_back(self, action: Rollback) -> Failure | None:
        release, number = self.release, self._next_number()
        self._begin("rollback", number, action.reason, action.revision)
        target, current = release.history.get(action.revision), release.history.latest
        assert target
        assert current
        inherited = self._inherited(target, requested=action.requested)
        fate, temporary = self.draw(action)
        status = _status(fate, Status.PENDING_ROLLBACK)
        if status:
            worded = (
                'Rollback "web" failed: x' if status is Status.FAILED else f"Rollback to {action.revision}"
            )
            chart = f"{target.chart_name}-{target.chart_version}"
            release.store(status, worded, release.holds(target.revision), chart, target.values_digest)
        if status is Status.DEPLOYED:
            release.supersede_deployed(but=number)
        if status is Status.FAILED:
            release.mark(current.revision, Status.SUPERSEDED)
        origin, spec = inherited
        return self._judge(number, _failure(fate, temporary=temporary), origin=origin, spec=spec)

    def _verify(self, action: Verify) -> Failure | None:
        number = action.revision
        fate, _ = self.draw(action)
        seen = fate if fate in (Fate.GOOD, *DEATHS) else Fate.UNHEALTHY
        failed = _failure(seen, temporary=False)
        origin, spec = self._kept(number)
        return self._judge(number, failed, origin=origin, spec=spec)

    def _kept(self, number: int) -> tuple[int, str]:
        """Return origin and spec of a revision that is judged anew."""
        record, known, attempt = (
            self.release.history.get(number),
            self.ledger.entry(number),
            self.ledger.attempt,
        )
        assert record
        origin = targets.origin(record, self.release.history, self.ledger)
        if known:
            return origin, known.desired_digest
        if attempt and attempt.revision == number and attempt.action != "rollback":
            return number, self.desired.digest
        target = self.release.history.get(attempt.target) if attempt and attempt.revision == number else None
        requested = attempt is not None and attempt.reason in REQUESTS
        return (origin, self._inherited(target, requested=requested)[1]) if target else (origin, "")

    def _inherited(self, target: Record, *, requested: bool) -> tuple[int, str]:
        entry = self.ledger.entry(target.revision)
        by_version = requested and self.desired.rollback.strategy == "version-based"
        spec = self.desired.digest if by_version else entry.desired_digest if entry else ""
        return targets.origin(target, self.release.history, self.ledger), spec

    def _uninstall(self, action: Uninstall) -> Failure | None:
        self._begin("uninstall", 0, action.reason)
        fate, temporary = self.draw(action)
        if fate in (Fate.GOOD, Fate.DIES_AFTER):
            self.release.history = History()
            self.ledger = self.ledger.keep(())
        elif fate is not Fate.REFUSED and self.release.history.latest:
            self.release.mark(self.release.history.latest.revision, Status.UNINSTALLING)
        return _failure(fate, temporary=temporary)

    def _next_number(self) -> int:
        return max((each.revision for each in self.release.history), default=0) + 1


def _status(fate: Fate, pending: Status) -> Status | None:
    match fate:
        case Fate.GOOD | Fate.UNHEALTHY | Fate.DIES_AFTER:
            return Status.DEPLOYED
        case Fate.FAILED:
            return Status.FAILED
        case Fate.STUCK | Fate.DIES_WITHIN:
            return pending
        case Fate.REFUSED | Fate.DIES_BEFORE:
            return None


def _failure(fate: Fate, *, temporary: bool) -> Failure | None:
    if fate in DEATHS:
        raise Died
    if fate is Fate.GOOD:
        return None
    return failure(fate.name, temporary=temporary, stored=fate is not Fate.REFUSED)
