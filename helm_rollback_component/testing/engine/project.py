"""A project on disk: `Pulumi.yaml`, where its program is, and the configuration that its stack files hold."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helm_rollback_component.testing.engine.values import Properties, Secret


class ProjectError(Exception):
    """The folder does not hold a project that the engine can run."""


@dataclass(frozen=True, slots=True)
class Project:
    """What `Pulumi.yaml` says."""

    name: str
    root: Path
    main: Path

    def key(self, key: str) -> str:
        """Return a configuration key with its namespace; the project's own is the default."""
        return key if ":" in key else f"{self.name}:{key}"

    def stack_config(self, stack: str) -> Properties:
        """Return the configuration in `Pulumi.<stack>.yaml`, which is never written."""
        path = self.root / f"Pulumi.{stack}.yaml"
        raw: dict[str, Any] = (
            (yaml.safe_load(path.read_text()) or {}).get("config", {}) if path.exists() else {}
        )
        return {self.key(key): _text(key, value) for key, value in raw.items()}


def read_project(folder: Path) -> Project:
    """Read the project in `folder`."""
    path = next((folder / name for name in ("Pulumi.yaml", "Pulumi.yml") if (folder / name).exists()), None)
    if path is None:
        raise ProjectError(f"no Pulumi.yaml project file found in {folder}")
    raw = yaml.safe_load(path.read_text())
    runtime = raw["runtime"] if isinstance(raw["runtime"], str) else raw["runtime"]["name"]
    if runtime != "python":
        raise ProjectError(f"LocalEngine runs Python programs, and {path} says {runtime!r}")
    main = (folder / raw.get("main", ".")).resolve()
    return Project(raw["name"], folder.resolve(), main)


def _text(key: str, value: Any) -> str | Secret:  # noqa: ANN401 - whatever YAML holds
    if isinstance(value, dict) and "secure" in value:
        raise ProjectError(f"LocalEngine cannot decrypt {key!r}, a secret of the CLI: set it with set_config")
    if isinstance(value, dict | list):
        raise ProjectError(
            f"LocalEngine leaves out structured configuration such as {key!r}; set it as JSON text"
        )
    return str(value).lower() if isinstance(value, bool) else str(value)
