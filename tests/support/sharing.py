"""What is made once and looked at by many tests, wherever tests run side by side."""

from collections.abc import Iterable
from typing import Any

import pytest


def shared(
    what: str, parameters: Iterable[tuple[str, ...]], sweeping: Iterable[tuple[str, ...]] = ()
) -> list[Any]:
    """Return the parameters of a module's fixture; one worker makes each, and runs all tests that look.

    Those that are `sweeping` are left to the sweep.
    """
    return [
        *(_parameter(what, each) for each in parameters),
        *(_parameter(what, each, pytest.mark.sweep) for each in sweeping),
    ]


def _parameter(what: str, values: tuple[str, ...], *marks: pytest.MarkDecorator) -> Any:
    name = "-".join(values)
    return pytest.param(values, id=name, marks=[pytest.mark.xdist_group(f"{what}-{name}"), *marks])
