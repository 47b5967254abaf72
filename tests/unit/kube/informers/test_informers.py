"""One informer for a collection, shared, and ended some time after its last user has gone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.informers import informers as module
from helm_rollback_component.kube.informers.collection import Collection
from helm_rollback_component.kube.informers.informers import LINGER, Informers, informers_of
from tests.support.manual_clock import ManualClock
from tests.support.waiting import HANG_LIMIT, await_that
from tests.unit.kube.informers.followed_cluster import ALL, PODS, FollowedCluster, allow, pod

if TYPE_CHECKING:
    from helm_rollback_component.kube.informers.informer import Informer

OTHER = Collection(f"{PODS}-of-others")


class SlowClock(ManualClock):
    """A clock on which everybody waits until the test moves it on."""

    def sleep(self, seconds: float) -> None:
        self.wait(threading.Event(), seconds)


@pytest.fixture
def clock() -> SlowClock:
    return SlowClock()


@pytest.fixture
def informers(clock: SlowClock) -> Informers:
    return Informers(FollowedCluster(pod("one")), clock)


def begun(informers: Informers, collection: Collection = ALL) -> Informer:
    informer = informers.acquire(collection)
    informer.start()
    informer.await_reading(1)
    return informer


def followers() -> int:
    return sum(thread.name.startswith("informer ") for thread in threading.enumerate())


def await_end(informer: Informer) -> None:
    await_that(lambda: informer.ended, "the informer to end")


def test_all_users_of_a_collection_have_the_same_informer(informers: Informers, clock: SlowClock) -> None:
    informer = begun(informers)
    assert begun(informers) is informer
    assert begun(informers, OTHER) is not informer
    for collection in (ALL, ALL, OTHER):
        informers.release(collection)
    clock.end_wait(LINGER)
    await_end(informer)


def test_it_goes_on_while_one_user_is_left(informers: Informers, clock: SlowClock) -> None:
    informer, other = begun(informers), begun(informers, OTHER)
    begun(informers)
    informers.release(ALL)
    informers.release(OTHER)
    clock.end_wait(LINGER)
    await_end(other)
    assert not informer.ended
    informers.release(ALL)
    clock.end_wait(LINGER)
    await_end(informer)


def test_one_who_comes_back_soon_finds_it_still_there(informers: Informers, clock: SlowClock) -> None:
    informer = begun(informers)
    informers.release(ALL)
    clock.end_wait(LINGER - 1)
    assert begun(informers) is informer
    informers.release(ALL)
    clock.end_wait(1)
    await_that(lambda: clock._waiting, "the sweep to go on")  # noqa: SLF001
    assert not informer.ended
    clock.advance(LINGER)
    await_end(informer)
    assert begun(informers) is not informer


def test_no_thread_is_left_and_one_is_enough_to_end_all(informers: Informers, clock: SlowClock) -> None:
    others = {*threading.enumerate()}
    collections = [Collection(f"{PODS}-{number}") for number in range(5)]
    for collection in collections:
        begun(informers, collection)
    for collection in collections:
        informers.release(collection)
    ours = {*threading.enumerate()} - others
    assert [thread.name for thread in ours].count("informers") == 1
    clock.end_wait(LINGER)
    await_that(lambda: not any(thread.is_alive() for thread in ours), "all threads to end")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_that_died_is_replaced(clock: SlowClock) -> None:
    cluster = FollowedCluster(pod("one"))
    informers = Informers(cluster, clock)
    before = followers()

    def broken(verb: str, path: str) -> None:
        raise ZeroDivisionError(verb, path)

    cluster.before = broken
    with pytest.raises(OperationError):
        begun(informers)
    await_that(lambda: followers() == before, "the thread to end")
    cluster.before = allow
    informer = begun(informers)
    assert informer.store.named("one")
    informer.stop()


def test_a_cluster_has_one_set_of_informers_whoever_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Informers] = []
    several = threading.Barrier(4)

    class Counted(Informers):
        def __init__(self, cluster: FollowedCluster) -> None:
            super().__init__(cluster)
            made.append(self)

    monkeypatch.setattr(module, "Informers", Counted)
    cluster = FollowedCluster()

    def ask() -> None:
        several.wait(HANG_LIMIT)
        informers_of(cluster)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_LIMIT)
    assert made == [informers_of(cluster)]
