"""What is asked about a release, or done to it, without deploying: `HelmOperations` has these methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import assessment
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs import arguments
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import (
    pruning,
    refusals,
    replacement_refusals,
    rollback_planning,
    taken_over,
    unlocking,
)
from helm_rollback_component.reconcile.borrowed_lock import borrowed
from helm_rollback_component.reconcile.foresight import Creation, Foresight
from helm_rollback_component.reconcile.target_validation import refusal as target_refusal
from helm_rollback_component.reconcile.way_out import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.manifests.takeover import TakenOver
    from helm_rollback_component.core.records.owner import Identity
    from helm_rollback_component.reconcile.release_run import ReleaseRun
    from helm_rollback_component.reconcile.run_events import RunEvents
    from helm_rollback_component.reconcile.session import Session
    from helm_rollback_component.reconcile.way_out import WayOut
    from helm_rollback_component.results import LockStatus, ReleaseRevision, RollbackPlan


class Upkeep:
    """What can be foreseen of a release, and what is done to it by hand, apart from the rollback itself.

    Attributes:
        way_out: what takes the secrets out of whatever leaves.
    """

    way_out: WayOut
    _config: HelmConfig
    _identity: Identity
    _session: Session
    _events: RunEvents
    _progress: Callable[[str], None]
    _run: ReleaseRun

    @guarded
    def foresee(self, tell: Callable[[str], None], *, creating: bool = False, replaced: str = "") -> None:
        """Tell what `upgrade` will do, or `deploy`, line by line; nothing is changed, and no lock is taken.

        Args:
            tell: takes what it begins with, such as ``upgrade 1.2.0 → 1.3.0``, and then what it changes in
                the manifests, without secrets.
            creating: whether it is `deploy` that is foreseen, which refuses a release that others have.
            replaced: the release, ``namespace/name``, that is deleted before; empty if none is.

        Raises:
            HelmRollbackError: the chart or the release cannot be read.
        """
        arguments.require(arguments.FUNCTION, tell=tell)
        creation = Creation(self._identity, replaced) if creating else None
        foresight = Foresight(self._config, self._session, self._run.redact, creation)
        for line in foresight.lines():
            tell(self.way_out.mask(line))

    @guarded
    def validate_creation(self, *, replaced: str) -> None:
        """Refuse to delete a release where this one, which is to replace it, is certain not to be created.

        Args:
            replaced: the release that is deleted before, ``namespace/name``; empty if on another cluster.

        Raises:
            OperationError: the namespace is missing or is being deleted, the chart cannot be fetched, another
                release of that name is there already, or the cluster cannot be read.
        """
        replacement_refusals.refuse(self._config, self._session, self._identity, replaced)

    @property
    @guarded
    def rolled_back(self) -> bool:
        """Whether the last `upgrade`, `deploy` or `rollback` has made a rollback."""
        return self._events.rolled_back

    @guarded
    def plan_rollback(self, revision: int | None = None) -> RollbackPlan:
        """Return what `HelmOperations.rollback` would do; nothing is changed.

        Args:
            revision: the one to restore; None for the last good one before the latest.

        Raises:
            ValidationError: the rollback would be refused, as `HelmOperations.rollback` says.
            OperationError: the cluster cannot be read.
        """
        arguments.require(arguments.NUMBER_OR_NONE, revision=revision)
        data = self._session.data(self._progress)
        return rollback_planning.plan(self._session, self._config, data, revision)

    @guarded
    def validate_rollback_target(self, revision: int) -> None:
        """Refuse a revision that cannot be rolled back to.

        Raises:
            ValidationError: its reason says why: ``InvalidRevision``, ``BeyondLatest``, ``Pruned``,
                ``NotGood``, ``Tampered``, ``BeforeUninstall``, ``AnotherChart``, ``RecordUnreadable`` or
                ``NoHistory``; without ``allow_data_loss`` also ``PointOfNoReturn`` or ``DataLossPrevented``.
            OperationError: the cluster cannot be read.
        """
        arguments.require(arguments.NUMBER, revision=revision)
        session = self._session
        history, data = session.records.history(), session.data(self._progress)
        refused = target_refusal(revision, history, session.ledger(), self._config.rollback, data)
        if refused:
            raise refusals.refused(refused, self._config.label)

    @guarded
    def deployed_by_kubernetes_provider(self) -> int:
        """Return the newest revision where Pulumi's Kubernetes provider deployed it, else 0.

        A ``kubernetes.helm.v3.Release`` may have the release then, and would uninstall it.

        Raises:
            OperationError: the cluster cannot be read.
        """
        found = assessment.taken_over(self._session.records.history(), self._session.ledger())
        return found.revision if found else 0

    @guarded
    def taken_over(self) -> list[TakenOver]:
        """Return the objects that are there already and that `take_ownership` would take over.

        Their names are as they are, also where one contains a secret.

        Raises:
            OperationError: the chart cannot be rendered, or the cluster cannot be read.
        """
        run, session, owner = self._run, self._session, self._identity.owner
        return [*taken_over.taken_over(self._config, session, owner, run.redact)]

    @guarded
    def lock_status(self) -> LockStatus:
        """Return who works on the release, or has left an operation unfinished.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return unlocking.status(self._session.claims.read(), self._session.records.history())

    @guarded
    def unlock(self, *, force: bool = False) -> LockStatus:
        """Free the release if whoever worked on it is gone; nothing is deployed.

        The lock of a process that has ended on this machine is freed at once, that of another machine when it
        was not renewed for the time that it lasts, usually 20 s. A revision that Helm left ``pending-…`` is
        marked failed if Helm was started by that holder, or began it 600 s ago.

        Args:
            force: do it in any case. A process that works on the release notices, and stops what it is doing.

        Returns:
            Who works on the release now; nobody if nobody tries at the same time.

        Raises:
            OperationError: ``Locked`` or ``OperationInProgress`` if somebody is, or may be, at work;
                ``Interrupted``; or the cluster cannot be read or written.
        """
        unlocking.unlock(self._session, self._config.label, self._events, force=force)
        return unlocking.status(self._session.claims.read(), self._session.records.history())

    @guarded
    def prune(self, keep: int, *, dry_run: bool = False) -> tuple[ReleaseRevision, ...]:
        """Delete the oldest stored revisions so that `keep` stay, and return those that were deleted.

        More stay where they are needed: the latest, every deployed one, the last good one, the newest point
        of no return, and those that the last rollback or a pin names.

        Args:
            keep: how many are to stay, 1 or more.
            dry_run: whether they are only returned.

        Raises:
            ValidationError: `keep` is no whole number, or less than 1.
            OperationError: the cluster cannot be read or written; what was deleted before that stays deleted.
        """
        arguments.require(arguments.NUMBER, keep=keep)
        if keep < 1:
            raise ValidationError(
                [Problem("keep", "must be 1 or more")],
                reason=Reason.INVALID_INPUT,
                release=self._config.label,
            )
        session, rollback = self._session, self._config.rollback
        found = pruning.expendable(session.records.history(), session.ledger(), rollback, keep)
        if dry_run or not found:
            return found
        with borrowed(session, self._events) as held:
            found = pruning.expendable(session.records.history(), held.ledger, rollback, keep)
            pruning.delete(session.records, found, held)
        return found
