"""The plugin as a program on the PATH, used from YAML by a person who installed the package alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.folder import CHECKOUT, Folder, environment
from tests.e2e.languages import skip_unless_there
from tests.support.namespaces import fresh_namespace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(1800)]

PLUGIN = "pulumi-resource-helm-rollback"
PROGRAM = """\
name: web
runtime: yaml
resources:
  web:
    type: helm-rollback:HelmRelease
    properties: {{releaseNamespace: {namespace}, source: {{chart: {chart}}}}}
outputs: {{phase: "${{web.phase}}"}}
"""
NOTING = """\
#!/bin/sh
# Runs the installed plugin, and notes how it ends. The engine kills both where that takes it five seconds.
trap : INT
echo begun >> {notes}
{program} "$@"
echo ended $? >> {notes}
"""


@pytest.fixture
def folder(ground: Ground, wheels: Path, helm_programs: Mapping[int, Path], tmp_path: Path) -> Folder:
    """An empty folder. The package is installed beside it, and Pulumi has never run."""
    skip_unless_there("pulumi-language-yaml")
    (tmp_path / "web").mkdir()
    given = environment(tmp_path, {"helm": helm_programs[4]}, wheels)
    folder = Folder(tmp_path / "web", {**given, "KUBECONFIG": str(ground.kubeconfig)})
    folder.run("uv", "--quiet", "venv", "../installed")
    folder.run("uv", "--quiet", "pip", "install", "--python=../installed", "helm-rollback-component")
    folder.environment["PULUMI_HOME"] = str(tmp_path / "new")
    return folder


def put_on_the_path(folder: Folder) -> Path:
    """Have the plugin on the PATH, by a program that notes how it ends; return the notes."""
    place, notes = folder.path.parent / "noting", folder.path.parent / "notes"
    place.mkdir()
    program = folder.path.parent / "installed" / "bin" / PLUGIN
    (place / PLUGIN).write_text(NOTING.format(notes=notes, program=program))
    (place / PLUGIN).chmod(0o755)
    folder.environment["PATH"] = os.pathsep.join([str(place), folder.environment["PATH"]])
    return notes


def test_the_first_update_deploys_and_each_plugin_ends_when_the_engine_ends_it(
    ground: Ground, folder: Folder
) -> None:
    notes = put_on_the_path(folder)
    with fresh_namespace(ground) as namespace:
        program = PROGRAM.format(namespace=namespace, chart=CHECKOUT / "stacks" / "charts" / "web")
        (folder.path / "Pulumi.yaml").write_text(program)
        folder.run("pulumi", "stack", "init", "dev")
        folder.run("pulumi", "up", "--yes", "--skip-preview")
        assert folder.run("pulumi", "stack", "output", "phase").strip().endswith("Deployed")
        noted = notes.read_text().splitlines()
        assert noted.count("begun") == noted.count("ended 0") > 0
        folder.run("pulumi", "destroy", "--yes", "--skip-preview")
