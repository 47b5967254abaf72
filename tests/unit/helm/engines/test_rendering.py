"""What Helm tells of a release that it has only rendered."""

from __future__ import annotations

import pytest

from helm_rollback_component.helm.engines import rendering
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.rendering import rendered


def test_a_release_is_read_from_its_json() -> None:
    assert rendered('{"manifest": "kind: ConfigMap"}') == {"manifest": "kind: ConfigMap"}


@pytest.mark.parametrize("said", ["", "[]", "WARNING: {}"])
def test_what_is_no_release_is_an_error(said: str) -> None:
    with pytest.raises(EngineError, match="did not tell"):
        rendered(said)


def test_what_is_too_large_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "LONGEST_RENDERED", 3)
    with pytest.raises(EngineError, match="too large"):
        rendered('{"a": 1}')
