"""One release's part of what the informers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import picture as module
from helm_rollback_component.kube.health.picture import Picture
from helm_rollback_component.kube.informers.collection import Collection
from helm_rollback_component.kube.informers.informers import Informers
from tests.support.manual_clock import HastyClock
from tests.support.waiting import await_that
from tests.unit.kube.informers.followed_cluster import PODS, FollowedCluster, pod, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.informers.informer import Informer


class Ear:
    """A listener that counts."""

    def __init__(self) -> None:
        self.heard = 0

    def __call__(self) -> None:
        self.heard += 1


class Counted(Informers):
    """Informers that know how many use them, and end at once when nobody does."""

    def __init__(self, cluster: FollowedCluster) -> None:
        super().__init__(cluster, HastyClock())
        self.running: dict[Collection, Informer] = {}
        self.users: list[Collection] = []

    def acquire(self, collection: Collection) -> Informer:
        self.users.append(collection)
        self.running[collection] = super().acquire(collection)
        return self.running[collection]

    def release(self, collection: Collection) -> None:
        self.users.remove(collection)
        super().release(collection)
        if collection not in self.users:
            self.running[collection].stop()


@pytest.fixture
def cluster() -> FollowedCluster:
    return FollowedCluster(pod("one", owner="a"), pod("two", owner="a"), pod("three", owner="b"))


@pytest.fixture
def informers(cluster: FollowedCluster) -> Counted:
    return Counted(cluster)


@pytest.fixture
def heard() -> Ear:
    return Ear()


@pytest.fixture
def picture(informers: Counted, heard: Ear) -> Iterator[Picture]:
    with Picture(informers, heard) as found:
        yield found


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make two objects a crowd."""
    monkeypatch.setattr(module, "_CROWD", 2)


def names(found: Mapping[str, Iterable[Manifest]]) -> dict[str, list[str]]:
    return {owner: sorted(map(objects.name, those)) for owner, those in found.items()}


def test_one_list_answers_for_names_and_owners(cluster: FollowedCluster, picture: Picture) -> None:
    assert sorted(picture.named(PODS, ["one", "none", "two"])) == ["one", "two"]
    assert names(picture.owned(PODS, ["a", "b", "c"], ())) == {"a": ["one", "two"], "b": ["three"], "c": []}
    assert cluster.requests("list") == 1


def test_what_is_begun_is_read_once(cluster: FollowedCluster, picture: Picture) -> None:
    picture.begin([PODS, PODS])
    picture.named(PODS, ["one"])
    assert cluster.requests("list") == 1


def test_what_was_asked_for_is_told_of_when_it_changes(
    cluster: FollowedCluster, picture: Picture, heard: Ear
) -> None:
    picture.named(PODS, ["one"])
    picture.owned(PODS, ["b"], ())
    before = heard.heard
    cluster.put(pod("two", owner="a", labels={"new": "one"}))
    cluster.remove("one")
    await_that(lambda: not picture.named(PODS, ["one"]), "the change to be known")
    assert heard.heard == before + 1
    cluster.put(pod("four", owner="b"))
    await_that(lambda: heard.heard == before + 2, "the other change to be told")


def test_two_pictures_that_tell_the_same_person_do_not_take_each_others_ears(
    cluster: FollowedCluster, informers: Counted, picture: Picture, heard: Ear
) -> None:
    picture.named(PODS, ["one"])
    with Picture(informers, heard) as other:
        other.named(PODS, ["one"])
    before = heard.heard
    cluster.remove("one")
    await_that(lambda: heard.heard > before, "the change to be told")


def test_after_a_refresh_nothing_is_older_than_that(cluster: FollowedCluster, picture: Picture) -> None:
    picture.named(PODS, ["one"])
    picture.refresh()
    picture.named(PODS, ["one"])
    assert cluster.requests("list") == 2
    picture.named(PODS, ["one"])
    assert cluster.requests("list") == 2


def test_after_a_refresh_of_what_was_named_other_things_are_as_known(
    cluster: FollowedCluster, picture: Picture
) -> None:
    elsewhere = PODS.replace("pods", "replicasets")
    picture.named(PODS, ["one"])
    picture.owned(elsewhere, ["a"], ())
    cluster.asked.clear()
    picture.refresh_named()
    picture.named(PODS, ["one"])
    picture.owned(elsewhere, ["a"], ())
    assert [each for each in cluster.asked if each[0] == "list"] == [("list", PODS)]


