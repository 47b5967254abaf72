"""A collector, and what a process exports to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.telemetry.export import exporting
from tests.support.otlp import collecting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.otlp import Collector


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment names; what this process exports is made anew for it."""
    exporting.cache_clear()
    with collecting() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.endpoint)
        monkeypatch.delenv("TRACEPARENT", raising=False)
        yield found
    exporting.cache_clear()
