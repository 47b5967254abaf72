"""A cluster in memory that can be listed in pages and watched, and whose watches end when a test says so."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from helm_rollback_component.kube.api.reads import Page
from helm_rollback_component.kube.informers.collection import Collection
from helm_rollback_component.kube.informers.informer import Informer
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.manual_clock import HastyClock
from tests.support.waiting import HANG_LIMIT, await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.errors import OperationError
    from helm_rollback_component.kube.clock import Clock

Object = dict[str, Any]

PODS = "/api/v1/namespaces/apps/pods"
ALL = Collection(PODS)


def pod(name: str = "web-0", *, owner: str = "", **metadata: Any) -> Object:
    """Make a pod that has an owner or none."""
    owners = [{"uid": owner, "controller": True}] if owner else []
    described = {"name": name, "uid": f"uid-{name}", "ownerReferences": owners, **metadata}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": described}


class FollowedCluster(FakeCluster):
    """A cluster of one collection; each change is an event with a version one higher than the last.

    Attributes:
        queries: the parameters of each request that lists or watches.
    """

    def __init__(self, *inhabitants: Object) -> None:
        super().__init__()
        self.queries: list[dict[str, str]] = []
        self._changed = threading.Condition(self._mutex)
        self._events: list[tuple[int, str, Object]] = []
        self._ends: list[OperationError | None] = []
        for each in inhabitants:
            self.put(each)

    def put(self, found: Object) -> None:
        """Create or change an object."""
        path = f"{PODS}/{found['metadata']['name']}"
        with self._changed:
            kind = "MODIFIED" if path in self._objects else "ADDED"
            self._tell(kind, self._store(path, found, found["metadata"]["uid"]))

    def remove(self, name: str) -> None:
        """Delete an object."""
        with self._changed:
            self._version += 1
            gone = self._objects.pop(f"{PODS}/{name}")
            gone["metadata"] |= {"resourceVersion": str(self._version)}
            self._tell("DELETED", gone)

    def bookmark(self) -> None:
        """Say how far the cluster is, though nothing in the collection has changed."""
        with self._changed:
            self._version += 7
            self._tell("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": str(self._version)}})

    def end_watches(self, why: OperationError | None = None) -> None:
        """End what is watched now."""
        with self._changed:
            self._ends.append(why)
            self._changed.notify_all()

    def requests(self, verb: str) -> int:
        """How many there were so far."""
        return sum(each == verb for each, _ in self.asked)

    def pages(self, path: str, **query: str) -> Iterator[Page]:
        self.queries.append(query)
        self._begin("list", path)
        with self._mutex:
            found, size = [*self._objects.values()], int(query["limit"])
            version = str(self._version)
        for start in range(0, len(found) or 1, size):
            last = start + size >= len(found)
            yield Page(found[start : start + size], version, last)

    def watch(
        self,
        path: str,
        *,
        timeout: int,  # noqa: ARG002  # a watch ends when the test says so
        stop: Cancellation,
        **query: str,
    ) -> Iterator[tuple[str, Object]]:
        self.queries.append(query)
        ends, version = len(self._ends), int(query["resourceVersion"])
        self._begin("watch", path)
        stop.on_request(self._wake)
        while told := self._await_events(version, ends, stop):
            for number, kind, found in told:
                version = number
                yield kind, found
        if stop.requested:
            return
        for why in self._ends[ends : ends + 1]:
            if why is not None:
                raise why

    def _await_events(self, version: int, ends: int, stop: Cancellation) -> list[tuple[int, str, Object]]:
        def over() -> bool:
            return stop.requested or len(self._ends) > ends

        with self._changed:
            self._changed.wait_for(lambda: over() or self._since(version), HANG_LIMIT)
            return [] if stop.requested else self._since(version)

    def _since(self, version: int) -> list[tuple[int, str, Object]]:
        return [event for event in self._events if event[0] > version]

    def _tell(self, kind: str, found: Object) -> None:
        self._events.append((self._version, kind, found))
        self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Watched:
    """An informer of that cluster, and how often it told its listener."""

    def __init__(
        self, cluster: FollowedCluster, collection: Collection = ALL, clock: Clock | None = None
    ) -> None:
        self.cluster = cluster
        self.informer = Informer(cluster, collection, clock or HastyClock())
        self.told = 0

    def tell(self) -> None:
        """Count."""
        self.told += 1

    def start(self, *names: str) -> Informer:
        """Follow, listening to these names, until the first reading is done."""
        numbers = [self.informer.listen(self.tell, name=name) for name in names]
        self.informer.start()
        self.informer.await_reading(max(numbers, default=1))
        return self.informer

    def names(self, *asked: str) -> list[str]:
        """Which of these objects the informer has."""
        return [name for name in asked if self.informer.store.named(name)]

    def await_names(self, *names: str, of: tuple[str, ...]) -> None:
        """Wait until the informer has these objects and no others of those."""
        await_that(lambda: self.names(*of) == [*names], f"the informer to have {names}")


def refuse(*verbs: str, reason: str = "Forbidden", temporary: bool = False) -> Callable[[str, str], None]:
    """Make a cluster's `before` that refuses these verbs."""

    def before(verb: str, path: str) -> None:  # noqa: ARG001  # all paths alike
        if verb in verbs:
            raise failure(reason, temporary=temporary)

    return before


def allow(verb: str, path: str) -> None:
    """Refuse nothing."""


def thread_of(informer: Informer) -> threading.Thread | None:
    """The thread in which an informer reads, if it runs; there is only one of that path."""
    name = f"informer {informer.collection.path}"
    return next((each for each in threading.enumerate() if each.name == name), None)
