"""Whether previews tell what changes in the manifests."""

from __future__ import annotations

import pytest

from helm_rollback_component.pulumi_adapter import difference_setting, stack_settings


@pytest.mark.parametrize(
    ("variable", "setting", "on"),
    [
        (None, None, True),
        (None, "true", True),
        (None, "false", False),
        (None, False, False),
        ("false", None, False),
        ("off", "true", False),
        ("true", "false", True),
        ("", "false", False),
    ],
)
def test_it_is_on_unless_it_is_switched_off(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, setting: object, *, on: bool
) -> None:
    monkeypatch.setattr(stack_settings, "known", lambda: {"helm-rollback:diff": setting})
    monkeypatch.delenv("HELM_ROLLBACK_DIFF", raising=False)
    if variable is not None:
        monkeypatch.setenv("HELM_ROLLBACK_DIFF", variable)
    assert difference_setting.is_on() is on