def test_after_a_refresh_what_others_have_read_before_is_read_anew(
    cluster: FollowedCluster, informers: Counted, picture: Picture
) -> None:
    with Picture(informers, Ear()) as other:
        other.named(PODS, ["one"])
        picture.refresh()
        picture.named(PODS, ["one"])
        assert cluster.requests("list") == 2


def test_what_is_too_large_to_be_listed_is_read_by_name(cluster: FollowedCluster, picture: Picture) -> None:
    assert sorted(picture.read(PODS, ["one", "none"])) == ["one"]
    assert sorted({path for _, path in cluster.asked}) == [f"{PODS}/none", f"{PODS}/one"]


@pytest.mark.usefixtures("crowd")
class TestCrowds:
    def test_of_a_crowd_those_of_the_owner_are_selected(
        self, cluster: FollowedCluster, informers: Counted, picture: Picture
    ) -> None:
        selected = Collection(PODS, labels="app=web")
        assert names(picture.owned(PODS, ["a"], [selected])) == {"a": ["one", "two"]}
        assert [query.get("labelSelector") for query in cluster.queries if "limit" in query] == [
            None,
            "app=web",
        ]
        assert informers.running[selected].store.named("one")

    def test_what_two_selectors_find_is_found_once(self, picture: Picture) -> None:
        both = [Collection(PODS, labels=f"app={name}") for name in ("web", "data")]
        assert names(picture.owned(PODS, ["a"], both)) == {"a": ["one", "two"]}

    def test_of_a_crowd_each_of_a_few_names_is_selected(
        self, cluster: FollowedCluster, picture: Picture
    ) -> None:
        assert sorted(picture.named(PODS, ["one", "two"])) == ["one", "two"]
        fields = [query["fieldSelector"] for query in cluster.queries if "fieldSelector" in query]
        assert {*fields} == {"metadata.name=one", "metadata.name=two"}

    def test_where_there_are_many_selectors_all_is_followed(
        self, informers: Counted, picture: Picture
    ) -> None:
        asked = ["one", "two", "three", "four", "five"]
        assert sorted(picture.named(PODS, asked)) == ["one", "three", "two"]
        assert {*informers.users} == {Collection(PODS, at_most=2), Collection(PODS)}


class TestRights:
    def test_who_may_get_alone_is_served_whenever_the_refusal_comes(
        self, cluster: FollowedCluster, picture: Picture
    ) -> None:
        cluster.before = refuse("list", "watch")
        picture.begin([PODS])
        await_that(lambda: cluster.requests("list"), "the refusal")
        assert sorted(picture.named(PODS, ["one", "none"])) == ["one"]
        assert [*picture.lacking()] == ["it is Forbidden"]

    def test_who_may_not_list_is_told_so_where_owners_matter(
        self, cluster: FollowedCluster, picture: Picture
    ) -> None:
        cluster.before = refuse("list")
        with pytest.raises(OperationError) as caught:
            picture.owned(PODS, ["a"], ())
        assert caught.value.reason == "Forbidden"

    def test_who_lacks_nothing_is_told_nothing(self, picture: Picture) -> None:
        picture.named(PODS, ["one"])
        assert [*picture.lacking()] == []


def test_at_the_end_nothing_is_held_any_more(
    cluster: FollowedCluster, informers: Counted, heard: Ear
) -> None:
    asks: list[Callable[[Picture], object]] = [
        lambda picture: picture.named(PODS, ["one"]),
        lambda picture: picture.read(PODS, ["one"]),
        lambda picture: picture.owned(PODS, ["a"], ()),
    ]
    picture = Picture(informers, heard)
    with picture:
        for ask in asks:
            ask(picture)
        assert len(informers.users) == 2
    assert informers.users == []
    before = heard.heard
    cluster.remove("one")
    await_that(lambda: all(each.ended for each in informers.running.values()), "all informers to end")
    assert heard.heard == before


def test_it_may_begin_again_after_its_end(informers: Counted, heard: Ear) -> None:
    picture = Picture(informers, heard)
    for _ in range(2):
        with picture:
            assert sorted(picture.named(PODS, ["one"])) == ["one"]
