"""What all unit tests share."""

import asyncio

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("patient")
_LOOP = asyncio.new_event_loop()
"""An Output needs one, and Python 3.14 makes none; `asyncio.run` lets go of it without closing it."""
asyncio.set_event_loop(_LOOP)


@pytest.fixture(autouse=True)
def nothing_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each test be a run of the engine that has not explained anything yet."""
    monkeypatch.setattr("helm_rollback_component.pulumi_adapter.engine_log._explained", set())
