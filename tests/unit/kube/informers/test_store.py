"""What is known of a collection, and who is told of which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.kube.informers.store import Store
from tests.unit.kube.informers.followed_cluster import pod

if TYPE_CHECKING:
    from collections.abc import Callable


class Ear:
    """A listener that counts."""

    def __init__(self) -> None:
        self.heard = 0

    def __call__(self) -> None:
        self.heard += 1


def owned(store: Store, uid: str) -> list[str]:
    return sorted(map(objects.name, store.owned_by(uid)))


def about(uid: str, name: str = "no-node") -> dict[str, Any]:
    return {"kind": "Event", "involvedObject": {"uid": uid}, "metadata": {"name": name, "uid": name}}


@pytest.fixture
def store() -> Store:
    found = Store()
    found.replace([pod("one", owner="a"), pod("two", owner="a"), pod("three", owner="b"), pod("alone")])
    return found


def test_objects_are_found_by_name_and_by_controller(store: Store) -> None:
    assert objects.uid(store.named("one") or {}) == "uid-one"
    assert store.named("none") is None
    assert (owned(store, "a"), owned(store, "b"), owned(store, "c")) == (["one", "two"], ["three"], [])


def test_an_owner_that_is_no_controller_does_not_count(store: Store) -> None:
    store.put(pod("four", ownerReferences=[{"uid": "a"}]))
    assert owned(store, "a") == ["one", "two"]


def test_an_event_belongs_to_what_it_is_about(store: Store) -> None:
    store.put(about("uid-one"))
    assert owned(store, "uid-one") == ["no-node"]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda store: store.drop("one"), ["two"]),
        (lambda store: store.drop("none"), ["one", "two"]),
        (lambda store: store.put(pod("new", owner="a")), ["new", "one", "two"]),
        (lambda store: store.put(pod("one", owner="a", resourceVersion="2")), ["one", "two"]),
        (lambda store: store.put(pod("one", resourceVersion="2")), ["two"]),
        (lambda store: store.put(pod("three", owner="a", resourceVersion="2")), ["one", "three", "two"]),
        (lambda store: store.replace([pod("two", owner="a")]), ["two"]),
        (lambda store: store.replace([pod("two", owner="b", resourceVersion="2")]), []),
        (lambda store: store.replace([]), []),
    ],
)
def test_what_belongs_to_an_owner_follows_each_change(
    store: Store, change: Callable[[Store], None], left: list[str]
) -> None:
    change(store)
    assert owned(store, "a") == left


def test_who_listens_to_a_name_is_told_of_no_other(store: Store) -> None:
    ear = Ear()
    store.listen(ear, name="one")
    store.put(pod("two", owner="a", resourceVersion="2"))
    store.drop("three")
    assert ear.heard == 0
    store.put(pod("one", owner="a", resourceVersion="2"))
    store.drop("one")
    store.put(pod("one"))
    assert ear.heard == 3


def test_who_listens_to_an_owner_is_told_of_its_objects_alone(store: Store) -> None:
    ear = Ear()
    store.listen(ear, owner="a")
    store.put(pod("new", owner="b"))
    store.drop("alone")
    assert ear.heard == 0
    store.put(pod("new", owner="a", resourceVersion="2"))
    store.drop("one")
    assert ear.heard == 2


def test_an_object_that_goes_to_another_owner_is_told_to_both(store: Store) -> None:
    old, new = Ear(), Ear()
    store.listen(old, owner="a")
    store.listen(new, owner="b")
    store.put(pod("one", owner="b", uid="another"))
    assert (old.heard, new.heard) == (1, 1)


def test_what_has_not_changed_is_not_told(store: Store) -> None:
    ear = Ear()
    store.listen(ear, name="one")
    store.put(pod("one", owner="a"))
    store.replace([pod("one", owner="a")])
    assert ear.heard == 0


def test_a_recreated_object_is_another_though_its_name_and_version_are_the_same(store: Store) -> None:
    ear = Ear()
    store.listen(ear, name="one")
    store.put(pod("one", owner="a", uid="another"))
    assert ear.heard == 1
    assert objects.uid(store.named("one") or {}) == "another"


def test_one_who_hears_of_many_changes_at_once_is_told_once(store: Store) -> None:
    ear = Ear()
    store.listen(ear, name="one")
    store.listen(ear, owner="a")
    store.replace([])
    assert ear.heard == 1


def test_who_wants_to_hear_no_more_is_not_told(store: Store) -> None:
    ear, other = Ear(), Ear()
    store.listen(ear, name="one")
    store.listen(other, name="one")
    store.listen(ear, owner="b")
    store.forget(ear)
    store.replace([])
    assert (ear.heard, other.heard) == (0, 1)
    assert store.names() == {"one"}


def test_whether_somebody_listens_already_is_told(store: Store) -> None:
    assert store.listen(Ear(), name="one")
    assert not store.listen(Ear(), name="one")
    assert store.listen(Ear(), owner="one")
    assert store.names() == {"one"}
