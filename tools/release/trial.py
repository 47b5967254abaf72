"""Trying what was built where nothing else is: in fresh environments, with only the built files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.release.build import PLUGIN, WHEEL
from tools.release.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOK = """\
import json
from importlib import metadata
import helm_rollback_component as ours
from helm_rollback_component.plugin.schema import schema
for name in ours.__all__:
    getattr(ours, name)
programs = metadata.distribution("helm-rollback-component").entry_points
for each in programs:
    each.load()
versions = [ours.__version__, schema()["version"]]
print(json.dumps({"versions": versions, "programs": [each.name for each in programs]}))
"""
_SERVER = "pulumi-resource-helm-rollback"
"""The program that serves Pulumi's engine: `pulumi` runs it, and it has no `--help`."""
_ENGINE = "from helm_rollback_component.testing import LocalEngine"


@dataclass(frozen=True)
class Trial:
    """Tries a built release.

    Attributes:
        built: the folder of the built files.
        uv: the program.
        version: what was built.
    """

    built: Path
    uv: str
    version: str

    def run(self) -> list[str]:
        """Try everything, and return a sentence for each thing that was tried or left out.

        Raises:
            ReleaseError: something does not work.
        """
        with tempfile.TemporaryDirectory() as folder:
            return [*self._wheel(Path(folder)), self._engine(Path(folder)), self._plugin(Path(folder))]

    def _wheel(self, folder: Path) -> list[str]:
        place = self._environment(folder / "wheel", str(self.built / WHEEL.format(version=self.version)))
        found = json.loads(_run([place / "python", "-I", "-c", _LOOK], cwd=folder))
        if set(found["versions"]) != {self.version}:
            raise ReleaseError(f"the package and its schema say {found['versions']}, not {self.version}")
        missing = [name for name in found["programs"] if not os.access(place / name, os.X_OK)]
        if missing:
            raise ReleaseError(f"the wheel's programs are not installed: {', '.join(missing)}")
        for name in set(found["programs"]) - {_SERVER}:
            _run([place / name, "--help"], cwd=folder)
        return [f"the wheel alone: imported, with the schema and the programs {', '.join(found['programs'])}"]

    def _engine(self, folder: Path) -> str:
        place = self._environment(folder / "engine", f"helm-rollback-component[testing]=={self.version}")
        _run([place / "python", "-I", "-c", _ENGINE], cwd=folder)
        return "the extra `testing`: LocalEngine imported"

    def _plugin(self, folder: Path) -> str:
        pulumi = shutil.which("pulumi")
        if pulumi is None:
            return "SKIPPED: pulumi is not on the PATH, so the plugin was not installed"
        archive = self.built / PLUGIN.format(version=self.version)
        home = {"PULUMI_HOME": str(folder / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"}
        place = f"{Path(self.uv).parent}{os.pathsep}{os.environ['PATH']}"
        install = [
            "plugin",
            "install",
            "resource",
            "helm-rollback",
            f"v{self.version}",
            "--file",
            str(archive),
        ]
        _run([pulumi, *install], cwd=folder, PATH=place, **home)
        schema = _run(
            [pulumi, "package", "get-schema", f"helm-rollback@{self.version}"], cwd=folder, PATH=place, **home
        )
        if json.loads(schema)["version"] != self.version:
            raise ReleaseError("the installed plugin has the schema of another version")
        return "the plugin: installed from the archive, and asked for its schema"

    def _environment(self, folder: Path, package: str) -> Path:
        """Make a virtual environment with a package, and return the folder of its programs."""
        _run([self.uv, "--quiet", "venv", folder], cwd=self.built)
        find = f"--find-links={self.built}"
        _run([self.uv, "--quiet", "pip", "install", f"--python={folder}", find, package], cwd=self.built)
        return folder / "bin"


def _run(command: list[str | Path], *, cwd: Path, **variables: str) -> str:
    outside = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment: Mapping[str, str] = {**outside, **variables}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
