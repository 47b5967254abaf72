"""`HelmOperations`: everything that can be done to one release.

The same object serves the Pulumi provider, the command line and a user's own script.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from helm_rollback_component import desired
from helm_rollback_component.core import assessment, conclusions, retention, targets
from helm_rollback_component.core.failures import classify
from helm_rollback_component.core.ledger import Ledger
from helm_rollback_component.core.steps import Conclude, Gone, Refuse
from helm_rollback_component.errors import OperationError, Problem, ValidationError
from helm_rollback_component.helm import charts
from helm_rollback_component.helm.engine import EngineError, Target
from helm_rollback_component.helm.selection import choose_engine
from helm_rollback_component.kube import kubeconfig
from helm_rollback_component.kube.claims import Claims, Owner
from helm_rollback_component.kube.client import Cluster
from helm_rollback_component.kube.storage import ReleaseStorage
from helm_rollback_component.redaction import Redactor
from helm_rollback_component.results import ReleaseRevision, ReleaseStatus
from helm_rollback_component.run import Run, Tools

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.digests import Digester
    from helm_rollback_component.core.history import History
    from helm_rollback_component.core.steps import Outcome, Situation
    from helm_rollback_component.helm.tools import Engine
    from helm_rollback_component.kube.claims import Held


@dataclass(frozen=True)
class Identity:
    """Who acts on a release, and which one is meant.

    Attributes:
        owner: who declares it; None for a script or the command line, which leave the owner as it is.
        incarnation: which creation of the release is meant; empty for whichever there is.
        cluster: identity of the cluster it lives on, any other being refused; empty where not known.
    """

    owner: Owner | None = None
    incarnation: str = ""
    cluster: str = ""


class HelmOperations:
    """Everything that can be done to one release.

    Args:
        config: what is declared of it.
        identity: who acts on it, and which one is meant.
        progress: takes a line for everything that is begun or waited for.
        redact: takes the secrets out of every message.
    """

    def __init__(
        self,
        config: HelmConfig,
        *,
        identity: Identity = Identity(),
        progress: Callable[[str], None] = lambda _: None,
        redact: Redactor | None = None,
    ) -> None:
        self._config = config
        self._identity = identity
        self._progress = progress
        self._redact = redact or Redactor()

    def deploy(self) -> ReleaseStatus:
        """Install the release.

        Raises:
            ValidationError: the inputs cannot be honoured, or a release of that name is there already.
            OperationError: the deployment failed and nothing was left behind, or Helm or the cluster failed.
        """
        self._refuse_unmanaged()
        with self._held() as held:
            return self._run(held, self._config.timeouts.deploy)

    def upgrade(self) -> ReleaseStatus:
        """Bring the release to what is declared, or back to its last good revision.

        Returns:
            The release as it is then; its phase tells what became of the upgrade.

        Raises:
            ValidationError: the inputs cannot be honoured.
            OperationError: Helm or the cluster failed, and what became of the release is not known.
        """
        with self._held() as held:
            return self._run(held, self._config.timeouts.upgrade)

    def delete(self) -> None:
        """Uninstall the release, if it is the creation that is meant, and give up its claim.

        Raises:
            OperationError: something could not be removed; it can be called again.
        """
        claim = self._claims.read()
        if claim is None and not self._storage.history():
            return
        if claim is not None and self._identity.incarnation not in ("", claim.incarnation):
            self._progress("the release belongs to a later creation; it is left alone")
            return
        with self._held(strict=True) as held:
            self._uninstall()
            if not self._config.history.keep_on_delete:
                self._delete_history()
            held.give_up()

    def get_status(self) -> ReleaseStatus:
        """Return the release as it is now; a release that is gone has phase ``Failed``, revision 0.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return self._status(self._ledger())

    def exists(self) -> bool:
        """Whether anything of the release is there: a claim, or a revision."""
        return self._claims.read() is not None or bool(self._storage.history())

    def get_release_history(self) -> tuple[ReleaseRevision, ...]:
        """Return every stored revision, oldest first.

        Raises:
            OperationError: the cluster cannot be read.
        """
        return assessment.revisions(self._storage.history(), self._ledger())

    def validate_rollback_target(self, revision: int) -> None:
        """Refuse a revision that cannot be rolled back to.

        Raises:
            ValidationError: its reason says why: ``InvalidRevision``, ``BeyondLatest``, ``Pruned``,
                ``NotGood``, ``Tampered``, ``BeforeUninstall``, ``AnotherChart``, ``Unreadable`` or
                ``NoHistory``.
            OperationError: the cluster cannot be read.
        """
        refusal = targets.refuse(revision, self._storage.history(), self._ledger())
        if refusal:
            raise self._refusal("operations.rollback.target_revision", refusal.reason, refusal.message)

    @property
    def cluster_identity(self) -> str:
        """Which cluster this is."""
        return self._cluster.identity()

    @cached_property
    def _kubeconfig(self) -> str:
        return kubeconfig.load(self._config.kubeconfig)

    @cached_property
    def _cluster(self) -> Cluster:
        cluster = Cluster.connect(self._kubeconfig, self._config.context)
        if self._identity.cluster not in ("", cluster.identity()):
            raise OperationError(
                "the kubeconfig now leads to another cluster than the one the release lives on",
                reason="ClusterChanged",
                release=self._config.label,
                remedy="restore it; to move the release, give the other cluster's as the kubeconfig input",
            )
        return cluster

    @cached_property
    def _claims(self) -> Claims:
        return Claims(self._cluster, self._config.release_namespace, self._config.release_name)

    @cached_property
    def _engine(self) -> Engine:
        return choose_engine(self._config.helm, desired.required_capabilities(self._config))

    @cached_property
    def _target(self) -> Target:
        config = self._config
        return Target(config.release_name, config.release_namespace, self._kubeconfig, config.context)

    @property
    def _storage(self) -> ReleaseStorage:
        return self._storage_with(self._claims.digester(create=False))

    def _storage_with(self, digester: Digester) -> ReleaseStorage:
        config = self._config
        return ReleaseStorage(self._cluster, config.release_namespace, config.release_name, digester)

    def _ledger(self) -> Ledger:
        claim = self._claims.read()
        return claim.ledger if claim else Ledger()

    def _held(self, *, strict: bool = False) -> AbstractContextManager[Held]:
        owner, incarnation = self._identity.owner, self._identity.incarnation
        if owner is None:
            claim = self._claims.read()
            owner = (claim and claim.owner) or _NOBODY
            incarnation = claim.incarnation if claim else secrets.token_hex(8)
        return self._claims.hold(
            owner,
            incarnation,
            timeout=_PATIENCE,
            on_wait=self._progress,
            adopt=self._config.adopt,
            strict=strict,
        )

    def _run(self, held: Held, timeout: int) -> ReleaseStatus:
        chart = charts.fetch(self._config.source, self._engine)
        digester = self._claims.digester()
        tools = Tools(
            config=self._config,
            cluster=self._cluster,
            storage=self._storage_with(digester),
            engine=self._engine,
            target=self._target,
            deployment=desired.deployment(self._config, chart, timeout),
            progress=self._progress,
            redact=self._redact,
        )
        wanted = desired.desired(self._config, chart, digester)
        situation, outcome = Run(tools, held, wanted).to_its_end()
        return self._concluded(held, situation, outcome)

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
                ledger = conclusions.conclude(situation, outcome, tested=self._config.health.test, now=_now())
                held.write(self._prune(situation.history, ledger))
                return self._status(held.ledger)

    def _prune(self, history: History, ledger: Ledger) -> Ledger:
        keep = frozenset(
            filter(None, (self._config.rollback.target_revision, ledger.rollback_status.target_revision))
        )
        gone = retention.expendable(history, ledger, self._config.history.max_revisions, keep)
        for revision in gone:
            self._storage.delete(revision)
        return ledger.keep({record.revision for record in history} - set(gone))

    def _status(self, ledger: Ledger) -> ReleaseStatus:
        history = self._storage.history()
        latest = history.latest
        found = assessment.assess(history, ledger)
        return ReleaseStatus(
            release_name=self._config.release_name,
            release_namespace=self._config.release_namespace,
            revision=latest.revision if latest else 0,
            chart_version=latest.chart_version if latest else "",
            app_version=latest.app_version if latest else "",
            status=latest.status.value if latest else "",
            phase=found.phase,
            rollback_status=ledger.rollback_status,
            history=assessment.revisions(history, ledger),
            conditions=assessment.conditions(found, ledger, _now()),
            resources=self._storage.resources(latest.revision) if latest else (),
        )

    def _uninstall(self) -> None:
        self._progress("uninstalling")
        try:
            self._engine.uninstall(
                self._target,
                self._config.timeouts.delete,
                keep_history=self._config.history.keep_on_delete,
                disable_hooks=self._config.disable_hooks,
            )
        except EngineError as error:
            failure = classify(error.output)
            raise OperationError(
                self._redact(f"uninstalling failed: {failure.message}"),
                reason=failure.reason,
                release=self._config.label,
                remedy=failure.remedy,
                temporary=failure.temporary,
            ) from None

    def _delete_history(self) -> None:
        history = self._storage.history()
        for revision in (*(record.revision for record in history), *history.unreadable):
            self._storage.delete(revision)

    def _refuse_unmanaged(self) -> None:
        if self._config.adopt or self._claims.read() is not None or not self._storage.history():
            return
        raise self._refusal(
            "adopt",
            "ReleaseExists",
            "a release of this name is there already, and not managed here; set adopt=True to take it over",
        )

    def _refusal(self, path: str, reason: str, message: str) -> ValidationError:
        return ValidationError([Problem(path, message)], reason=reason, release=self._config.label)


_NOBODY = Owner(organization="", project="", stack="", urn="")
_PATIENCE = 60.0
"""Seconds to wait for another process that is at work on the release."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
