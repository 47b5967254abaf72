"""The README's words, followed in an empty folder with built wheels: nothing of the checkout is used."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.e2e.folder import CHECKOUT, Folder, environment
from tests.support.namespaces import fresh_namespace
from tools.sandbox import CLI, LOCAL, pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.ground import Ground

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
NAME = "helm-rollback-component"
ENVIRONMENTS = {"pip": "venv", "uv": ".venv"}
LOCALLY = """
from helm_rollback_component.testing import LocalEngine
stack = LocalEngine("dev", ".", state_dir="state")
print("revision:", stack.up().outputs["revision"].value)
stack.destroy()
"""

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(600)]


def row(tool: str) -> tuple[list[list[str]], str]:
    """Return what the README has one run with a tool, and its ``runtime:`` in ``Pulumi.yaml``."""
    (cells,) = re.findall(rf"^\| {tool} \| (.+) \| `(.+)` \|$", README, re.MULTILINE)
    return [command.split() for command in re.findall("`([^`]+)`", cells[0])], cells[1]


def program(namespace: str) -> str:
    """Return the README's first program, for a namespace that is there."""
    (found,) = re.findall(r"^```python\n(.+?)^```", README, re.MULTILINE | re.DOTALL)[:1]
    return str(found).replace('"apps"', f'"{namespace}"')


@pytest.fixture
def folder(ground: Ground, wheels: Path, helm_programs: Mapping[int, Path], tmp_path: Path) -> Folder:
    """An empty folder, with Helm and the wheels at hand."""
    (tmp_path / "web").mkdir()
    given = environment(tmp_path, {"helm": helm_programs[4]}, wheels)
    return Folder(tmp_path / "web", {**given, "KUBECONFIG": str(ground.kubeconfig)})


def install(folder: Folder, tool: str, namespace: str, *, extra: str = "") -> None:
    """Do what the README says, up to the program."""
    commands, runtime = row(tool)
    for command in commands:
        folder.run(*(f"{word}{extra}" if word == NAME else word for word in command))
    (folder.path / "Pulumi.yaml").write_text(f"name: web\nruntime: {runtime}\n", encoding="utf-8")
    (folder.path / "__main__.py").write_text(program(namespace), encoding="utf-8")
    shutil.copytree(CHECKOUT / "stacks" / "charts" / "web", folder.path / "charts" / "web")


@pytest.mark.parametrize(
    ("engine", "tool", "activated"),
    [(LOCAL, "pip", False), (LOCAL, "uv", True), (CLI, "pip", False), (CLI, "pip", True), (CLI, "uv", False)],
)
def test_the_words_of_the_readme_lead_to_a_release(
    ground: Ground, folder: Folder, engine: str, tool: str, *, activated: bool
) -> None:
    obstacle = pulumi_cli.obstacle(kubernetes=True) if engine == CLI else ""
    if obstacle:
        pytest.skip(obstacle)
    with fresh_namespace(ground) as namespace:
        install(folder, tool, namespace, extra="[testing]" if engine == LOCAL else "")
        if activated:
            folder.activate(ENVIRONMENTS[tool])
        said = locally(folder, tool) if engine == LOCAL else on_the_cli(folder)
    assert re.search(r"^\s*revision: 1$", said, re.MULTILINE), said


def locally(folder: Folder, tool: str) -> str:
    """Deploy the program on `LocalEngine`, and delete it; return what was said."""
    return folder.run(f"{ENVIRONMENTS[tool]}/bin/python", "-c", LOCALLY)


def on_the_cli(folder: Folder) -> str:
    """Deploy the program on the command line, and delete it; return what was said."""
    folder.run("pulumi", "stack", "init", "dev")
    said = folder.run("pulumi", "up", "--yes", "--skip-preview")
    folder.run("pulumi", "destroy", "--yes", "--skip-preview")
    return said
