"""The effects of a run. The loop knows only these protocols, not what implements them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from helm_rollback_component.reconcile.run_events import RunEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.evidence import Evidence
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.data_loss import Loss
    from helm_rollback_component.core.remediation.standards import Known
    from helm_rollback_component.core.remediation.steps import Install, Rollback, Upgrade


class Helm(Protocol):
    """Helm's verbs, each watched to its end. Every method returns why it failed, None if it did not.

    Any of them may raise `OperationError`: the cluster cannot be read or written.
    """

    @property
    def evidence(self) -> Evidence:
        """What was seen of readiness in the last action."""

    def deploy(
        self,
        action: Install | Upgrade,
        revision: int,
        before: Sequence[Record | None],
        known: Known,
        timeout: int,
    ) -> Failure | None:
        """Install or upgrade, stop Helm as soon as that is certain to fail, and see all objects ready.

        Args:
            action: which of the two, and how.
            revision: the number that it makes.
            before: the revisions whose objects may be there now.
            known: the good revisions that it is compared with.
            timeout: how long it may take, in seconds.
        """

    def restore(
        self, action: Rollback, revision: int, before: Sequence[Record | None], known: Known
    ) -> Failure | None:
        """Roll back, and wait until what was restored is ready.

        Args:
            action: which revision's content is restored.
            revision: the number that it makes.
            before: the revisions whose objects may be there now.
            known: the good revisions that it is compared with.
        """

    def unrestored(self, target: int, replaced: int) -> tuple[str, ...] | None:
        """Return which objects are not as a revision has them; None if its workloads are not.

        Args:
            target: the revision that was to be restored.
            replaced: the one that was live before.
        """

    def settle(self, revision: int, before: Sequence[Record | None], known: Known) -> Failure | None:
        """Wait until a revision that Helm has restored in part is ready.

        Args:
            revision: its number.
            before: the revisions of which something may be left.
            known: the good revisions that it is compared with.
        """

    def verify(self, revision: int, known: Known) -> Failure | None:
        """Wait until a deployed revision is ready, then soak and test it like a new one."""

    def undo_install(self, present: Sequence[Record], timeout: int) -> Failure | None:
        """Uninstall a first deployment; where it took over objects that were there before, leave them all.

        Args:
            present: the revisions whose objects may be there, oldest first.
            timeout: how long it may take, in seconds.
        """

    def uninstall(self, present: Sequence[Record], timeout: int) -> Failure | None:
        """Uninstall, keep the history, and see that the objects are gone; delete what Helm passed over.

        Args:
            present: the revisions whose objects may be there, oldest first.
            timeout: how long it may take, in seconds.
        """


class Records(Protocol):
    """The release's stored revisions. Every method may raise `OperationError`."""

    def history(self) -> History:
        """Return every stored revision."""

    def mark_failed(self, revision: int, description: str) -> None:
        """Mark a pending revision failed, so that Helm takes the next operation."""

    def mark_deployed(self, revision: int, description: str) -> None:
        """Mark a revision deployed that Helm marked failed or left pending, and others superseded."""

    def mark_deployed_again(self, revision: int) -> None:
        """Mark a revision deployed again that a failed rollback marked superseded."""

    def supersede_others(self, revision: int) -> None:
        """Mark every deployed revision superseded but this one; one that cannot be marked is left."""

    def mark_uninstalled(self, revision: int) -> None:
        """Mark a revision uninstalled whose objects are gone."""

    def delete(self, revision: int) -> None:
        """Delete the record of a revision, if there is one."""


class Data(Protocol):
    """What only the cluster has. Nothing is changed."""

    def lost_by_rollback(self, target: int, current: int) -> Sequence[Loss]:
        """Return the data that a rollback would destroy; it costs no request where no object could hold any.

        Args:
            target: the revision to restore.
            current: the latest revision.

        Raises:
            OperationError: the records cannot be read.
        """


class Lock(Protocol):
    """The release's lock, held; and the way to write the ledger.

    Every method raises `OperationError`, ``LockLost``, if another process has the lock; or
    ``NamespaceTerminating`` or ``NamespaceMissing`` where the lock was lost with its namespace.
    """

    @property
    def ledger(self) -> Ledger:
        """The ledger, as it was last read or written."""

    def write(self, ledger: Ledger) -> None:
        """Write the ledger."""

    def conclude(self, ledger: Ledger) -> None:
        """Write the ledger and free the lock."""

    def require_namespace(self) -> None:
        """Raise that error where nothing can be created in the namespace any more."""

    def release_claim(self) -> None:
        """Delete the claim: nobody manages the release any more."""


class Pacing(Protocol):
    """The time that passes between two tries."""

    def now(self) -> float:
        """Return the time, in seconds, which compares with other times of this clock alone."""

    def pause(self, seconds: float) -> None:
        """Wait for about that time, never longer; or until the lock is lost."""


@dataclass(frozen=True)
class Effects:
    """Everything that a run works with.

    Attributes:
        helm: Helm, watched.
        records: the release's records.
        data: what the cluster holds.
        lock: the release's lock, held.
        progress: takes one line for each step that begins.
        clock: gives the time by the API server's clock, with its zone.
        pacing: waits between two tries.
        interrupted: whether the run is to end: nothing new is begun, what is owed is done.
        events: takes what happens.
    """

    helm: Helm
    records: Records
    data: Data
    lock: Lock
    progress: Callable[[str], None]
    clock: Callable[[], datetime]
    pacing: Pacing
    interrupted: Callable[[], bool] = lambda: False
    events: RunEvents = field(default_factory=RunEvents)
