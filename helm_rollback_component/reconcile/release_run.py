"""One run of what changes a release: from what is declared, or asked for, to how it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import assessment, manual_rollback
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import Refuse, Situation
from helm_rollback_component.errors import RollbackError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.kube.api import access
from helm_rollback_component.kube.informers.informers import informers_of
from helm_rollback_component.reconcile import clock, desired, needed_rights, refusals
from helm_rollback_component.reconcile.conclusion import conclude_run
from helm_rollback_component.reconcile.effects import Effects
from helm_rollback_component.reconcile.pacing import JitteredPacing
from helm_rollback_component.reconcile.reconciler import Reconciler
from helm_rollback_component.reconcile.run_context import RunContext
from helm_rollback_component.reconcile.run_events import Step
from helm_rollback_component.reconcile.status import release_status
from helm_rollback_component.reconcile.watched_helm import WatchedHelm
from helm_rollback_component.reconcile.way_out import MaskedLock

if TYPE_CHECKING:
    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger, Request
    from helm_rollback_component.helm.engines.engine import Deployment
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.kube.claims.claims import Held
    from helm_rollback_component.reconcile.run_events import RunEvents
    from helm_rollback_component.reconcile.session import Session
    from helm_rollback_component.reconcile.way_out import WayOut
    from helm_rollback_component.results import ReleaseStatus


@dataclass(frozen=True)
class ReleaseRun:
    """What changes one release; its text leaves by `operations.HelmOperations`, which masks it.

    Attributes:
        config: what is declared of the release.
        session: its connections.
        way_out: takes the secrets out of the ledger.
        redact: removes the secrets from a text.
        events: takes what happens.
        interrupt: requested when the run is to come to a good end at once.
    """

    config: HelmConfig
    session: Session
    way_out: WayOut
    redact: Redactor
    events: RunEvents
    interrupt: Cancellation

    def reconcile(self, held: Held, timeout: int) -> ReleaseStatus:
        """Bring the release to what is declared, or back to its last good revision, and return its status.

        Args:
            held: the release's lock.
            timeout: the seconds for what is deployed to become ready.

        Raises:
            HelmRollbackError: as `operations.HelmOperations.upgrade` says.
        """
        with self.events.step(Step.FETCH_CHART):
            chart = fetching.fetch(self.config.source, self.session.engine)
        history = self.session.records.history()
        self._require(history)
        self._warn_of(held, history)
        wanted = desired.desired(self.config, chart, self.session.digester, timeout)
        begun = Situation(wanted, history, held.ledger)
        if told := manual_rollback.overruled(next_step(begun), begun):
            self.events.warn(told)
        effects = self.effects(held, desired.deployment(self.config, chart, timeout, self.redact))
        situation, outcome = Reconciler(wanted, effects).reconcile(history)
        left = conclude_run(self.config, effects, situation, outcome)
        return self.status(left, held.ledger)

    def _require(self, history: History) -> None:
        """Refuse to change a release that exists where the user lacks a right that Helm is sure to need."""
        if history.latest:
            needed = access.to_record(self.session.claims.name)
            self.session.require(*needed, records=(history.latest,), verbs=needed_rights.TO_DEPLOY)

    def _warn_of(self, held: Held, history: History) -> None:
        if held.damaged:
            self.events.warn(
                "the ledger in the Lease of the release cannot be read; no revision counts as verified"
            )
        for line in assessment.warnings(history, held.ledger, self.config.rollback):
            self.events.warn(line)

    def restore(
        self, held: Held, history: History, target: Record, request: Request, *, named: bool
    ) -> ReleaseStatus:
        """Restore the content of a revision, and return the release's status.

        Args:
            held: the release's lock.
            history: the stored revisions.
            target: the revision to restore.
            request: who asked for it.
            named: whether its number was asked for.

        Raises:
            HelmRollbackError: as `operations.HelmOperations.rollback` says.
        """
        config = self.config
        self._require(history)
        if self.session.interrupted():
            raise refusals.interrupted(config.label)
        wanted = manual_rollback.desired(
            target, history, held.ledger, config.rollback, config.timeouts.rollback
        )
        effects = self.effects(held)
        situation = Reconciler(wanted, effects).roll_back(manual_rollback.action(target, request), history)
        if isinstance(situation, Refuse):
            raise refusals.refused(situation, self.config.label)
        replaced = history.latest.revision if history.latest else 0
        outcome = manual_rollback.outcome(target, replaced, situation, named=named)
        left = conclude_run(self.config, effects, situation, outcome)
        failure = situation.taken[-1].failure
        if failure:
            headline = f"the rollback to revision {target.revision} failed"
            raise failure.as_error(RollbackError, headline, self.config.label)
        return self.status(left, held.ledger)

    def effects(self, held: Held, deployment: Deployment | None = None) -> Effects:
        """Return what can be done to the release: all but to deploy, where no `deployment` is given."""
        session = self.session
        session.learn_secrets_of_before()
        context = RunContext(
            config=self.config,
            informers=informers_of(session.cluster),
            storage=session.records,
            engine=session.engine,
            target=replace(session.target, on_start=held.note_helm, on_end=held.note_end_of_helm),
            deployment=deployment,
            progress=self.events.progress,
            warn=self.events.warn,
            redact=self.redact,
            interrupt=self.interrupt,
            events=self.events,
        )
        return Effects(
            helm=WatchedHelm(context, held.lost),
            records=context.storage,
            data=session.data(self.events.progress),
            lock=MaskedLock(held, self.way_out),
            progress=self.events.progress,
            clock=session.cluster.now,
            pacing=JitteredPacing(held.lost),
            interrupted=lambda: self.interrupt.requested,
            events=self.events,
        )

    def status(self, history: History, ledger: Ledger) -> ReleaseStatus:
        """Return the release as its records, the ledger and the cluster tell of it."""
        status = release_status(self.config, self.session.records, history, ledger, clock.now())
        for told in assessment.unobserved(status):
            self.events.warn(told)
        return status
