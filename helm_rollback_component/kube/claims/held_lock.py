"""A lock that is held: renewed in the background, and the way to write the ledger."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.error_context import about
from helm_rollback_component.kube.claims import digest_key, lease_codec, lock_holder
from helm_rollback_component.kube.claims.namespace_end import find_end
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.claims.lease_codec import Lease
    from helm_rollback_component.kube.clock import Clock

_RENEWALS = 3
_RETRY = 1.0
_MAX_CONFLICTS = 10

_TAKEN_OVER = OperationError(
    "another process took over the lock of the release, or its Lease was deleted", reason=Reason.LOCK_LOST
)

_log = logging.getLogger(__name__)


class Held:
    """The lock of one release, held until `conclude`, `release` or `release_claim`.

    Another process can take it over only by changing the Lease, and a changed Lease is never overwritten. So
    the lock counts as held while the API server cannot be reached; if it was taken over in that time, `lost`
    is requested as soon as the server answers again.

    Args:
        cluster: where the release is.
        namespace: its namespace.
        release: its name.
        lease: the Lease with the lock in it, as it was taken.
        clock: waits from one renewal to the next.
    """

    def __init__(self, cluster: Cluster, namespace: str, release: str, lease: Lease, clock: Clock) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._release = release
        self._path = paths.leases(namespace, lease_codec.name(release))
        self._lease = lease
        self._claim = lease_codec.claim(lease)
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._helm_ended = False
        self._clock = clock
        self._loss = _TAKEN_OVER
        self.lost = Cancellation()
        """Requested when another process has the lock, the Lease is gone, or its namespace is to go."""
        threading.Thread(target=self._keep_renewed, name=f"lease {release}", daemon=True).start()

    @property
    def uid(self) -> str:
        """The Lease's UID."""
        return self._claim.uid

    @property
    def incarnation(self) -> str:
        """The incarnation that the claim has now."""
        return self._claim.incarnation

    @property
    def ledger(self) -> Ledger:
        """The ledger, as it was last read or written."""
        return self._claim.ledger

    @property
    def left_alone(self) -> float:
        """For how many seconds Helm of an earlier run goes on at most without that; 0 if it has ended."""
        return 0.0 if lock_holder.provably_dead(self._claim.helm) else self._claim.alone

    @property
    def damaged(self) -> bool:
        """Whether a ledger was found that could not be read, and that the next `write` replaces."""
        return self._claim.damaged

    def write(self, ledger: Ledger) -> None:
        """Write the ledger, in one request that also renews the lock.

        Raises:
            OperationError: ``LockLost`` if another process has the lock; nothing was written then.
        """
        with about(self._namespace, self._release):
            self._update(lambda lease: lease_codec.with_ledger(lease, ledger))

    def require_namespace(self) -> None:
        """Refuse to go on in a namespace in which nothing can be created any more.

        Raises:
            OperationError: ``NamespaceTerminating`` or ``NamespaceMissing``.
        """
        with about(self._namespace, self._release), self._lock:
            if end := find_end(self._cluster, self._namespace):
                self._lose(end)
                raise end

    def note_helm(self, pid: int, alone: float) -> None:
        """Write down which process of Helm is about to work on the release; raises as `write` does.

        Args:
            pid: the id of the process, on this machine.
            alone: for how many seconds it goes on at most if this process dies.
        """
        process = lock_holder.identified(pid)
        with about(self._namespace, self._release), self._lock:
            self._helm_ended = False
            self._update(lambda lease: lease_codec.with_helm(lease, process, alone))

    def note_end_of_helm(self) -> None:
        """Take note that this process has ended; the next write says so."""
        self._helm_ended = True

    def conclude(self, ledger: Ledger) -> None:
        """Write the ledger and free the lock, in one request; owner and ledger stay.

        Raises:
            OperationError: ``LockLost`` if another process has the lock; nothing was written then.
        """
        with about(self._namespace, self._release), self._lock:
            self._put(lambda lease: lease_codec.released(lease_codec.with_ledger(lease, ledger)))
            self._over.set()

    def release(self) -> None:
        """Free the lock; owner and ledger stay. If that fails, it expires, so nothing is raised."""
        with self._lock:
            if self._over.is_set():
                return
            self._over.set()
            try:
                if (
                    self.lost.requested
                ):  # to the end of its namespace, it is still there; else this is refused
                    self._cluster.replace(self._path, lease_codec.released(self._of_now(self._lease)))
                else:
                    self._put(lease_codec.released)
            except OperationError as error:
                if not self.lost.requested:
                    _log.warning(
                        "The lock of %s/%s was not freed and expires in %d s: %s",
                        self._namespace,
                        self._release,
                        self._claim.duration,
                        error,
                    )

    def release_claim(self) -> None:
        """Delete the claim and its key: nobody manages the release any more.

        Raises:
            OperationError: ``LockLost`` if another process has the lock; the claim still exists then.
        """
        with about(self._namespace, self._release), self._lock:
            self._update(_as_it_is)
            digest_key.delete(self._cluster, self._namespace, self._release)
            self._guarded(self._delete)
            self._over.set()

    def _update(self, change: Callable[[Lease], Lease]) -> None:
        self._put(lambda lease: lease_codec.renewed(change(lease), datetime.now(UTC)))

    def _put(self, change: Callable[[Lease], Lease]) -> None:
        def put(lease: Lease) -> None:
            self._note(self._cluster.replace(self._path, change(self._of_now(lease))))

        self._guarded(put)

    def _of_now(self, lease: Lease) -> Lease:
        return lease_codec.without_helm(lease) if self._helm_ended else lease

    def _delete(self, lease: Lease) -> None:
        same = {key: lease["metadata"][key] for key in ("uid", "resourceVersion")}
        self._cluster.delete(self._path, {"preconditions": same})

    def _guarded(self, act: Callable[[Lease], Any]) -> None:
        """Change the Lease if its version is the known one; if only the version changed, try again."""
        with self._lock:
            for _ in range(_MAX_CONFLICTS):
                try:
                    self._refuse_if_lost()
                    act(self._lease)
                except OperationError as error:
                    if error.reason not in {Reason.CONFLICT, Reason.NOT_FOUND}:
                        raise
                    self._look_again()
                else:
                    return
            raise OperationError("the Lease of the release changes too often", reason=Reason.CONFLICT)

    def _look_again(self) -> None:
        lease = self._cluster.get(self._path)
        if lease and lease_codec.claim(lease).holder == self._claim.holder:
            self._note(lease)
        else:
            self._lose(None if lease else find_end(self._cluster, self._namespace))

    def _lose(self, end: OperationError | None) -> None:
        """Have the lock be lost; to the end of its namespace, if that is given."""
        self._loss = end or _TAKEN_OVER
        self.lost.request()

    def _note(self, lease: Lease) -> None:
        self._lease, self._claim = lease, lease_codec.claim(lease)

    def _refuse_if_lost(self) -> None:
        if self.lost.requested:
            raise OperationError(self._loss.message, reason=self._loss.reason)

    def _keep_renewed(self) -> None:
        regular = self._claim.duration / _RENEWALS
        pause = regular
        while not self._clock.wait(self._over, pause) and not self.lost.requested:
            pause = regular if self._renew() else _RETRY

    def _renew(self) -> bool:
        with self._lock:
            if self._over.is_set():
                return True
            try:
                self._update(_as_it_is)
                if end := find_end(self._cluster, self._namespace):
                    self._lose(end)
            except OperationError as error:
                _log.debug("The lock of %s/%s was not renewed: %s", self._namespace, self._release, error)
                return False
            return True


def _as_it_is(lease: Lease) -> Lease:
    return lease
