"""Waiting for a Secret."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.storage.arrival import await_secret
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.helm_records import release, secret
from tests.support.manual_clock import SleepingClock

SECRETS = paths.secrets("apps")
RECORD = secret(release(2))
SELECTOR = {"fieldSelector": f"metadata.name={RECORD['metadata']['name']}"}
FORBIDDEN = failure("Forbidden")
UNREACHABLE = failure("Unreachable", temporary=True)

Event = tuple[str, dict[str, Any]]


class Watched(FakeCluster):
    """A cluster whose watches give what is planned, one after the other; then there are no more events."""

    def __init__(self, *watches: OperationError | list[Event]) -> None:
        super().__init__()
        self._watches = [*watches]

    def watch(self, path: str, **_: Any) -> Iterator[Event]:
        self._begin("watch", path)
        planned = self._watches.pop(0) if self._watches else []
        if isinstance(planned, OperationError):
            raise planned
        yield from planned


class Waiter:
    """Waits for the record; what is planned happens while it does."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.clock = SleepingClock()
        self.stop = Cancellation()

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self.clock.after(seconds, act)

    def arrive(self) -> None:
        self.cluster.create(SECRETS, RECORD)

    def wait(self) -> dict[str, Any] | None:
        return await_secret(self.cluster, "apps", SELECTOR, self.stop, clock=self.clock)

    def verbs(self) -> list[str]:
        return [verb for verb, _ in self.cluster.asked]


def test_a_watch_gives_it() -> None:
    waiter = Waiter(Watched([("BOOKMARK", {}), ("ADDED", RECORD)]))
    assert waiter.wait() == RECORD
    assert waiter.verbs() == ["watch"]


@pytest.mark.parametrize("end", [[], [("BOOKMARK", {})], UNREACHABLE, failure("Expired", temporary=True)])
def test_a_watch_that_ends_is_begun_again(end: OperationError | list[Event]) -> None:
    waiter = Waiter(Watched(end, [("ADDED", RECORD)]))
    assert waiter.wait() == RECORD
    assert waiter.verbs() == ["watch", "watch"]
    assert waiter.clock.slept == [0.5]


def test_who_may_not_watch_looks_for_it() -> None:
    waiter = Waiter(Watched(FORBIDDEN))
    waiter.after(1.2, waiter.arrive)
    found = waiter.wait()
    assert found is not None
    assert found["data"] == RECORD["data"]
    assert waiter.verbs() == ["watch", "list", "list", "list", "create", "list", "get"]


def test_one_that_goes_before_it_is_read_is_waited_for() -> None:
    waiter = Waiter(Watched(FORBIDDEN))
    waiter.arrive()

    def prune(verb: str, path: str) -> None:
        if verb == "get":
            waiter.cluster.delete(path)
            waiter.stop.request()

    waiter.cluster.before = prune
    assert waiter.wait() is None


def test_what_stops_it_ends_it() -> None:
    waiter = Waiter(Watched())
    waiter.after(3, waiter.stop.request)
    assert waiter.wait() is None


def test_what_is_refused_for_good_is_told() -> None:
    waiter = Waiter(Watched(FORBIDDEN))

    def refuse(verb: str, _: str) -> None:
        if verb == "list":
            raise FORBIDDEN

    waiter.cluster.before = refuse
    with pytest.raises(OperationError, match="Forbidden"):
        waiter.wait()
    with pytest.raises(OperationError, match="Unauthorized"):
        Waiter(Watched(failure("Unauthorized"))).wait()
