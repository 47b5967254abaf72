"""One release's connections: cluster, claim, records, Helm. Each is made when it is first needed."""

from __future__ import annotations

import secrets
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.records.cluster_identity import Comparison, compare, merge
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.records.owner import NOBODY
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import Target
from helm_rollback_component.helm.engines.selection import choose_engine
from helm_rollback_component.inputs.secret_values import credentials_in
from helm_rollback_component.kube.api import access, kubeconfig
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.api.error_context import about
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.kube.storage.storage import ReleaseStorage
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import desired, needed_rights, refusals
from helm_rollback_component.reconcile.live_data import LiveData
from helm_rollback_component.reconcile.present_credentials import accepted
from helm_rollback_component.reconcile.run_events import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.digests import Digester
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.owner import Identity
    from helm_rollback_component.helm.engines.engine import Engine
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.kube.api.access import Right
    from helm_rollback_component.kube.claims.claims import Held
    from helm_rollback_component.reconcile.present_credentials import Way
    from helm_rollback_component.reconcile.run_events import RunEvents

_PATIENCE = 60.0


class Session:
    """The connections of one release.

    Args:
        config: what is declared of it.
        identity: who acts on it, and which one is meant.
        redact: is told of the secrets that are met.
        others: kubeconfigs and contexts to try where those of the config are of the past and are refused.
        interrupt: requested when the lock is to be waited for no longer.
    """

    def __init__(
        self,
        config: HelmConfig,
        identity: Identity,
        redact: Redactor,
        others: Iterable[Way] | None = None,
        interrupt: Cancellation | None = None,
    ) -> None:
        self._config = config
        self._identity = identity
        self._redact = redact
        self._others = others
        self._interrupt = interrupt or Cancellation()
        self.claimed = False
        """Whether the release was claimed here."""
        self.lease_uid = ""
        """The UID of the Lease with that claim; empty where it was not claimed here."""

    @cached_property
    def cluster(self) -> Cluster:
        """The API server; an error if the release is deployed in another one."""
        cluster = Cluster.connect(*self._way)
        cluster.teach(self._redact)
        stored = self._identity.cluster
        if stored and self._is_another(cluster, stored):
            raise OperationError(
                "the kubeconfig now leads to another cluster than the one where the release is deployed",
                reason=Reason.CLUSTER_CHANGED,
                release=self._config.label,
            )
        return cluster

    @property
    def known_cluster(self) -> str:
        """What is known already of which cluster this is, without a request; empty if nothing is."""
        found = self.cluster.known_identity if "cluster" in vars(self) else ""
        return merge(self._identity.cluster, found)

    def leads_elsewhere(self, stored: str) -> bool:
        """Whether the kubeconfig leads to another cluster than that of the state, which has that identity.

        Where the identities cannot be compared, it is the same one if our claim is there.
        """
        found = compare(stored, self.cluster.identity())
        if found is Comparison.INCOMPARABLE:
            return not self._is_claimed_on(self.cluster)
        return self._is_another(self.cluster, stored)

    def _is_another(self, cluster: Cluster, stored: str) -> bool:
        found = compare(stored, cluster.identity())
        if found is Comparison.ANOTHER_ADDRESS:
            return not self._is_claimed_on(cluster)
        return found is Comparison.ANOTHER

    def _is_claimed_on(self, cluster: Cluster) -> bool:
        """Whether the claim there bears our incarnation, which is random: no other cluster has that."""
        claim = Claims(cluster, self._config.release_namespace, self._config.release_name).read()
        return claim is not None and claim.bears(self._identity.incarnation)

    @cached_property
    def claims(self) -> Claims:
        """The claim on the release."""
        return Claims(self.cluster, self._config.release_namespace, self._config.release_name)

    @cached_property
    def engine(self) -> Engine:
        """The Helm that supports everything that is declared."""
        return choose_engine(self._config.helm, desired.required_capabilities(self._config))

    @cached_property
    def target(self) -> Target:
        """The release, as an argument for Helm."""
        config = self._config
        return Target(
            config.release_name,
            config.release_namespace,
            *self._way,
            validates_fields=self.cluster.validates_fields(),
        )

    @cached_property
    def digester(self) -> Digester:
        """What makes the release's digests; the key is made when the release is first held."""
        return self.claims.digester(create=False)

    @cached_property
    def records(self) -> ReleaseStorage:
        """The release's records; one object, which knows what it has read."""
        return self._records()

    def require(self, *needed: Right, records: Sequence[Record] = (), verbs: Sequence[str] = ()) -> None:
        """Refuse to go on where the user lacks a right.

        Args:
            needed: rights in the release's namespace.
            records: revisions to whose objects something is done.
            verbs: what is done to these.

        Raises:
            OperationError: ``Forbidden``.
        """
        namespace = self._config.release_namespace
        with about(namespace, self._config.release_name):
            found = needed_rights.on_objects(self.cluster, self.records, records, namespace, *verbs)
            access.require(self.cluster, namespace, *needed, *found.get(namespace, ()))
            for other in found.keys() - {namespace}:
                access.require(self.cluster, other, *found[other])

    def interrupted(self) -> bool:
        """Whether nothing is to be waited for any longer."""
        return self._interrupt.requested

    def ledger(self) -> Ledger:
        """Return what is known about the release, without its lock."""
        claim = self.claims.read()
        return claim.ledger if claim else Ledger()

    def data(self, progress: Callable[[str], None]) -> LiveData:
        """Return what looks at the data that the release's objects hold; `progress` as `LiveData` says."""
        return LiveData(self.cluster, self.records, self._config.release_namespace, progress)

    def learn_secrets_of_before(self) -> None:
        """Have the values masked that stored revisions have where there is a secret today.

        Helm, an API server or a container may quote those of the revision that runs or is restored.
        """
        for values in self.records.known_values():
            self._redact.learn_from({"values": values})

    @contextmanager
    def hold(self, events: RunEvents, *, strict: bool = False, forced: bool = False) -> Iterator[Held]:
        """Claim the release and hold its lock for the length of the block; see `Claims.hold`.

        If `forced`, it is held also where Helm of an earlier run may still work on it.
        """
        owner, incarnation = self._identity.owner, self._identity.incarnation
        if owner is None:
            claim = self.claims.read()
            owner = (claim and claim.owner) or NOBODY
            incarnation = claim.incarnation if claim else secrets.token_hex(8)
        holding = self.claims.hold(
            owner,
            incarnation,
            timeout=_PATIENCE,
            on_wait=events.progress,
            adopt=self._config.adopt,
            strict=strict,
            stop=self.interrupted,
        )
        with ExitStack() as stack:
            with events.step(Step.CLAIM):
                held = stack.enter_context(holding)
            self.claimed, self.lease_uid = True, held.uid
            self.digester = self.claims.digester()
            self.records = self._records()
            if held.left_alone and not forced:
                history, release = self.records.history(), self._config.label
                refusals.refuse_while_helm_works(history, held.left_alone, release, self.cluster.now())
            yield held

    def _records(self) -> ReleaseStorage:
        config = self._config
        return ReleaseStorage(self.cluster, config.release_namespace, config.release_name, self.digester)

    @cached_property
    def _way(self) -> tuple[str, str | None]:
        """The content of the kubeconfig, and the context."""
        way = kubeconfig.load(self._config.kubeconfig), self._config.context
        self._redact.learn(credentials_in(way[0]))
        if self._others is None:
            return way
        with about(self._config.release_namespace, self._config.release_name):
            found = accepted(way, self._others)
        self._redact.learn(credentials_in(found[0]))
        return found
