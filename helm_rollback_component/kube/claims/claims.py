"""Who owns a release, who works on it, and what is known about it: one Lease for each release.

Needs these permissions in the release's namespace: ``get``, ``create``, ``update`` and ``delete`` on Leases
(``coordination.k8s.io``); ``get``, ``create`` and ``delete`` on Secrets.

A lock counts as expired when it was *seen* unchanged for its duration, by our own monotonic clock: what other
machines' clocks say does not matter. The lock of a process that has provably ended is free at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.digests import Digester
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.error_context import about
from helm_rollback_component.kube.claims import digest_key, lease_codec, lock_holder
from helm_rollback_component.kube.claims.abandoned_lock import AbandonedLock
from helm_rollback_component.kube.claims.claim_rules import (
    Sightings,
    Wish,
    interrupted,
    locked,
    refusal,
    waits_for,
)
from helm_rollback_component.kube.claims.held_lock import Held
from helm_rollback_component.kube.claims.lease_codec import Claim
from helm_rollback_component.kube.claims.lock_holder import Holder
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.core.records.owner import Owner
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.claims.lease_codec import Lease
    from helm_rollback_component.kube.clock import Clock

__all__ = ["Claim", "Claims", "Held"]

DURATION = 20
"""Seconds for which a lock lasts without being renewed."""

_LOOK_EVERY = 0.5


class Claims:
    """The claim on one release. Safe to use from any thread.

    Every method may raise what `Cluster` raises, with the release named in it.

    Args:
        cluster: where the release is.
        namespace: its namespace.
        release: its name.
        duration: the seconds for which a lock lasts without being renewed.
        clock: tells the time, and waits.
    """

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        release: str,
        *,
        duration: int = DURATION,
        clock: Clock = CLOCK,
    ) -> None:
        self._clock = clock
        self._cluster = cluster
        self._namespace = namespace
        self._release = release
        self._duration = duration
        self._path = paths.leases(namespace, lease_codec.name(release))

    @property
    def name(self) -> str:
        """The name of the Lease."""
        return lease_codec.name(self._release)

    def reference(self, uid: str) -> dict[str, str]:
        """Return a reference to the Lease with that UID, as an Event holds one."""
        kind = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
        return {**kind, "name": self.name, "namespace": self._namespace, "uid": uid}

    def read(self) -> Claim | None:
        """Return the claim, None if nobody ever claimed the release."""
        with about(self._namespace, self._release):
            lease = self._cluster.get(self._path)
            return lease_codec.claim(lease) if lease else None

    def digester(self, *, create: bool = True) -> Digester:
        """Return what makes this release's digests.

        Args:
            create: whether a key is stored if there is none. If not, the digests of a release without a key
                differ each time, which is enough to read its status.
        """
        with about(self._namespace, self._release):
            if create:
                return Digester(digest_key.read_or_create(self._cluster, self._namespace, self._release))
            return Digester(
                digest_key.read(self._cluster, self._namespace, self._release) or digest_key.new()
            )

    @contextmanager
    def hold(  # noqa: PLR0913  # each is one thing for the caller to decide
        self,
        owner: Owner,
        incarnation: str,
        *,
        timeout: float,
        on_wait: Callable[[str], None] = lambda _: None,
        adopt: bool = False,
        strict: bool = False,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Held]:
        """Claim the release and hold its lock for the length of the block.

        A claim belongs to the owner if its incarnation or its owner is the same. Both are then written as
        given here, so that a renamed resource keeps its release.

        Args:
            owner: who claims.
            incarnation: the id of the create that made the release theirs, or of the current create.
            timeout: how long to wait for another process that works on the release, in seconds. If one died
                on another machine, its lock has to expire first, usually after 20 s.
            on_wait: called once for each other holder, with a sentence that names it.
            adopt: take over another owner's claim.
            strict: take the release only if the claim bears this very incarnation, as a deletion must.
            stop: tells whether to wait no longer.

        Raises:
            ValidationError: ``ClaimedByAnother``; ``AnotherIncarnation`` or ``ClaimMissing`` if `strict`.
            OperationError: ``Locked`` (temporary) if another process still works on it after `timeout`;
                ``Interrupted`` if it is to wait no longer.
        """
        wish = Wish(owner, incarnation, adopt=adopt, strict=strict)
        with about(self._namespace, self._release):
            lease = self._take(wish, timeout, on_wait, stop)
            held = Held(self._cluster, self._namespace, self._release, lease, self._clock)
        try:
            yield held
        finally:
            held.release()

    def free_abandoned(self, on_wait: Callable[[str], None], *, force: bool, stop: Callable[[], bool]) -> str:
        """Free the lock if its holder is gone, and return who had it; see `AbandonedLock`."""
        with about(self._namespace, self._release):
            lock = AbandonedLock(self._cluster, self._path, self._clock, force=force, stop=stop)
            return lock.free(on_wait)

    def _take(
        self, wish: Wish, timeout: float, on_wait: Callable[[str], None], stop: Callable[[], bool]
    ) -> Lease:
        """Return the Lease with the lock in it, once it is ours."""
        holder = Holder.new()
        sightings = Sightings(lock_holder.provably_dead, lock_holder.provably_alive)
        waited_for = ("", False)
        deadline = self._clock.now() + timeout
        while True:
            lease, claim = self._look(wish)
            if lease and claim and claim.holder == holder.name:
                return lease
            if claim and not sightings.free(claim, self._clock.now()):
                by_helm = sightings.left_to_helm(claim)
                if self._clock.now() >= deadline:
                    raise locked(claim, by_helm=by_helm)
                if stop():
                    raise interrupted(claim)
                if (claim.holder, by_helm) != waited_for:
                    waited_for = (claim.holder, by_helm)
                    on_wait(waits_for(claim, by_helm=by_helm))
                self._clock.sleep(_LOOK_EVERY)
            elif taken := self._try(lease, wish, holder):
                return taken

    def _look(self, wish: Wish) -> tuple[Lease | None, Claim | None]:
        lease = self._cluster.get(self._path)
        claim = lease_codec.claim(lease) if lease else None
        refused = refusal(claim, wish)
        if refused:
            raise refused
        return lease, claim

    def _try(self, lease: Lease | None, wish: Wish, holder: Holder) -> Lease | None:
        """Return the Lease with the lock in it, or None if it changed meanwhile."""
        base = lease or lease_codec.new(lease_codec.name(self._release), self._namespace)
        owned = lease_codec.owned(base, wish.owner, wish.incarnation)
        wanted = lease_codec.locked(owned, holder, self._duration, datetime.now(UTC))
        try:
            if lease:
                return self._cluster.replace(self._path, wanted)
            return self._cluster.create(paths.leases(self._namespace), wanted)
        except OperationError as error:
            if error.reason not in {Reason.CONFLICT, Reason.ALREADY_EXISTS}:
                raise
            return None
