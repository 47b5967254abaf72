"""Seeing that the objects of an uninstalled release are gone, and deleting what Helm passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.remediation import data_loss
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.reconcile.run_context import RunContext

_FIRST, _LONGEST = 0.1, 2.0
_LOST_KIND = (
    "Helm deletes nothing of a release with a kind that the cluster no longer has, so its objects are "
    "deleted without Helm, and hooks that are to run after that do not run; the kind"
)
_NOT_THERE = frozenset({Reason.UNKNOWN_KIND})
_LEFT_TO_HELM = frozenset({Reason.FORBIDDEN})


class Removal:
    """The objects of one release that is about to be uninstalled.

    Hooks are not among them, nor what is to be kept, nor what belongs to another release.

    Args:
        context: what the run works with.
        records: the revisions whose objects may be there, oldest first; of all but the newest no object
            counts that may hold data.

    Raises:
        OperationError: a record cannot be read.
    """

    def __init__(self, context: RunContext, records: Sequence[Record]) -> None:
        self._context = context
        self._cluster = context.informers.cluster
        self._declared = dict(self._of(records))
        self._began = records[0].stored_at if records else ""
        self._passed_over = _NOT_THERE | _LEFT_TO_HELM

    def without_helm(self) -> str:
        """Return why Helm deleted none of them, empty if that is not for a kind that the cluster has lost.

        If it is, nothing is left to Helm from then on: what may not be read is an error.

        Raises:
            OperationError: the cluster cannot tell which kinds it has.
        """
        self._cluster.forget_kinds()
        found = {key.kind: places.place_of(self._cluster, each, key) for key, each in self._declared.items()}
        lost = [kind for kind, place in found.items() if not place]
        if not lost:
            return ""
        self._passed_over = _NOT_THERE
        return f"{_LOST_KIND}: {', '.join(lost)}"

    def earlier(self) -> tuple[Key, ...]:
        """Return those that were there before the first of the revisions, by the API server's clock.

        Raises:
            OperationError: the cluster cannot be read.
        """
        live = ((key, self._get(declared, self._passed_over)) for key, declared in self._declared.items())
        return tuple(key for key, found in live if found and self._is_earlier(found))

    def await_end(self, timeout: float, lost: Cancellation) -> Failure | None:
        """Wait until none of them is there; delete those that Helm passed over. Return why some stay.

        Args:
            timeout: how long, in seconds.
            lost: ends the wait when it is requested.

        Raises:
            OperationError: the cluster cannot be read or written.
        """
        clock = self._context.health.clock
        until, pause = clock.now() + timeout, _FIRST
        while left := dict(self._left(self._passed_over)):
            self._delete_if_passed_over(left)
            if clock.now() >= until or clock.wait(lost.event, min(pause, until - clock.now())):
                return _stay(left, timeout)
            pause = min(2 * pause, _LONGEST)
        return None

    def still_there(self, timeout: float) -> Failure | None:
        """Return which of them are there once their time is over; None if none is, whatever Helm has seen.

        Args:
            timeout: how long that time was, in seconds.

        Raises:
            OperationError: the cluster cannot be read.
        """
        left = dict(self._left(self._passed_over))
        return _stay(left, timeout) if left else None

    def gone(self) -> bool:
        """Return whether none of them is there for certain; what may not be read may be."""
        try:
            return next(self._left(_NOT_THERE), None) is None
        except OperationError:
            return False

    def _of(self, records: Sequence[Record]) -> Iterator[tuple[Key, Manifest]]:
        namespace = self._context.target.namespace
        for record in records:
            newest = record == records[-1]
            for each in objects.flatten(self._context.storage.manifest(record.revision, lambda _: False)):
                if newest or data_loss.kind_of(each) not in data_loss.HOLDING_DATA:
                    yield objects.key(each, namespace), each

    def _left(self, passed_over: Collection[Reason]) -> Iterator[tuple[Key, Manifest]]:
        target = self._context.target
        for key, declared in self._declared.items():
            live = self._get(declared, passed_over)
            if live is None or objects.is_kept(declared) or objects.is_kept(live):
                continue
            if objects.belongs_to(live, target.release, target.namespace):
                yield key, live

    def _is_earlier(self, live: Manifest) -> bool:
        """Both times are whole seconds of UTC, spelled alike."""
        created = foreign.text(objects.meta(live), "creationTimestamp")
        return bool(created) and created < self._began and not objects.is_kept(live)

    def _get(self, declared: Manifest, passed_over: Collection[Reason]) -> Manifest | None:
        try:
            return self._cluster.get(self._path(declared))
        except OperationError as error:
            if error.reason not in passed_over:
                raise
            return None

    def _delete_if_passed_over(self, left: Mapping[Key, Manifest]) -> None:
        for key, live in left.items():
            if not objects.terminating(live):
                self._context.events.note(f"{key} is still there; deleting it")
                preconditions = {"uid": objects.uid(live)}
                options = {"preconditions": preconditions, "propagationPolicy": "Background"}
                self._cluster.delete(self._path(live), options)

    def _path(self, manifest: Manifest) -> str:
        return places.path_of(self._cluster, manifest, self._context.target.namespace)


def _stay(left: Iterable[Key], timeout: float) -> Failure:
    """Return the failure that names the objects which are still there."""
    reason, names = Reason.UNINSTALL_TIMEOUT, ", ".join(map(str, left))
    return Failure(reason, f"still there after {timeout:g} s: {names}", reason.remedy, temporary=False)
