"""What is known of releases: their claims, records and status. Nothing is changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helm_rollback_component.cli.asking import Asking
from helm_rollback_component.config.constraints import is_release_name
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.remediation import assessment
from helm_rollback_component.core.remediation.timeline import Moment, timeline
from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec, lock_holder
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import clock
from helm_rollback_component.reconcile.status import release_status, unknown_status
from helm_rollback_component.reconcile.way_out import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.kube.claims.lease_codec import Claim, Lease
    from helm_rollback_component.kube.storage.storage import ReleaseStorage
    from helm_rollback_component.results import ReleaseStatus

_READS_AT_ONCE = 4
_SELECTOR = ",".join(f"{name}={value}" for name, value in lease_codec.LABELS.items())


@dataclass(frozen=True)
class Found:
    """What was found of one release.

    Attributes:
        status: the release as it is now, without secrets; its phase counts only if the release is claimed.
        history: its records, or the newest alone.
        claim: what the Lease beside it says; None if there is none.
        now: the time by the API server's clock.
        problem: why not more is known; empty if nothing is missing.
    """

    status: ReleaseStatus
    history: History
    claim: Claim | None
    now: datetime
    problem: str = ""

    @property
    def ledger(self) -> Ledger:
        """What is known of the release beyond Helm's records."""
        return self.claim.ledger if self.claim else Ledger()

    @property
    def under_way(self) -> bool:
        """Whether the newest revision is unfinished because the holder of the lock is at work on it."""
        ready = assessment.ready(self.status)
        return (
            self.claim is not None
            and ready is not None
            and ready.reason == Reason.INTERRUPTED
            and self.claim.is_renewed(self.now)
            and not lock_holder.provably_dead(self.claim.process)
        )

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The history, oldest revision first."""
        return timeline(self.history, self.ledger)


class Reader(Asking):
    """Reads what is known of releases."""

    @guarded
    def release(self, name: str) -> Found:
        """Return what is known of one release, with all its records.

        Raises:
            OperationError: the cluster cannot be read; ``ReleaseMissing`` if nothing of the release is there.
        """
        return self._read(self._connection, name, lambda records: records.history())

    @guarded
    def require(self, name: str) -> None:
        """Refuse a release that is not there: its name is misspelled, or the namespace is another.

        Raises:
            OperationError: ``ReleaseMissing``; or the cluster cannot be read.
        """
        session = self._connection.session(self._connection.config(name))
        if session.claims.read() is None and not session.records.history():
            raise _missing(self._connection.config(name).label)

    @guarded
    def managed(self, *, everywhere: bool) -> list[Found]:
        """Return what is known of every release that has a Lease, by namespace and name.

        Args:
            everywhere: whether those of all namespaces are meant.

        Raises:
            OperationError: the Leases cannot be listed. What cannot be read of one release is its `problem`.
        """
        names = sorted(_names(self._leases(everywhere=everywhere)))
        places = [(name, replace(self._connection, namespace=namespace)) for namespace, name in names]
        return each_of(places)

    def _leases(self, *, everywhere: bool) -> Sequence[Lease]:
        """Return the Leases; where they may not be listed in a namespace, those that Helm's records name."""
        cluster, namespace = self._connection.cluster, self._connection.namespace
        try:
            return cluster.list(paths.leases("" if everywhere else namespace), labelSelector=_SELECTOR)
        except OperationError as error:
            if everywhere or error.reason != Reason.FORBIDDEN:
                raise
        names = release_names(self._connection)
        found = (cluster.get(paths.leases(namespace, lease_codec.name(each))) for each in names)
        return [each for each in found if each]

    def newest(self, name: str) -> Found:
        """Return what is known of one release, with its newest record alone, or its `problem`."""
        try:
            return self._read(self._connection, name, lambda records: records.newest())
        except HelmRollbackError as error:
            self.way_out.error(error)
            unknown = unknown_status(self._connection.config(name))
            return Found(unknown, History(), None, clock.now(), f"{error} [{error.reason}]")

    def _read(self, there: Connection, name: str, records_of: Callable[[ReleaseStorage], History]) -> Found:
        config = there.config(name)
        session = there.session(config)
        claim, history = session.claims.read(), records_of(session.records)
        if claim is None and not history:
            raise _missing(config.label)
        now, ledger = session.cluster.now(), claim.ledger if claim else Ledger()
        status = release_status(config, session.records, history, ledger, now)
        return Found(self.way_out.result(status), history, claim, now)


def each_of(places: Iterable[tuple[str, Connection]]) -> list[Found]:
    """Return what is known of several releases, each given by its name and where it is."""
    with ThreadPoolExecutor(_READS_AT_ONCE) as readers:
        return list(readers.map(lambda place: Reader(place[1]).newest(place[0]), places))


def _missing(label: str) -> OperationError:
    return OperationError(
        "there is no release of that name in that namespace",
        reason=Reason.RELEASE_MISSING,
        release=label,
        remedy="see `helm list -A`; check the name, --namespace and --kube-context",
    )


def release_names(connection: Connection) -> list[str]:
    """Return the names of all releases of the namespace, managed or not, by Helm's records."""
    found = connection.cluster.list_metadata(paths.secrets(connection.namespace), labelSelector="owner=helm")
    names = ((each.get("labels") or {}).get("name") for each in found)
    return sorted({name for name in names if name})


def _names(leases: Iterable[Lease]) -> Iterator[tuple[str, str]]:
    prefix = lease_codec.name("")
    for lease in leases:
        namespace, name = lease["metadata"]["namespace"], lease["metadata"]["name"]
        if name.startswith(prefix) and is_release_name(release := name.removeprefix(prefix)):
            yield namespace, release
