"""Remembering for a while."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from helm_rollback_component.helm.charts.ttl_cache import TtlCache
from tests.support.clock import Clock


def test_an_answer_is_made_once_until_it_is_old() -> None:
    clock = Clock()
    cache: TtlCache[float] = TtlCache(10.0, clock=clock)

    assert cache.get("key", lambda: 1.0) == 1.0
    clock.now = 10.0
    assert cache.get("key", lambda: 2.0) == 1.0
    clock.now = 10.1
    assert cache.get("key", lambda: 3.0) == 3.0


def test_each_key_has_its_answer() -> None:
    cache: TtlCache[str] = TtlCache(10.0)

    assert [cache.get(key, lambda key=key: key.upper()) for key in "aba"] == ["A", "B", "A"]  # type: ignore[misc]


def test_an_answer_that_is_of_no_use_any_more_is_made_again() -> None:
    good = {1}
    cache: TtlCache[int] = TtlCache(10.0, usable=lambda value: value in good)
    cache.get("key", lambda: 1)

    good.clear()

    assert cache.get("key", lambda: 2) == 2


def test_a_failure_is_not_remembered() -> None:
    cache: TtlCache[str] = TtlCache(10.0)

    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: str(1 / 0))

    assert cache.get("key", lambda: "value") == "value"


def test_who_asks_meanwhile_waits() -> None:
    cache: TtlCache[int] = TtlCache(10.0)
    made: list[int] = []

    def make() -> int:
        time.sleep(0.1)
        made.append(threading.get_ident())
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: cache.get("key", make), range(8))) == {1}

    assert len(made) == 1
