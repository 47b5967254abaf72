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
    from collections.abc import Mapping, Sequence
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

SIMPLE_INDEX = ("poetry", "source", "add", "--priority=primary", "simple", "https://pypi.org/simple/")
"""Has Poetry read what pip and uv read, because not every mirror has what it reads by itself."""

WITH_A_FOLDER = """
from pulumi import automation
stack = automation.create_or_select_stack("dev", work_dir=".")
print("revision:", stack.up().outputs["revision"].value)
stack.destroy()
"""
INLINE = """
import runpy
from pulumi import automation
program = lambda: runpy.run_path("__main__.py") and None
stack = automation.create_or_select_stack("dev", project_name="web", program=program)
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


def install(
    folder: Folder, tool: str, namespace: str, *, package: str = NAME, between: Sequence[str] = ()
) -> None:
    """Do what the README says, up to the program; another command may come after the first one."""
    (first, second), runtime = row(tool)
    for command in (first, between, second) if between else (first, second):
        folder.run(*(package if word == NAME else word for word in command))
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
    if engine == CLI:
        skip_without_the_cli()
    with fresh_namespace(ground) as namespace:
        install(folder, tool, namespace, package=f"{NAME}[testing]" if engine == LOCAL else NAME)
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


def skip_without_the_cli() -> None:
    """Skip where the CLI cannot run a program."""
    if obstacle := pulumi_cli.obstacle(kubernetes=True):
        pytest.skip(obstacle)


def move_into_a_folder_of_its_own(folder: Folder) -> None:
    """Let `main:` name the folder of the program."""
    (folder.path / "stacks").mkdir()
    for part in ("__main__.py", "charts"):
        (folder.path / part).rename(folder.path / "stacks" / part)
    project = folder.path / "Pulumi.yaml"
    project.write_text(f"{project.read_text()}main: stacks\n")


@pytest.mark.parametrize(("tool", "link"), [("pip", "venv"), ("uv", ".venv")])
def test_with_main_a_link_leads_the_provider_to_the_environment(
    ground: Ground, folder: Folder, tool: str, link: str
) -> None:
    skip_without_the_cli()
    with fresh_namespace(ground) as namespace:
        install(folder, tool, namespace)
        move_into_a_folder_of_its_own(folder)
        folder.run("ln", "-s", f"../{link}", f"stacks/{link}")
        assert "revision: 1" in on_the_cli(folder)


@pytest.mark.parametrize("main", [False, True])
def test_poetry_needs_no_link(ground: Ground, folder: Folder, wheels: Path, *, main: bool) -> None:
    skip_without_the_cli()
    provide_poetry(folder)
    (wheel,) = wheels.glob("helm_rollback_component-*.whl")
    with fresh_namespace(ground) as namespace:
        install(folder, "Poetry", namespace, package=str(wheel), between=SIMPLE_INDEX)
        if main:
            move_into_a_folder_of_its_own(folder)
        assert "revision: 1" in on_the_cli(folder)


def provide_poetry(folder: Folder) -> None:
    """Install Poetry beside the folder; its environments go there, too."""
    place = folder.path.parent / "poetry"
    folder.run("uv", "--quiet", "venv", str(place))
    folder.run("uv", "--quiet", "pip", "install", f"--python={place}", "poetry")
    (folder.path.parent / "bin" / "poetry").symlink_to(place / "bin" / "poetry")
    folder.environment["POETRY_VIRTUALENVS_PATH"] = str(folder.path.parent / "environments")


@pytest.mark.parametrize("program", [WITH_A_FOLDER, INLINE], ids=["work_dir", "inline"])
def test_the_automation_api_runs_it(ground: Ground, folder: Folder, program: str) -> None:
    skip_without_the_cli()
    with fresh_namespace(ground) as namespace:
        install(folder, "pip", namespace)
        if program is INLINE:
            folder.activate("venv")
        assert "revision: 1" in folder.run("venv/bin/python", "-c", program)
