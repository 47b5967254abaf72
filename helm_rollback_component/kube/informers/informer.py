"""One collection, read once and followed from then on, in a thread of its own."""

from __future__ import annotations

import math
import threading
from itertools import chain, repeat
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.kube.informers.reading import (
    EVERY,
    CrowdedError,
    Reading,
    Way,
    next_best,
    one_by_one,
    watched,
)
from helm_rollback_component.kube.informers.store import Store
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock
    from helm_rollback_component.kube.informers.collection import Collection
    from helm_rollback_component.kube.informers.store import Listener

_PAUSES = (0.1, 0.3, 1.0)
_LONGEST_PAUSE = 2.0
_STEADY = 10.0
"""Seconds without a failure after which the next one counts as the first."""

_REFUSALS = 5
"""So many in a row are believed: an API server that has just started may refuse what it will allow."""
_REFUSED = frozenset({Reason.FORBIDDEN, Reason.UNAUTHORIZED})


class Informer:
    """Keeps the objects of a collection as they are. Safe to use from any thread.

    Every reading of the whole collection has a number, so that one can wait for one that began late enough.

    Attributes:
        collection: which objects.
        store: the objects, as they were last seen.
        crowded: whether there are more of them than there may be; then none is kept.
        ended: whether it reads no more and never will.
        lacking: one sentence for each right that the user lacks.
    """

    def __init__(self, cluster: Cluster, collection: Collection, clock: Clock = CLOCK) -> None:
        """Keep nothing before `start`."""
        self.collection = collection
        self.store = Store()
        self.crowded = False
        self.ended = False
        self.lacking: tuple[str, ...] = ()
        self._cluster = cluster
        self._way: Way = one_by_one if collection.by_name else watched
        self._over = Cancellation()
        self._interruption = Cancellation()
        self._state = threading.Condition()
        self._started = False
        self._asked, self._begun, self._done = 1, 0, 0
        self._failure: OperationError | None = None
        self._unlisted: OperationError | None = None
        self._failures = _Failures(clock)
        self._clock = clock
        self._listeners: set[Listener] = set()

    def start(self) -> None:
        """Begin to read, in a thread that ends with `stop`; harmless if it has begun."""
        with self._state:
            if not self._started:
                name = f"informer {self.collection.path}"
                threading.Thread(target=self._run, name=name, daemon=True).start()
                self._started = True

    def stop(self) -> None:
        """Read no more."""
        with self._state:
            self._over.request()
            self._interruption.request()

    def listen(self, listener: Listener, *, name: str = "", owner: str = "") -> int:
        """Have `listener` called when the object of that name, or one of that owner, may have changed.

        Returns:
            The number of the reading that tells of them.
        """
        with self._state:
            unheard = self.store.listen(listener, name=name, owner=owner)
            self._listeners.add(listener)
            if self._way is not one_by_one:
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

    def await_reading(self, number: int, *, whole: bool = False) -> None:
        """Return once that reading is done.

        Args:
            number: which.
            whole: whether objects matter that nobody listens to by name.

        Raises:
            OperationError: why the collection cannot be read now.
        """
        with self._state:
            self._state.wait_for(lambda: self._failure or self._done >= number)
            failure = self._failure or (self._unlisted if whole else None)
        if failure is not None:
            raise OperationError(failure.message, reason=failure.reason, temporary=failure.temporary)

    def _ask(self) -> int:
        self._asked += 1
        self._interruption.request()
        return self._asked

    def _run(self) -> None:
        try:
            while (reading := self._begin()) is not None:
                self._read(reading)
        finally:
            self.ended = True
            self._note(
                OperationError(f"{self.collection.path} is no longer followed", reason=Reason.UNREACHABLE)
            )

    def _begin(self) -> Reading | None:
        with self._state:
            if self._over.requested:
                return None
            self._begun = self._asked
            self._interruption = Cancellation()
        return Reading(self._cluster, self.collection, self.store, self._interruption, self._clock)

    def _read(self, reading: Reading) -> None:
        try:
            for _ in self._way(reading):
                self._note(None)
        except CrowdedError:
            self._empty(reading, crowded=True)
            reading.pause(math.inf)
        except OperationError as error:
            if error.reason == Reason.NOT_FOUND:
                self._empty(reading)
                reading.pause(EVERY)
            else:
                self._after(error, reading)

    def _empty(self, reading: Reading, *, crowded: bool = False) -> None:
        """Keep nothing: there is nothing of that kind, or too much."""
        reading.store.replace(())
        self._note(None, crowded=crowded)

    def _after(self, error: OperationError, reading: Reading) -> None:
        """Go on in a way that needs fewer rights, if that is what it is about; or try again soon.

        A watch that breaks is followed by a list; only if that fails as well, the store is out of date.
        """
        pause = self._failures.pause_after(error)
        doubtful = error.reason in _REFUSED and self._done and not reading.whole
        if doubtful and self._failures.refusals < _REFUSALS:
            error = OperationError(error.message, reason=error.reason, temporary=True)
        elif other := next_best(self._way, error, whole=reading.whole):
            self._degrade(other, error)
            return
        if not reading.whole:
            self._note(error)
        self._clock.wait(self._over.event, pause)

    def _degrade(self, other: Way, error: OperationError) -> None:
        with self._state:
            self._way = other
            self._unlisted = error if other is one_by_one else None
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


class _Failures:
    """How many there were of late, and how long to wait after each."""

    def __init__(self, clock: Clock) -> None:
        self.refusals = 0
        self._clock = clock
        self._last = -math.inf
        self._pauses = _pauses()

    def pause_after(self, error: OperationError) -> float:
        """Count a failure, and return the seconds until the next try."""
        now = self._clock.now()
        if now - self._last > _STEADY:
            self._pauses = _pauses()
            self.refusals = 0
        self._last = now
        self.refusals = self.refusals + 1 if error.reason in _REFUSED else 0
        return next(self._pauses)


def _pauses() -> Iterator[float]:
    return chain(_PAUSES, repeat(_LONGEST_PAUSE))
