"""What the tests of this folder share."""

from pathlib import Path

import pytest

from tests.support.chart_caches import ChartCaches


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "helm-rollback-component" / "charts"


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> ChartCaches:
    """What the process remembers: nothing at first."""
    return ChartCaches(monkeypatch)
