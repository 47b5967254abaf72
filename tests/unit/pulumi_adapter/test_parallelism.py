"""How many requests the provider's host is made to serve at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from helm_rollback_component.pulumi_adapter import parallelism
from tests.support.waiting import HANG_LIMIT


def served_at_once(executor: ThreadPoolExecutor, wanted: int) -> bool:
    """Return whether so many tasks can run at the same time."""
    barrier = threading.Barrier(wanted)

    def task() -> bool:
        try:
            barrier.wait(HANG_LIMIT)
        except threading.BrokenBarrierError:
            return False
        return True

    return all(done.result() for done in [executor.submit(task) for _ in range(wanted)])


@pytest.mark.parametrize(("setting", "expected"), [(None, 64), ("8", 8), (16, 16)])
def test_the_executor_that_serves_the_request_is_widened(setting: object, expected: int) -> None:
    with ThreadPoolExecutor(4) as executor:
        executor.submit(parallelism.allow, setting).result()
        assert served_at_once(executor, expected)


@pytest.mark.parametrize("setting", ["many", "0", "-3", "2"])
def test_it_is_never_narrowed(setting: str) -> None:
    with ThreadPoolExecutor(4) as executor:
        executor.submit(parallelism.allow, setting).result()
        assert served_at_once(executor, 4)


def test_outside_of_any_executor_nothing_happens() -> None:
    parallelism.allow(16)
