"""The lock of a process that is gone: it is freed, and nothing else of the Lease changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.claims import lease_codec, lock_holder
from helm_rollback_component.kube.claims.claim_rules import Sightings, at_work, interrupted, watches
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.claims.lease_codec import Claim, Lease
    from helm_rollback_component.kube.clock import Clock

_LOOK_EVERY = 0.5


class AbandonedLock:
    """The lock of one release. A holder on another machine is gone if it does not renew it while it lasts.

    Args:
        cluster: where the release is.
        path: of its Lease.
        clock: tells the time, and waits.
        force: free it in any case; a process that has it stops what it is doing when it notices.
        stop: tells whether to watch no longer.
    """

    def __init__(
        self, cluster: Cluster, path: str, clock: Clock, *, force: bool, stop: Callable[[], bool]
    ) -> None:
        self._cluster = cluster
        self._path = path
        self._clock = clock
        self._force = force
        self._stop = stop
        self._sightings = Sightings(lock_holder.provably_dead, lock_holder.provably_alive)

    def free(self, on_wait: Callable[[str], None]) -> str:
        """Free it if its holder is gone; return who had it, an empty string if nobody did.

        Args:
            on_wait: called once, with a sentence that names a holder that has to be watched.

        Raises:
            OperationError: ``Locked`` if the holder is at work; ``Interrupted``.
        """
        first: Claim | None = None
        while lease := self._cluster.get(self._path):
            claim = lease_codec.claim(lease)
            by_helm = self._sightings.left_to_helm(claim)
            if not (claim.holder or by_helm):
                break
            if self._force or self._sightings.free(claim, self._clock.now()):
                if self._write_free(lease):
                    return claim.helm_words if by_helm else claim.holder_words
                continue
            self._refuse_if_at_work(claim, first, by_helm=by_helm)
            if first is None:
                on_wait(watches(claim))
            first = first or claim
            self._clock.sleep(_LOOK_EVERY)
        return ""

    def _refuse_if_at_work(self, claim: Claim, first: Claim | None, *, by_helm: bool) -> None:
        alive = lock_holder.provably_alive(claim.process)
        if refused := at_work(claim, first, by_helm=by_helm, alive=alive):
            raise refused
        if self._stop():
            raise interrupted(claim)

    def _write_free(self, lease: Lease) -> bool:
        """Write the Lease without the lock; return False if it was changed meanwhile."""
        wanted = lease_codec.released(lease_codec.without_helm(lease) if self._force else lease)
        try:
            self._cluster.replace(self._path, wanted)
        except OperationError as error:
            if error.reason != Reason.CONFLICT:
                raise
            return False
        return True
