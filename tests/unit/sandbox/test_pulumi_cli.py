"""Whether the Pulumi CLI can be used: what it needs, and where that is looked for."""

from __future__ import annotations

import os
import shutil
import sysconfig
from typing import TYPE_CHECKING

import pytest

from tools.sandbox import pulumi_cli

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a machine without pulumi and uv; return where ``make`` would install uv."""
    made = tmp_path / "made"
    monkeypatch.setattr(pulumi_cli, "MADE", made)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "environment"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.delenv("UV", raising=False)
    return made


def install(folder: Path, program: str) -> str:
    """Have a program be in a folder; return its path."""
    folder.mkdir(exist_ok=True)
    path = folder / program
    path.touch(mode=0o755)
    return str(path)


def found() -> str | None:
    return shutil.which("uv", path=pulumi_cli.search_path())


def test_without_pulumi_nothing_else_is_asked_for(tmp_path: Path) -> None:
    install(tmp_path / "path", "uv")
    assert pulumi_cli.obstacle(kubernetes=False) == "pulumi is not on the PATH"


def test_a_missing_uv_is_named(tmp_path: Path) -> None:
    install(tmp_path / "path", "pulumi")
    assert found() is None
    assert "uv, which it starts programs with, is not installed" in pulumi_cli.obstacle(kubernetes=False)


@pytest.mark.parametrize("folder", ["path", "environment", "made", "running"])
def test_uv_may_be_in_any_of_these(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "path", "pulumi")
    uv = install(tmp_path / folder, "uv")
    if folder == "running":
        monkeypatch.setenv("UV", uv)
    assert found() == uv
    assert pulumi_cli.obstacle(kubernetes=False) == ""


def test_the_one_on_the_path_comes_before_that_of_make(made: Path, tmp_path: Path) -> None:
    install(made, "uv")
    assert found() == os.fspath(made / "uv")
    uv = install(tmp_path / "path", "uv")
    assert found() == uv
