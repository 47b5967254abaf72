"""A release's history: its revisions as Helm stores them, in order.

Pure values. Nothing here knows how the records were read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Status(StrEnum):
    """Helm's status words, verbatim (``pkg/release/common``)."""

    UNKNOWN = "unknown"
    DEPLOYED = "deployed"
    UNINSTALLED = "uninstalled"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    UNINSTALLING = "uninstalling"
    PENDING_INSTALL = "pending-install"
    PENDING_UPGRADE = "pending-upgrade"
    PENDING_ROLLBACK = "pending-rollback"

    @property
    def pending(self) -> bool:
        """Whether an operation is under way, or was when it died."""
        return self in (Status.PENDING_INSTALL, Status.PENDING_UPGRADE, Status.PENDING_ROLLBACK)


@dataclass(frozen=True)
class Record:
    """One stored revision.

    Attributes:
        revision: Helm's number, from 1.
        status: Helm's word.
        chart_name: the chart's name.
        chart_version: the chart's version, as the chart spells it.
        app_version: the chart's label for the application in it.
        description: Helm's sentence about the revision.
        deployed_at: when it was deployed (RFC 3339).
        digest: keyed digest of its content (chart, values, manifest, hooks), without its status.
        values_digest: keyed digest of its values alone.
        point_of_no_return: whether its chart is marked as one that nothing rolls back across.
        hook_under_way: of a pending rollback, the hook that has begun and not ended: ``pre-rollback``,
            ``post-rollback``, or ``rollback`` if it is both; else an empty string.
        apply_method: how Helm applied it, ``ssa`` (server-side) or ``csa``; Helm 3 leaves it empty.
        stored_at: when the record was created, by the API server's clock (RFC 3339).
        by_kubernetes_provider: whether Pulumi's Kubernetes provider wrote it, for a
            ``kubernetes.helm.v3.Release``.
    """

    revision: int
    status: Status
    chart_name: str
    chart_version: str
    app_version: str
    description: str
    deployed_at: str
    digest: str
    values_digest: str
    point_of_no_return: bool = False
    hook_under_way: str = ""
    apply_method: str = ""
    stored_at: str = ""
    by_kubernetes_provider: bool = False

    @property
    def server_side(self) -> bool:
        """Whether Helm 4 uses server-side apply for what follows this revision, or restores it."""
        return self.apply_method == "ssa"

    def pending_for(self, now: datetime) -> float:
        """Return for how long the revision has been pending, in seconds; 0 where that is not known.

        The clock of the host where Helm runs may be an hour off, so it does not count.

        Args:
            now: the time by the API server's clock, with its zone.
        """
        try:
            since = datetime.fromisoformat(self.stored_at)
        except ValueError:
            return 0.0
        return max(0.0, (now - since).total_seconds()) if self.status.pending and since.tzinfo else 0.0


@dataclass(frozen=True)
class History:
    """Every readable revision of one release, oldest first.

    Attributes:
        records: the revisions, in ascending order, each number once.
        unreadable: the numbers of revisions whose records could not be decoded.
    """

    records: tuple[Record, ...] = ()
    unreadable: tuple[int, ...] = ()

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __bool__(self) -> bool:
        return bool(self.records or self.unreadable)

    @property
    def latest(self) -> Record | None:
        """The newest readable revision, if there is one."""
        return self.records[-1] if self.records else None

    @property
    def deployed(self) -> Record | None:
        """The newest revision that Helm calls deployed, if there is one."""
        return next((record for record in reversed(self.records) if record.status == Status.DEPLOYED), None)

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing: it begins at revision 1, and every record is readable."""
        return bool(self.records) and self.records[0].revision == 1 and not self.unreadable

    @property
    def next_revision(self) -> int:
        """The number that Helm gives to the next revision."""
        return max((*(record.revision for record in self.records), *self.unreadable), default=0) + 1

    def without(self, revisions: Collection[int]) -> History:
        """Return the history without these revisions."""
        return replace(
            self, records=tuple(record for record in self.records if record.revision not in revisions)
        )

    def get(self, revision: int) -> Record | None:
        """Return the record with that number, if it is stored and readable."""
        return next((record for record in self.records if record.revision == revision), None)


def lost_deployment(before: History, after: History) -> Record | None:
    """Return the record that was deployed and is only superseded by a rollback that failed, if there is one.

    When Helm cannot apply all of a rollback, it marks the newest revision superseded, and no other deployed.
    An upgrade after that would compare with what the failed rollback was to apply, and leave objects behind.
    """
    was, latest = before.deployed, after.latest
    if was is None or latest is None or after.deployed or latest.status is not Status.FAILED:
        return None
    now = after.get(was.revision)
    return now if now and now.status is Status.SUPERSEDED else None
