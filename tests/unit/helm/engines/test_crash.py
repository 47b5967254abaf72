"""What is told of a Helm that crashes."""

import pytest

from helm_rollback_component.helm.engines.crash import ran_out_of_memory, without_dump

DUMP = (
    "\n\nruntime stack:\nruntime.throw({0x37})\n\ngoroutine 27 gp=0x10 m=4 [running]:\nruntime.mallocgc()\n"
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"fatal error: runtime: out of memory{DUMP}", "fatal error: runtime: out of memory"),
        (f"Pulling\npanic: index out of range{DUMP}", "Pulling\npanic: index out of range"),
        ("Error: panic: no\ngoroutine 1 [running]", "Error: panic: no\ngoroutine 1 [running]"),
        ("panic: of a chart's own words", "panic: of a chart's own words"),
        ("Error: it failed", "Error: it failed"),
        ("", ""),
    ],
)
def test_the_state_of_every_routine_is_left_out(said: str, shown: str) -> None:
    assert without_dump(said) == shown


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ("fatal error: runtime: out of memory", True),
        ("the worker ended\nfatal error: out of memory allocating heap arena metadata", True),
        ("fatal error: runtime: cannot allocate memory", True),
        ("Error: the pod runs out of memory", False),
        ("panic: index out of range", False),
    ],
)
def test_a_lack_of_memory_is_known(said: str, lacking: bool) -> None:  # noqa: FBT001  # a parameter of the table
    assert ran_out_of_memory(said) is lacking
