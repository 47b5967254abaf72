"""One collection, read once and followed from then on, in a thread of its own."""

from __future__ import annotations

import threading
from itertools import chain, repeat
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.informers import reading
from helm_rollback_component.kube.informers.reading import CrowdedError, Reading, Way
from helm_rollback_component.kube.informers.store import Store
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.informers.collection import Collection
    from helm_rollback_component.kube.informers.store import Listener

_PAUSES = (0.1, 0.3, 1.0)
_LONGEST_PAUSE = 2.0


class Informer:
    """Keeps the objects of a collection as they are. Safe to use from any thread.

    Every reading of the whole collection has a number, so that one can wait for one that began late enough.

    Attributes:
        collection: which objects.
        store: the objects, as they were last seen.
        crowded: whether there are more of them than there may be; then none is kept.
        lacking: one sentence for each right that the user lacks.
    """

    def __init__(self, cluster: Cluster, collection: Collection) -> None:
        """Keep nothing before `start`."""
        self.collection = collection
        self.store = Store()
        self.crowded = False
        self.lacking: tuple[str, ...] = ()
        self._cluster = cluster
        self._way: Way = reading.one_by_one if collection.by_name else reading.watched
        self._over = Cancellation()
        self._interruption = Cancellation()
        self._state = threading.Condition()
        self._started = False
        self._asked, self._begun, self._done = 1, 0, 0
        self._failure: OperationError | None = None
        self._listeners: set[Listener] = set()

    def start(self) -> None:
        """Begin to read, in a thread that ends with `stop`; harmless if it has begun."""
        with self._state:
            started, self._started = self._started, True
        if not started:
            name = f"informer {self.collection.path}"
            threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """Read no more."""
        self._over.request()
        self._interruption.request()

    def listen(self, listener: Listener, *, name: str = "", owner: str = "") -> int:
        """Have `listener` called when the object of that name, or one of that owner, may have changed.

        Returns:
            The number of the reading that tells of them.
        """
        unheard = self.store.listen(listener, name=name, owner=owner)
        with self._state:
            self._listeners.add(listener)
            if self._way is not reading.one_by_one:
                return 1
            return self._ask() if unheard and self._begun else self._asked

    def forget(self, listener: Listener) -> None:
        """Call the listener no more."""
        self.store.forget(listener)
        with self._state:
            self._listeners.discard(listener)

    def refresh(self) -> int:
        """Have the collection read anew; return the number of a reading that begins after now."""
        with self._state:
            return self._ask() if self._begun == self._asked else self._asked

    def await_reading(self, number: int) -> None:
        """Return once that reading is done.

        Raises:
            OperationError: why the collection cannot be read now.
        """
        with self._state:
            self._state.wait_for(lambda: self._failure or self._done >= number)
            failure = self._failure
        if failure is not None:
            raise OperationError(failure.message, reason=failure.reason, temporary=failure.temporary)

    def _ask(self) -> int:
        self._asked += 1
        self._interruption.request()
        return self._asked

    def _run(self) -> None:
        try:
            self._read_until_over()
        finally:
            self._note(
                OperationError(f"{self.collection.path} is no longer followed", reason=Reason.UNREACHABLE)
            )

    def _read_until_over(self) -> None:
        pauses = _pauses()
        while not self._over.requested:
            try:
                for _ in self._way(self._begin()):
                    pauses = _pauses()
                    self._note(None)
            except CrowdedError:
                self._note(None, crowded=True)
                reading.pause(self._interruption, None)
            except OperationError as error:
                self._after(error, next(pauses))

    def _begin(self) -> Reading:
        with self._state:
            self._begun = self._asked
            self._interruption = Cancellation()
        if self._over.requested:
            self._interruption.request()
        return Reading(self._cluster, self.collection, self.store, self._interruption)

    def _after(self, error: OperationError, seconds: float) -> None:
        other = reading.next_best(self._way, error, whole=self._done >= self._begun)
        if other is None or (other is reading.one_by_one and not self.store.names()):
            self._note(error)
            reading.pause(self._over, seconds)
            return
        self._way = other
        self.lacking = (*self.lacking, error.message)

    def _note(self, failure: OperationError | None, *, crowded: bool = False) -> None:
        """Let everybody know that the store is whole, or that it is not."""
        with self._state:
            news = failure is not None or self._failure is not None or self._done < self._begun
            self._failure, self.crowded = failure, crowded
            if failure is None:
                self._done = self._begun
            self._state.notify_all()
            listeners = tuple(self._listeners) if news else ()
        for listener in listeners:
            listener()


def _pauses() -> Iterator[float]:
    return chain(_PAUSES, repeat(_LONGEST_PAUSE))
