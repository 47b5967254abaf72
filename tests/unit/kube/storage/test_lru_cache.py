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
