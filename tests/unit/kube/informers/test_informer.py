"""Following a collection: what is read when, and what comes of ends, breaks and refusals."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.informers.collection import Collection
from tests.support.fake_cluster import failure
from tests.support.manual_clock import HastyClock
from tests.support.waiting import HANG_LIMIT, await_that
from tests.unit.kube.informers.followed_cluster import (
    PODS,
    FollowedCluster,
    Watched,
    allow,
    pod,
    refuse,
    thread_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = Collection(PODS, at_most=2)
ONE_BY_ONE = Collection(PODS, by_name=True)
ESTABLISHED = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "shops", "uid": "1"},
    "status": {"conditions": [{"type": each, "status": "True"} for each in ("Established", "NamesAccepted")]},
}
BOTH = ("one", "two")


@pytest.fixture
def cluster() -> FollowedCluster:
    return FollowedCluster(pod("one", owner="a"))


@pytest.fixture
def watched(cluster: FollowedCluster) -> Iterator[Watched]:
    with_it = Watched(cluster)
    yield with_it
    with_it.informer.stop()


@pytest.fixture
def few(cluster: FollowedCluster) -> Iterator[Watched]:
    """An informer that keeps two objects at most."""
    with_it = Watched(cluster, FEW)
    yield with_it
    with_it.informer.stop()


@pytest.fixture
def one_by_one(cluster: FollowedCluster) -> Iterator[Watched]:
    """An informer that never lists."""
    with_it = Watched(cluster, ONE_BY_ONE)
    yield with_it
    with_it.informer.stop()


def await_failure(watched: Watched) -> OperationError:
    """Return why the informer knows that it knows nothing."""
    found: list[OperationError] = []

    def failed() -> bool:
        try:
            watched.informer.await_reading(1)
        except OperationError as error:
            found.append(error)
        return bool(found)

    await_that(failed, "a failure")
    return found[0]


class TestWatching:
    def test_one_list_and_one_watch_tell_of_every_change(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start("one", "two")
        assert watched.names(*BOTH) == ["one"]
        cluster.put(pod("two"))
        watched.await_names("one", "two", of=BOTH)
        cluster.remove("one")
        watched.await_names("two", of=BOTH)
        await_that(lambda: watched.told >= 3, "the first reading and two changes to be told")
        assert [verb for verb, _ in cluster.asked] == ["list", "watch"]

    def test_only_what_the_rules_read_is_kept(self, cluster: FollowedCluster, watched: Watched) -> None:
        cluster.put(pod("one", managedFields=["many"]))
        watched.start()
        cluster.put(pod("two", managedFields=["many"]))
        watched.await_names("one", "two", of=BOTH)
        kept = [objects.meta(watched.informer.store.named(name) or {}) for name in BOTH]
        assert all(kept)
        assert not any("managedFields" in each for each in kept)

    def test_after_the_end_of_a_watch_the_next_begins_where_it_ended(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start()
        cluster.put(pod("two"))
        watched.await_names("one", "two", of=BOTH)
        cluster.end_watches()
        await_that(lambda: cluster.requests("watch") == 2, "the next watch")
        assert cluster.queries[-1] == {"resourceVersion": "2"}
        cluster.remove("one")
        watched.await_names("two", of=BOTH)
        assert cluster.requests("list") == 1

    def test_a_bookmark_moves_on_where_the_next_watch_begins(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start("one")
        cluster.bookmark()
        cluster.end_watches()
        await_that(lambda: cluster.requests("watch") == 2, "the next watch")
        assert cluster.queries[-1] == {"resourceVersion": "8"}
        assert watched.names(*BOTH) == ["one"]

    def test_what_is_selected_is_asked_for_in_lists_and_watches(self, cluster: FollowedCluster) -> None:
        watched = Watched(cluster, Collection(PODS, labels="app=web", fields="metadata.name=one"))
        watched.start()
        await_that(lambda: cluster.requests("watch"), "the watch")
        selectors = {"labelSelector": "app=web", "fieldSelector": "metadata.name=one"}
        assert all(query.items() >= selectors.items() for query in cluster.queries)
        watched.informer.stop()

    def test_a_list_of_several_pages_is_whole(self, cluster: FollowedCluster, watched: Watched) -> None:
        names = [f"pod-{number}" for number in range(1001)]
        for name in names:
            cluster.put(pod(name))
        watched.start()
        assert watched.names(*names) == names


class TestBreaking:
    @pytest.mark.parametrize("reason", ["Expired", "Unreachable", "ServerError"])
    def test_what_breaks_a_watch_leads_to_another_list(
        self, cluster: FollowedCluster, watched: Watched, reason: str
    ) -> None:
        watched.start()
        cluster.put(pod("two"))
        cluster.before = refuse("list", reason="Unreachable", temporary=True)
        cluster.end_watches(failure(reason, temporary=True))
        assert await_failure(watched).temporary
        cluster.remove("one")
        cluster.before = allow
        watched.await_names("two", of=BOTH)
        watched.informer.await_reading(1)

    def test_a_version_that_is_too_old_from_the_first_is_listed_anew(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        refusals = [failure("Expired", temporary=True)] * 2

        def expired(verb: str, _: str) -> None:
            if verb == "watch" and refusals:
                raise refusals.pop()

        cluster.before = expired
        watched.start()
        await_that(lambda: cluster.requests("watch") == 3, "the third watch")
        assert cluster.requests("list") == 3

    def test_that_it_is_out_of_date_and_whole_again_is_told(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start("one")
        cluster.before = refuse("list", reason="Unreachable", temporary=True)
        cluster.end_watches(failure("Unreachable", temporary=True))
        await_failure(watched)
        told = watched.told
        assert told
        cluster.before = allow
        await_that(lambda: cluster.requests("watch") == 2, "the next watch")
        assert watched.told > told

    def test_where_no_watch_lasts_lists_do(self, cluster: FollowedCluster, watched: Watched) -> None:
        cluster.before = refuse("watch", reason="UnexpectedAnswer")
        watched.start()
        cluster.put(pod("two"))
        watched.await_names("one", "two", of=BOTH)
        watched.informer.await_reading(1)

    def test_what_fails_at_once_each_time_is_tried_ever_more_seldom(self, cluster: FollowedCluster) -> None:
        class Pauses(HastyClock):
            def __init__(self) -> None:
                self.asked: list[float] = []

            def wait(self, event: threading.Event, seconds: float) -> bool:
                self.asked.append(seconds)
                return super().wait(event, seconds)

        clock = Pauses()
        watched = Watched(cluster, clock=clock)
        cluster.before = refuse("watch", reason="ServerError", temporary=True)
        watched.start()
        await_that(lambda: len(clock.asked) >= 5, "five pauses")
        watched.informer.stop()
        assert clock.asked[:5] == [0.1, 0.3, 1.0, 2.0, 2.0]

    def test_a_failure_long_after_the_last_counts_as_the_first(self, cluster: FollowedCluster) -> None:
        class Jumping(HastyClock):
            ahead = 0.0
            pauses: tuple[float, ...] = ()

            def now(self) -> float:
                return super().now() + self.ahead

            def wait(self, event: threading.Event, seconds: float) -> bool:
                self.pauses = (*self.pauses, seconds)
                return super().wait(event, seconds)

        clock = Jumping()
        watched = Watched(cluster, clock=clock)
        watched.start()
        for watches in (1, 2):
            await_that(partial(self._as_many, cluster, watches), "a watch")
            cluster.end_watches(failure("Unreachable", temporary=True))
            await_that(partial(self._as_many, cluster, watches + 1), "the next watch")
            clock.ahead += 60
        watched.informer.stop()
        assert clock.pauses == (0.1, 0.1)

    @staticmethod
    def _as_many(cluster: FollowedCluster, watches: int) -> bool:
        return cluster.requests("watch") == watches

    def test_a_kind_that_is_no_longer_served_has_no_objects_until_it_is_again(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start()
        cluster.before = refuse("list", "watch", reason="NotFound")
        cluster.end_watches(failure("NotFound"))
        watched.await_names(of=BOTH)
        watched.informer.await_reading(1)
        cluster.before = allow
        watched.await_names("one", of=BOTH)

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_defect_of_our_own_leaves_nobody_waiting(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        def broken(verb: str, path: str) -> None:
            raise ZeroDivisionError(verb, path)

        cluster.before = broken
        with pytest.raises(OperationError, match="is no longer followed"):
            watched.start()
        await_that(lambda: thread_of(watched.informer) is None, "the thread to end")
        assert watched.informer.ended


class TestRights:
    @pytest.mark.parametrize("reason", ["Forbidden", "MethodNotAllowed"])
    def test_who_may_not_watch_is_served_by_lists(
        self, cluster: FollowedCluster, watched: Watched, reason: str
    ) -> None:
        cluster.before = refuse("watch", reason=reason)
        watched.start("two")
        cluster.put(pod("two"))
        watched.await_names("one", "two", of=BOTH)
        cluster.remove("one")
        watched.await_names("two", of=BOTH)
        assert watched.informer.lacking == (f"it is {reason}",)
        assert cluster.requests("watch") == 1

    def test_who_may_not_list_is_served_by_name(self, cluster: FollowedCluster, watched: Watched) -> None:
        cluster.before = refuse("list", "watch")
        watched.start("one", "two")
        assert watched.names(*BOTH) == ["one"]
        cluster.put(pod("two"))
        watched.await_names("one", "two", of=BOTH)
        assert watched.informer.lacking == ("it is Forbidden",)
        assert (cluster.requests("list"), cluster.requests("watch")) == (1, 0)

    def test_names_may_come_after_the_refusal(self, cluster: FollowedCluster, watched: Watched) -> None:
        cluster.before = refuse("list", "watch")
        watched.start()
        number = watched.informer.listen(watched.tell, name="one")
        watched.informer.await_reading(number)
        assert watched.names(*BOTH) == ["one"]

    def test_who_hears_of_a_name_as_the_second_waits_for_it_as_well(
        self, cluster: FollowedCluster, one_by_one: Watched
    ) -> None:
        one_by_one.start("two")
        held = threading.Event()
        cluster.before = lambda *_: (held.wait(HANG_LIMIT), None)[1]
        first = one_by_one.informer.listen(one_by_one.tell, name="one")
        second = one_by_one.informer.listen(lambda: None, name="one")
        held.set()
        assert second >= first
        one_by_one.informer.await_reading(second)
        assert one_by_one.names(*BOTH) == ["one"]

    def test_what_cannot_be_listed_is_not_known_by_owner(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        cluster.before = refuse("list", "watch")
        watched.start()
        with pytest.raises(OperationError) as caught:
            watched.informer.await_reading(1, whole=True)
        assert (caught.value.reason, caught.value.temporary) == ("Forbidden", False)

    def test_who_may_not_even_get_is_told_why(self, cluster: FollowedCluster, watched: Watched) -> None:
        cluster.before = refuse("list", "watch", "get")
        with pytest.raises(OperationError) as caught:
            watched.start("one")
        assert (caught.value.reason, caught.value.temporary) == ("Forbidden", False)

    def test_rights_that_were_there_are_not_given_up_at_the_first_refusal(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start()
        lists = cluster.requests("list")

        def starting(verb: str, _: str) -> None:
            if verb == "list" and cluster.requests("list") <= lists + 3:
                raise failure("Forbidden")

        cluster.before = starting
        cluster.put(pod("two"))
        cluster.end_watches(failure("Unreachable", temporary=True))
        await_that(lambda: cluster.requests("watch") == 2, "the next watch")
        assert watched.informer.lacking == ()
        watched.informer.await_reading(1, whole=True)

    @pytest.mark.parametrize("before", [(), ("watch",)])
    def test_rights_that_are_taken_away_are_believed_to_be_in_the_end(
        self, cluster: FollowedCluster, watched: Watched, before: tuple[str, ...]
    ) -> None:
        cluster.before = refuse(*before)
        watched.start("one")
        cluster.before = refuse("list", "watch")
        cluster.end_watches(failure("Unreachable", temporary=True))
        await_that(lambda: cluster.requests("get"), "an object to be read by its name")
        watched.informer.await_reading(watched.informer.refresh())
        assert watched.names(*BOTH) == ["one"]


class TestOneByOne:
    def test_only_what_somebody_listens_to_is_read(
        self, cluster: FollowedCluster, one_by_one: Watched
    ) -> None:
        cluster.put(pod("two"))
        one_by_one.start("two")
        assert {path for _, path in cluster.asked} == {f"{PODS}/two"}

    def test_what_may_change_is_read_again(self, cluster: FollowedCluster, one_by_one: Watched) -> None:
        one_by_one.start("one", "two")
        cluster.remove("one")
        cluster.put(pod("two"))
        one_by_one.await_names("two", of=BOTH)

    def test_a_definition_that_is_established_is_not_read_again_unless_asked_for(
        self, cluster: FollowedCluster, one_by_one: Watched
    ) -> None:
        cluster.put(ESTABLISHED)
        one_by_one.start("shops", "two")
        cluster.put(pod("two"))
        one_by_one.await_names("two", of=BOTH)
        read = [path.rpartition("/")[2] for _, path in cluster.asked]
        assert read.count("shops") == 1
        assert read.count("two") > 1
        one_by_one.informer.await_reading(one_by_one.informer.refresh())
        read = [path.rpartition("/")[2] for _, path in cluster.asked]
        assert read.count("shops") == 2

    def test_where_all_is_settled_the_next_read_is_at_the_next_request(
        self, cluster: FollowedCluster, one_by_one: Watched
    ) -> None:
        cluster.put(ESTABLISHED)
        informer = one_by_one.start("shops")
        assert informer.listen(lambda: None, name="shops") == 1
        informer.await_reading(informer.listen(one_by_one.tell, name="one"))
        assert one_by_one.names(*BOTH) == ["one"]


class TestCrowds:
    def test_of_too_many_none_is_kept(self, cluster: FollowedCluster, few: Watched) -> None:
        for name in ("two", "three"):
            cluster.put(pod(name))
        few.start()
        assert few.informer.crowded
        assert few.names("one", "two", "three") == []
        assert [query["limit"] for query in cluster.queries] == ["2"]
        assert cluster.requests("watch") == 0

    def test_what_becomes_a_crowd_is_let_go(self, cluster: FollowedCluster, few: Watched) -> None:
        informer = few.start("one")
        cluster.put(pod("two"))
        few.await_names("one", "two", of=BOTH)
        cluster.put(pod("three"))
        informer.await_reading(informer.refresh())
        assert informer.crowded
        assert few.names(*BOTH) == []

    def test_a_crowd_that_has_gone_is_seen_to_at_the_next_request(
        self, cluster: FollowedCluster, few: Watched
    ) -> None:
        for name in ("two", "three"):
            cluster.put(pod(name))
        informer = few.start()
        cluster.remove("three")
        informer.await_reading(informer.refresh())
        assert not informer.crowded
        assert few.names(*BOTH) == ["one", "two"]


class TestReadings:
    def test_before_it_began_the_first_reading_is_new_enough(self, watched: Watched) -> None:
        assert watched.informer.refresh() == 1

    def test_a_reading_that_has_begun_is_not_new_enough(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        begun, held = threading.Event(), threading.Event()

        def hold(verb: str, _: str) -> None:
            if verb == "list" and not begun.is_set():
                begun.set()
                held.wait(HANG_LIMIT)

        cluster.before = hold
        watched.informer.start()
        assert begun.wait(HANG_LIMIT)
        number = watched.informer.refresh()
        assert (number, watched.informer.refresh()) == (2, 2)
        held.set()
        watched.informer.await_reading(number)
        assert cluster.requests("list") == 2

    def test_one_who_refreshes_gets_what_no_watch_has_told(
        self, cluster: FollowedCluster, watched: Watched
    ) -> None:
        watched.start()
        await_that(lambda: cluster.requests("watch"), "the watch")
        cluster._events = []  # noqa: SLF001  # a watch that tells nothing
        with cluster._mutex:  # noqa: SLF001
            cluster._store(f"{PODS}/two", pod("two"), "2")  # noqa: SLF001
        assert watched.names(*BOTH) == ["one"]
        watched.informer.await_reading(watched.informer.refresh())
        assert watched.names(*BOTH) == ["one", "two"]

    def test_who_listens_to_what_is_watched_waits_for_no_other_reading(self, watched: Watched) -> None:
        watched.start()
        assert watched.informer.listen(watched.tell, name="two") == 1

    def test_who_has_gone_is_told_nothing(self, cluster: FollowedCluster, watched: Watched) -> None:
        informer = watched.start("one")
        informer.forget(watched.tell)
        told = watched.told
        informer.await_reading(informer.refresh())
        cluster.remove("one")
        watched.await_names(of=BOTH)
        assert watched.told == told


class TestEnding:
    def test_it_ends_while_it_watches(self, watched: Watched) -> None:
        informer = watched.start()
        informer.start()
        informer.stop()
        await_that(lambda: informer.ended, "its end")
        with pytest.raises(OperationError, match="is no longer followed"):
            informer.await_reading(2)

    @pytest.mark.parametrize("collection", [FEW, ONE_BY_ONE])
    def test_it_ends_while_it_rests(self, cluster: FollowedCluster, collection: Collection) -> None:
        for each in (pod("two"), pod("three"), ESTABLISHED):
            cluster.put(each)
        informer = Watched(cluster, collection).start("shops")
        informer.stop()
        await_that(lambda: informer.ended, "its end")

    def test_it_ends_while_it_pauses_after_a_failure(self, cluster: FollowedCluster) -> None:
        class Endless(HastyClock):
            def wait(self, event: threading.Event, seconds: float) -> bool:  # noqa: ARG002
                return event.wait(HANG_LIMIT)

        watched = Watched(cluster, clock=Endless())
        cluster.before = refuse("list", reason="Unreachable", temporary=True)
        with pytest.raises(OperationError, match="it is Unreachable"):
            watched.start()
        watched.informer.stop()
        await_that(lambda: watched.informer.ended, "its end")

    def test_it_may_end_before_it_began(self, cluster: FollowedCluster, watched: Watched) -> None:
        watched.informer.stop()
        with pytest.raises(OperationError, match="is no longer followed"):
            watched.start()
        assert cluster.asked == []
