"""How a plugin is found, and what is said where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pulumi import automation
from pulumi_local_engine import plugin
from pulumi_local_engine.project import read_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.laboratory import Laboratory

NAME = "pulumi-resource-shop"


def written(path: Path, text: str) -> Path:
    """Write a file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_folder_is_run_as_it_says(tmp_path: Path) -> None:
    written(tmp_path / "in_python" / "PulumiPlugin.yaml", "runtime: python")
    program = written(tmp_path / "program" / NAME, "")
    written(
        tmp_path / "Pulumi.yaml",
        f"""\
name: lab
runtime: python
plugins: {{providers: [{{name: shop, path: {tmp_path}/in_python}}, {{name: other, path: program}}]}}
""",
    )
    folders = read_project(tmp_path).plugins
    found = plugin.find("shop", folders, "")
    assert found is not None
    assert found.script == f"{tmp_path}/in_python/__main__.py"
    started = plugin.find("shop", {"shop": folders["other"]}, "")
    assert started is not None
    assert started.line == [str(program)]


def test_a_program_on_the_path_is_found(tmp_path: Path) -> None:
    program = written(tmp_path / NAME, "")
    found = plugin.find("shop", {}, str(tmp_path))
    assert found is not None
    assert found.program == str(program)
    assert plugin.find("other", {}, str(tmp_path)) is None


def test_a_package_without_a_plugin_is_refused(local: Laboratory) -> None:
    with pytest.raises(automation.CommandError, match="no plugin pulumi-resource-shop on the PATH"):
        local.up('pulumi.CustomResource("shop:index:Box", "box", {})')
