"""What all unit tests share."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("patient")

_LOOP = asyncio.new_event_loop()
"""An Output needs one, and Python 3.14 makes none by itself. It stays open: threads of the SDK hang on it."""
asyncio.set_event_loop(_LOOP)


@pytest.fixture(autouse=True)
def nothing_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each test be a run of the engine that has not explained anything yet."""
    monkeypatch.setattr("helm_rollback_component.pulumi_adapter.engine_log._explained", set())


@pytest.fixture(autouse=True)
def no_backend(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep a Pulumi CLI on the PATH away from the stacks of whoever runs the tests."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path_factory.getbasetemp()}")


@pytest.fixture(autouse=True)
def event_loop_of_outputs() -> Iterator[None]:
    """Give the thread the loop again: `asyncio.run` leaves it without one, and Pulumi then makes another."""
    yield
    with suppress(RuntimeError):
        left = asyncio.get_event_loop()
        if left is not _LOOP:
            left.close()
    asyncio.set_event_loop(_LOOP)
