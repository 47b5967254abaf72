"""How many steps run at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pulumi.automation import ConcurrentUpdateError

from tests.engine.laboratory import Laboratory

EIGHT = "for i in range(8): Thing(f'thing-{i}', text='x', sleep=0.5)"


def _span(lab: Laboratory) -> float:
    """Return the time from the first creation's beginning to the last one's."""
    times = [note["at"] for note in lab.notes() if note["call"] == "create"]
    assert len(times) == 8
    return float(max(times) - min(times))


def test_independent_steps_run_at_once(lab: Laboratory) -> None:
    """The provider has four threads, so eight creations of half a second take two rounds, not eight."""
    lab.up(EIGHT, parallel=16)
    assert 0.4 < _span(lab) < 2.8


def test_parallel_one_means_one_after_the_other(lab: Laboratory) -> None:
    lab.up(EIGHT, parallel=1)
    assert _span(lab) > 3.4


def test_two_updates_of_one_stack_exclude_each_other(lab: Laboratory) -> None:
    lab.program('Thing("a", text="x", sleep=3)')
    second = lab.stack()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(lab.stack().up)
        while '"call": "create"' not in lab.log.read_text():
            time.sleep(0.1)
        with pytest.raises(ConcurrentUpdateError):
            second.up()
        first.result()


def test_many_resources(lab: Laboratory) -> None:
    result = lab.up("for i in range(60): Thing(f'thing-{i}', text='x')")
    assert result.summary.resource_changes == {"create": 61}
    assert lab.stack().destroy().summary.resource_changes == {"delete": 61}
