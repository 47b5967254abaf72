"""How many steps run at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pulumi.automation import ConcurrentUpdateError

from tests.engine.laboratory import Laboratory
from tests.support.waiting import await_that


def test_independent_steps_run_at_once(lab: Laboratory) -> None:
    """The provider has four threads: each creation ends only once four have begun."""
    lab.up("for i in range(8): Thing(f'thing-{i}', text='x', meet=4)", parallel=16)
    assert len(lab.calls("create")) == 8


def test_parallel_one_means_one_after_the_other(lab: Laboratory) -> None:
    lab.up("for i in range(8): Thing(f'thing-{i}', text='x', sleep=0.1)", parallel=1)
    assert [note["made"] for note in lab.notes() if note["call"] == "create"] == list(range(8))


def test_two_updates_of_one_stack_exclude_each_other(lab: Laboratory) -> None:
    lab.program('Thing("a", text="x", hold="create")')
    second = lab.stack()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(lab.stack().up)
        await_that(lambda: '"call": "create"' in lab.log.read_text(), "the first update to create")
        with pytest.raises(ConcurrentUpdateError):
            second.up()
        (lab.world / "released").touch()
        first.result()


def test_many_resources(lab: Laboratory) -> None:
    result = lab.up("for i in range(60): Thing(f'thing-{i}', text='x')")
    assert result.summary.resource_changes == {"create": 61}
    assert lab.stack().destroy().summary.resource_changes == {"delete": 61}
