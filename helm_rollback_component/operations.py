"""`HelmOperations`: everything that can be done to one release.

The same object serves the Pulumi provider, the command line and a user's own script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component import telemetry
from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.records.cluster_identity import merge
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.core.remediation import assessment, manual_rollback, predicates
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.inputs import arguments
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.api import access
from helm_rollback_component.reconcile import (
    clock,
    deletion,
    lost_clusters,
    needed_rights,
    refusals,
    requester,
)
from helm_rollback_component.reconcile.borrowed_lock import released_if_unused
from helm_rollback_component.reconcile.observed import operation
from helm_rollback_component.reconcile.release_run import ReleaseRun
from helm_rollback_component.reconcile.rollback_by_hand import roll_back
from helm_rollback_component.reconcile.run_events import Operation
from helm_rollback_component.reconcile.session import Session
from helm_rollback_component.reconcile.status import failed_status, unknown_status
from helm_rollback_component.reconcile.upkeep import Upkeep
from helm_rollback_component.reconcile.way_out import WayOut, guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from helm_rollback_component.kube.claims.claims import Claim
    from helm_rollback_component.results import ReleaseRevision, ReleaseStatus

_ANYONE = Identity()
_CONFIG = arguments.Kind(HelmConfig, "HelmConfig.parse(inputs)")


class HelmOperations(Upkeep):
    """Everything that can be done to one release.

    Args:
        config: what is declared of it.
        identity: who acts on the release, and which creation of it is meant.
        progress: takes one line for each step that begins and each change of what is waited for.
        note: takes one text for each thing that was changed, or seen, and that no result tells, such as the
            last lines of a container's log; `progress` takes them without it.
        warn: takes one sentence for each thing that you should know although nothing failed.
        redact: removes the secrets from every message.
        others: kubeconfigs and contexts to try where the config is that of a state and its credentials are
            refused; None for a config of the present.
        interrupt: requested when what is under way is to be brought to a good end at once.
        delete_unreachable: whether a release whose cluster is gone may leave the state, as with
            ``PULUMI_K8S_DELETE_UNREACHABLE=true`` in the environment.

    Raises:
        ValidationError: `config` is no `HelmConfig`, or what takes texts is no function.
    """

    def __init__(  # noqa: PLR0913  # each is one thing for the caller to decide
        self,
        config: HelmConfig,
        *,
        identity: Identity = _ANYONE,
        progress: Callable[[str], None] = lambda _: None,
        note: Callable[[str], None] | None = None,
        warn: Callable[[str], None] = lambda _: None,
        redact: Redactor | None = None,
        others: Iterable[tuple[str | None, str | None]] | None = None,
        interrupt: Cancellation | None = None,
        delete_unreachable: bool = False,
    ) -> None:
        arguments.require(_CONFIG, config=config)
        arguments.require(arguments.FUNCTION, progress=progress, warn=warn)
        arguments.require(arguments.FUNCTION_OR_NONE, note=note)
        self._config = config
        self._delete_unreachable = delete_unreachable
        self._identity = identity
        redact = redact or Redactor()
        self.way_out = WayOut(redact)
        """What takes the secrets out of whatever leaves."""
        interrupt = interrupt or Cancellation()
        self._session = Session(config, identity, redact, others, interrupt)
        self._events = telemetry.run_events(self._session, self.way_out, progress, note or progress, warn)
        self._progress, self._warn = self._events.progress, self._events.warn
        self._run = ReleaseRun(
            config=config,
            session=self._session,
            way_out=self.way_out,
            redact=redact,
            events=self._events,
            interrupt=interrupt,
        )

    @property
    @guarded
    def cluster_identity(self) -> str:
        """What is known of which cluster this is: `core.records.cluster_identity`."""
        return merge(self._identity.cluster, self._session.cluster.identity())

    @guarded
    def leads_elsewhere(self, cluster: str) -> bool:
        """Whether the kubeconfig leads to another cluster than the one of that identity.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return self._session.leads_elsewhere(cluster)

    @operation(Operation.CREATE)
    def deploy(self) -> ReleaseStatus:
        """Install the release, or upgrade the one that a stack or a script of this package has deployed.

        Raises:
            ValidationError: an input is not supported, or there is a release of that name which this package
                has not deployed, and ``adopt`` is not set.
            OperationError: the deployment failed and nothing was left behind, or Helm or the cluster failed.
        """
        claim = self._session.claims.read()
        if claim is None:
            self._session.require(*access.to_begin(self._session.claims.name))
        if not self._config.adopt:
            self._refuse_that_of_others(claim)
        with self._session.hold(self._events) as held, released_if_unused(held):
            return self._run.reconcile(held, self._config.timeouts.deploy)

    @guarded
    def left_behind(self, error: HelmRollbackError) -> ReleaseStatus | None:
        """Return what a `deploy` that ended in `error` left of the release, or None where it left nothing.

        The claim is made first and released last, so where it is not there, nothing is. Where that cannot be
        looked at any more, something counts as left as soon as the release was claimed.
        """
        try:
            claim = self._session.claims.read()
            if claim is None or not claim.bears(self._identity.incarnation):
                return None
            found = self._status()
        except HelmRollbackError:
            if not self._session.claimed:
                return None
            found = unknown_status(self._config)
        return failed_status(found, error.reason, error.with_remedy, clock.now())

    @operation(Operation.UPDATE)
    def upgrade(self) -> ReleaseStatus:
        """Bring the release to what is declared, or back to its last good revision.

        Returns:
            The release after the upgrade; its phase tells how the upgrade ended.

        Raises:
            ValidationError: an input is not supported.
            OperationError: Helm or the cluster failed, and the state of the release is not known.
        """
        with self._session.hold(self._events) as held:
            return self._run.reconcile(held, self._config.timeouts.upgrade)

    @operation(Operation.ROLLBACK)
    def rollback(
        self, revision: int | None = None, *, why: str = "", tool: str = "", replacing: int | None = None
    ) -> ReleaseStatus:
        """Restore a revision's content; without a number, that of the last good one before the latest.

        A stack that declares the release reports it as ``RolledBack`` until the inputs of the stack change.
        Who did it, and why, is kept with the release. A release that nobody manages stays so.

        Args:
            revision: the one to restore.
            why: what the stack's users are to be told, in one line of 256 characters at most.
            tool: the program that asks for it, and its version; empty for a script.
            replacing: the latest revision that is expected; where it is another by now, nothing is done.

        Returns:
            The release after the rollback; unchanged if it had that content already.

        Raises:
            ValidationError: that revision cannot be rolled back to, or there is none; or the rollback would
                destroy data or go back across a point of no return, and ``allow_data_loss`` is not set.
            RollbackError: the rollback failed.
            OperationError: Helm or the cluster failed.
        """
        arguments.require(arguments.NUMBER_OR_NONE, revision=revision, replacing=replacing)
        arguments.require(arguments.TEXT, why=why, tool=tool)
        request = manual_rollback.request(requester.named(tool), why)
        return roll_back(self._run, revision, request, replacing=replacing)

    @operation(Operation.DELETE)
    def delete(self, *, now_managed_by: str = "") -> None:
        """Uninstall the release, and release its claim; do nothing if the release was created again since.

        In a namespace that is being deleted, the release may go with it instead.

        With ``PULUMI_K8S_DELETE_UNREACHABLE=true`` in the environment, a release whose cluster cannot be
        reached counts as deleted. One that a ``kubernetes.helm.v3.Release`` has taken over stays. A warning
        says so.

        Args:
            now_managed_by: what manages the release from now on, in words for the warning; it stays then.

        Raises:
            OperationError: something could not be removed; it can be called again.
        """
        arguments.require(arguments.TEXT, now_managed_by=now_managed_by)
        claim, there = self._look()
        if not there:
            return
        if claim is not None and self._identity.incarnation not in ("", claim.incarnation):
            self._progress("the release was created again since; nothing is deleted")
            return
        ledger = claim.ledger if claim else Ledger()
        present = predicates.present(self._session.records.history(), ledger)
        forgetting = access.to_forget(self._session.claims.name)
        self._session.require(*forgetting, records=present, verbs=needed_rights.TO_DELETE)
        ended = deletion.unless_namespace_ends(
            self._config, self._session.cluster, lambda: bool(self._look()[1]), self._progress
        )
        with (
            ended,
            self._session.hold(self._events, strict=True) as held,
        ):
            deletion.delete(self._config, self._run.effects(held), self._warn, now_managed_by)
            held.release_claim()

    @operation(Operation.READ)
    def get_status(self) -> ReleaseStatus:
        """Return the release as it is now; a release that is gone has phase ``Failed``, revision 0.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return self._status()

    @guarded
    def exists(self) -> bool | None:
        """Whether anything of the release is there: a claim, or a revision.

        With ``PULUMI_K8S_DELETE_UNREACHABLE=true`` in the environment, the answer is None where the cluster
        cannot be reached; a warning says so.
        """
        return self._look()[1]

    @guarded
    def get_release_history(self) -> tuple[ReleaseRevision, ...]:
        """Return every stored revision, oldest first.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return assessment.revisions(self._session.records.history(), self._session.ledger())

    def _refuse_that_of_others(self, claim: Claim | None) -> None:
        """Refuse to deploy over a release that nobody had claimed, or that was moved away since it was."""
        history = self._session.records.history()
        if claim is None or assessment.taken_over(history, claim.ledger):
            refusals.refuse_unmanaged(history, self._config.label)

    def _status(self) -> ReleaseStatus:
        return self._run.status(self._session.records.history(), self._session.ledger())

    def _look(self) -> tuple[Claim | None, bool | None]:
        """Return the claim, and whether anything of the release is there; see `exists`."""
        claim, there = None, None
        with lost_clusters.let_go(self._config.label, self._warn, allowed=self._delete_unreachable):
            claim = self._session.claims.read()
            there = claim is not None or bool(self._session.records.history())
        return claim, there
