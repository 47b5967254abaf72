"""Remembering for a while."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from helm_rollback_component.helm.charts.ttl_cache import Recent


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_made_once_until_it_is_old() -> None:
    clock = _Clock()
    recent: Recent[float] = Recent(10.0, clock=clock)

    assert recent.get("key", lambda: 1.0) == 1.0
    clock.now = 10.0
    assert recent.get("key", lambda: 2.0) == 1.0
    clock.now = 10.1
    assert recent.get("key", lambda: 3.0) == 3.0


def test_each_key_has_its_answer() -> None:
    recent: Recent[str] = Recent(10.0)

    assert [recent.get(key, lambda key=key: key.upper()) for key in "aba"] == ["A", "B", "A"]  # type: ignore[misc]


def test_an_answer_that_is_of_no_use_any_more_is_made_again() -> None:
    good = {1}
    recent: Recent[int] = Recent(10.0, usable=lambda value: value in good)
    recent.get("key", lambda: 1)

    good.clear()

    assert recent.get("key", lambda: 2) == 2


def test_a_failure_is_not_remembered() -> None:
    recent: Recent[str] = Recent(10.0)

    with pytest.raises(ZeroDivisionError):
        recent.get("key", lambda: str(1 / 0))

    assert recent.get("key", lambda: "value") == "value"


def test_who_asks_meanwhile_waits() -> None:
    recent: Recent[int] = Recent(10.0)
    made: list[int] = []

    def make() -> int:
        time.sleep(0.1)
        made.append(threading.get_ident())
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: recent.get("key", make), range(8))) == {1}

    assert len(made) == 1


def test_everything_can_be_forgotten() -> None:
    recent: Recent[int] = Recent(10.0)
    recent.get("key", lambda: 1)

    recent.forget()

    assert recent.get("key", lambda: 2) == 2
