"""`HelmOperations`: everything that can be done to one release.

The same object serves the Pulumi provider, the command line and a user's own script.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.core.remediation import assessment, conclude, retention, targets
from helm_rollback_component.core.remediation.steps import Conclude, Desired, Gone, Refuse, Rollback
from helm_rollback_component.errors import (
    HelmRollbackError,
    OperationError,
    Problem,
    RollbackError,
    ValidationError,
)
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.reconcile import desired
from helm_rollback_component.reconcile.reconciler import Run
from helm_rollback_component.reconcile.run_context import Tools
from helm_rollback_component.reconcile.session import Session
from helm_rollback_component.reconcile.status import failed_status, now, status_of, status_of_unknown
from helm_rollback_component.results import Phase, ReleaseRevision, ReleaseStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.remediation.steps import Outcome, Situation
    from helm_rollback_component.helm.engines.engine import Deployment
    from helm_rollback_component.kube.claims.claims import Held

_ANYONE = Identity()
_TARGET = "operations.rollback.target_revision"
_GONE_IF_UNREACHABLE = "PULUMI_K8S_DELETE_UNREACHABLE"


class HelmOperations:
    """Everything that can be done to one release.

    Args:
        config: what is declared of it.
        identity: who acts on it, and which one is meant.
        progress: takes a line for everything that is begun or waited for.
        warn: takes a sentence for everything that a person should know although nothing failed.
        redact: takes the secrets out of every message.
    """

    def __init__(
        self,
        config: HelmConfig,
        *,
        identity: Identity = _ANYONE,
        progress: Callable[[str], None] = lambda _: None,
        warn: Callable[[str], None] = lambda _: None,
        redact: Redactor | None = None,
    ) -> None:
        self._config = config
        self._identity = identity
        self._session = Session(config, identity)
        self._progress = progress
        self._warn = warn
        self._redact = redact or Redactor()

    @property
    def cluster_identity(self) -> str:
        """Which cluster this is."""
        return self._session.cluster.identity()

    def deploy(self) -> ReleaseStatus:
        """Install the release.

        Raises:
            ValidationError: the inputs cannot be honoured, or a release of that name is there already.
            OperationError: the deployment failed and nothing was left behind, or Helm or the cluster failed.
        """
        self._refuse_unmanaged()
        with self._session.hold(self._progress) as held, _given_up_if_nothing_is_known(held):
            return self._reconcile(held, self._config.timeouts.deploy)

    def left_behind(self, error: HelmRollbackError) -> ReleaseStatus | None:
        """Return what a `deploy` that ended in `error` left of the release, or None where it left nothing.

        The claim is made first and released last, so where it is not there, nothing is. Where that cannot be
        looked at any more, something counts as left as soon as the release was claimed.
        """
        try:
            claim = self._session.claims.read()
            if claim is None or not claim.bears(self._identity.incarnation):
                return None
            found = self.get_status()
        except HelmRollbackError:
            if not self._session.claimed:
                return None
            found = status_of_unknown(self._config)
        return failed_status(found, error)

    def upgrade(self) -> ReleaseStatus:
        """Bring the release to what is declared, or back to its last good revision.

        Returns:
            The release as it is then; its phase tells what became of the upgrade.

        Raises:
            ValidationError: the inputs cannot be honoured.
            OperationError: Helm or the cluster failed, and what became of the release is not known.
        """
        with self._session.hold(self._progress) as held:
            return self._reconcile(held, self._config.timeouts.upgrade)

    def rollback(self, revision: int | None = None) -> ReleaseStatus:
        """Restore a revision's content; without a number, that of the last good one before the latest.

        A stack that declares the release finds it ``RolledBack``, and leaves it so until its inputs change.

        Returns:
            The release as it is then; unchanged if it held that content already.

        Raises:
            ValidationError: that revision cannot be rolled back to, or there is none.
            RollbackError: the rollback failed.
            OperationError: Helm or the cluster failed.
        """
        with self._session.hold(self._progress) as held, _given_up_if_nothing_is_known(held):
            history = self._session.records.history()
            target = targets.by_hand(revision, history, held.ledger)
            match target:
                case None:
                    self._progress(f"the release holds what revision {revision} holds; nothing is done")
                    return self._status(history, held.ledger)
                case targets.Refusal():
                    raise self._refusal(_TARGET, target.reason, target.message)
                case _:
                    return self._restore(held, history, target)

    def delete(self) -> None:
        """Uninstall the release, if it is the creation that is meant, and give up its claim.

        With ``PULUMI_K8S_DELETE_UNREACHABLE=true`` in the environment, a release whose cluster cannot be
        reached counts as deleted; a warning says so.

        Raises:
            OperationError: something could not be removed; it can be called again.
        """
        try:
            claim = self._session.claims.read()
        except OperationError as error:
            if error.reason != "Unreachable" or os.environ.get(_GONE_IF_UNREACHABLE, "").lower() != "true":
                raise
            self._warn(f"the cluster cannot be reached; as {_GONE_IF_UNREACHABLE} asks, nothing was deleted")
            return
        if claim is None and not self._session.records.history():
            return
        if claim is not None and self._identity.incarnation not in ("", claim.incarnation):
            self._progress("the release belongs to a later creation; it is left alone")
            return
        with self._session.hold(self._progress, strict=True) as held:
            self._uninstall()
            if self._config.history.keep_on_delete:
                self._refuse_unmarked_history()
            else:
                self._delete_history()
            held.give_up()

    def get_status(self) -> ReleaseStatus:
        """Return the release as it is now; a release that is gone has phase ``Failed``, revision 0.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return self._status(self._session.records.history(), self._session.ledger())

    def exists(self) -> bool:
        """Whether anything of the release is there: a claim, or a revision."""
        return self._session.claims.read() is not None or bool(self._session.records.history())

    def get_release_history(self) -> tuple[ReleaseRevision, ...]:
        """Return every stored revision, oldest first.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return assessment.revisions(self._session.records.history(), self._session.ledger())

    def validate_rollback_target(self, revision: int) -> None:
        """Refuse a revision that cannot be rolled back to.

        Raises:
            ValidationError: its reason says why: ``InvalidRevision``, ``BeyondLatest``, ``Pruned``,
                ``NotGood``, ``Tampered``, ``BeforeUninstall``, ``AnotherChart``, ``Unreadable`` or
                ``NoHistory``.
            OperationError: the cluster cannot be read.
        """
        refusal = targets.refuse(revision, self._session.records.history(), self._session.ledger())
        if refusal:
            raise self._refusal(_TARGET, refusal.reason, refusal.message)

    def _reconcile(self, held: Held, timeout: int) -> ReleaseStatus:
        chart = fetching.fetch(self._config.source, self._session.engine)
        history = self._session.records.history()
        self._warn_of(held, history)
        tools = self._tools(desired.deployment(self._config, chart, timeout))
        wanted = desired.desired(self._config, chart, self._session.digester)
        situation, outcome = Run(tools, held, wanted).to_its_end(history)
        return self._concluded(held, situation, outcome)

    def _warn_of(self, held: Held, history: History) -> None:
        if held.damaged:
            self._warn(
                "what was known of the release could not be read; no revision counts as verified any more"
            )
        for line in assessment.warnings(history, held.ledger, self._config.rollback):
            self._warn(line)

    def _restore(self, held: Held, history: History, target: Record) -> ReleaseStatus:
        latest = history.latest
        entry = held.ledger.entry(latest.revision) if latest else None
        left = Desired(
            digest=entry.desired_digest if entry else "",
            chart_name=target.chart_name,
            chart_version=target.chart_version,
            values_digest=target.values_digest,
            rollback=self._config.rollback,
        )
        action = Rollback(target.revision, "OperatorRequest")
        situation = Run(self._tools(), held, left).once(action, history)
        failure = situation.taken[-1].failure
        message = failure.message if failure else f"revision {target.revision} was restored by hand"
        phase = Phase.STALLED if failure else Phase.ROLLED_BACK
        status = self._concluded(held, situation, Conclude(phase, action.reason, message))
        if failure:
            headline = f"the rollback to revision {target.revision} failed"
            raise failure.as_error(RollbackError, headline, self._config.label)
        return status

    def _tools(self, deployment: Deployment | None = None) -> Tools:
        return Tools(
            config=self._config,
            cluster=self._session.cluster,
            storage=self._session.records,
            engine=self._session.engine,
            target=self._session.target,
            deployment=deployment,
            progress=self._progress,
            redact=self._redact,
        )

    def _concluded(self, held: Held, situation: Situation, outcome: Outcome) -> ReleaseStatus:
        match outcome:
            case Refuse():
                raise self._refusal(outcome.property, outcome.reason, outcome.message)
            case Gone():
                held.give_up()
                raise OperationError(
                    f"the first deployment failed and was removed: {outcome.message}",
                    reason=outcome.reason,
                    release=self._config.label,
                )
            case Conclude():
                tested = self._config.health.test
                ledger = conclude.conclude(situation, outcome, tested=tested, now=now())
                history = self._prune(situation.history, ledger)
                held.conclude(ledger.keep({record.revision for record in history}))
                return self._status(history, held.ledger)

    def _prune(self, history: History, ledger: Ledger) -> History:
        """Delete what the declared limit leaves no room for, and return what is left."""
        pinned = (self._config.rollback.target_revision, ledger.rollback_status.target_revision)
        keep = frozenset(revision for revision in pinned if revision)
        gone = retention.expendable(history, ledger, self._config.history.max_revisions, keep)
        for revision in gone:
            self._session.records.delete(revision)
        return history.without(gone)

    def _status(self, history: History, ledger: Ledger) -> ReleaseStatus:
        return status_of(self._config, self._session.records, history, ledger)

    def _uninstall(self) -> None:
        self._progress("uninstalling")
        try:
            self._session.engine.uninstall(
                self._session.target,
                self._config.timeouts.delete,
                keep_history=self._config.history.keep_on_delete,
                disable_hooks=self._config.disable_hooks,
            )
        except EngineError as error:
            failure = classify(error.output, "uninstall")
            said = replace(failure, message=self._redact(failure.message))
            raise said.as_error(OperationError, "uninstalling failed", self._config.label) from None

    def _refuse_unmarked_history(self) -> None:
        """Helm does not fail where it cannot mark the record of what it uninstalled."""
        latest = self._session.records.history().latest
        if latest is None or latest.status is Status.UNINSTALLED:
            return
        raise OperationError(
            f"the objects are gone, but revision {latest.revision} is still marked {latest.status.value}",
            reason="RecordNotUpdated",
            release=self._config.label,
            remedy="see what keeps Helm from updating its Secrets, and delete it again",
        )

    def _delete_history(self) -> None:
        records = self._session.records
        history = records.history()
        for revision in (*(record.revision for record in history), *history.unreadable):
            records.delete(revision)

    def _refuse_unmanaged(self) -> None:
        session = self._session
        if self._config.adopt or session.claims.read() is not None:
            return
        history = session.records.history()
        kept_only = history.latest is not None and history.latest.status is Status.UNINSTALLED
        if not history or kept_only:
            return
        raise self._refusal(
            "adopt",
            "ReleaseExists",
            "a release of this name is there already, and not managed here; set adopt=True to take it over",
        )

    def _refusal(self, path: str, reason: str, message: str) -> ValidationError:
        return ValidationError([Problem(path, message)], reason=reason, release=self._config.label)


@contextmanager
def _given_up_if_nothing_is_known(held: Held) -> Iterator[None]:
    """Leave no claim behind that was made for nothing: of a release to which nothing was ever done here."""
    try:
        yield
    except HelmRollbackError:
        if held.ledger == Ledger() and not held.damaged:
            with suppress(OperationError):
                held.give_up()
        raise
