"""A program called pulumi, in place of the CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def fake_cli(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put it first on the PATH; return the file in which it notes the arguments of each call."""
    asked = folder / "asked"
    pulumi = folder / "pulumi"
    pulumi.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n{script}\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return asked
