"""What the tests of this folder share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helm_rollback_component.helm.charts import fetching, repositories


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of the test's own, and nothing remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield tmp_path / "cache" / "helm-rollback-component" / "charts"
    fetching.forget()
    repositories.forget()
