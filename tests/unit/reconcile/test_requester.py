"""Who asks for a rollback by hand."""

from __future__ import annotations

import getpass
import os
import platform

import pytest

from helm_rollback_component.reconcile import requester


@pytest.mark.parametrize(("tool", "told"), [("helm-rollback 1.2.0", "helm-rollback 1.2.0"), ("", "a script")])
def test_person_host_and_tool_are_named(monkeypatch: pytest.MonkeyPatch, tool: str, told: str) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "alice")
    monkeypatch.setattr(platform, "node", lambda: "ops-1")
    assert requester.named(tool) == f"alice@ops-1 with {told}"


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def nameless() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nameless)
    monkeypatch.setattr(platform, "node", lambda: "")
    assert requester.named("x") == f"{os.getuid()}@unknown with x"
