"""What is made once and looked at by many tests, wherever tests run side by side."""

from collections.abc import Iterable
from typing import Any

import pytest


def shared(what: str, parameters: Iterable[tuple[str, ...]]) -> list[Any]:
    """Return the parameters of a module's fixture; one worker makes each, and runs all tests that look."""
    names = {"-".join(parameter): parameter for parameter in parameters}
    return [
        pytest.param(parameter, id=name, marks=pytest.mark.xdist_group(f"{what}-{name}"))
        for name, parameter in names.items()
    ]
