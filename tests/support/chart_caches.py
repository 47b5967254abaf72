"""What this process remembers of charts, for a test alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.helm.charts.ttl_cache import TtlCache
from tests.support.clock import Clock

if TYPE_CHECKING:
    import pytest

CHARTS = "helm_rollback_component.helm.charts"
LIFETIME = 300.0


class ChartCaches:
    """Caches of fetched charts and of repositories' indexes: empty at first, and nothing in them ages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._clock = Clock()
        fetched: TtlCache[Path] = TtlCache(LIFETIME, usable=Path.is_file, clock=self._clock)
        indexes: TtlCache[bytes] = TtlCache(LIFETIME, clock=self._clock)
        monkeypatch.setattr(f"{CHARTS}.fetching._fetched", fetched)
        monkeypatch.setattr(f"{CHARTS}.repositories._indexes", indexes)

    def expire(self) -> None:
        """Let so much time pass that nothing is remembered any longer."""
        self._clock.now += LIFETIME + 1
