"""What is kept of what was read."""

import pytest

from helm_rollback_component.kube.storage.lru_cache import LruCache


def test_what_was_used_last_is_kept() -> None:
    cache: LruCache[int, str] = LruCache(2)
    cache[1] = "one"
    cache[2] = "two"
    assert cache[1] == "one"
    cache[3] = "three"
    with pytest.raises(KeyError):
        cache[2]
    assert (cache[1], cache[3]) == ("one", "three")


def test_a_newer_value_replaces_an_older() -> None:
    cache: LruCache[int, str | None] = LruCache(1)
    cache[1] = "old"
    cache[1] = None
    assert cache[1] is None


def test_heavy_values_make_room_for_each_other() -> None:
    cache: LruCache[int, str] = LruCache(10, len)
    cache[1] = "four"
    cache[2] = "four"
    cache[3] = "four"
    with pytest.raises(KeyError):
        cache[1]
    cache[3] = "a"
    cache[4] = "fives"
    assert (cache[2], cache[3], cache[4]) == ("four", "a", "fives")


def test_what_is_too_heavy_alone_is_not_kept() -> None:
    cache: LruCache[int, str] = LruCache(3, len)
    cache[1] = "four"
    with pytest.raises(KeyError):
        cache[1]
    cache[2] = "one"
    assert cache[2] == "one"


def test_what_is_remembered_is_made_once() -> None:
    cache: LruCache[int, int] = LruCache(2)
    made = iter([1])
    assert [cache.remember(1, made.__next__) for _ in range(2)] == [1, 1]
