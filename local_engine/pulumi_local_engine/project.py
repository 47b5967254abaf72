"""A project on disk: `Pulumi.yaml`, where its program is, and the configuration of its stacks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from pulumi.automation import ConfigValue

from pulumi_local_engine.values import Properties, Secret, unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pulumi_local_engine.store import Store


class ProjectError(Exception):
    """The folder does not hold a project that the engine can run."""


@dataclass(frozen=True, slots=True)
class Project:
    """What `Pulumi.yaml` says."""

    name: str
    root: Path
    main: Path
    defaults: dict[str, Any]
    plugins: Mapping[str, Path] = field(default_factory=dict)
    """The folders of provider plugins, by package."""

    def key(self, key: str) -> str:
        """Return a configuration key with its namespace; the project's own is the default."""
        return key if ":" in key else f"{self.name}:{key}"

    def stack_config(self, stack: str) -> Properties:
        """Return the configuration in `Pulumi.<stack>.yaml`, never written, above the project's own."""
        path = self.root / f"Pulumi.{stack}.yaml"
        content = (yaml.safe_load(path.read_text()) or {}) if path.exists() else {}
        given = {**self.defaults, **(content.get("config") or {})}
        return {self.key(key): _text(key, value) for key, value in given.items()}


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
    plugins = {each["name"]: (folder / each["path"]).resolve() for each in _plugins(raw) if "path" in each}
    return Project(raw["name"], folder.resolve(), main, _defaults(raw.get("config") or {}), plugins)


def _plugins(raw: Mapping[str, Any]) -> list[dict[str, str]]:
    return (raw.get("plugins") or {}).get("providers") or []


def _defaults(config: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a project gives to all its stacks."""
    given: dict[str, Any] = {}
    for key, entry in config.items():
        value = entry.get("value", entry.get("default")) if isinstance(entry, dict) else entry
        if value is not None:
            given[key] = value
    return given


def _text(key: str, value: Any) -> str:
    if _has_secret(value):
        raise ProjectError(f"LocalEngine cannot decrypt {key!r}, a secret of the CLI: set it with set_config")
    return value if isinstance(value, str) else json.dumps(value)


def _has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return "secure" in value or any(_has_secret(item) for item in value.values())
    return isinstance(value, list) and any(_has_secret(item) for item in value)


class Configuration:
    """Reads and sets configuration values. A key without a namespace is in the project's."""

    def __init__(self, project: Project, stack: str, store: Store) -> None:
        """Use the project's file for reading alone, and the store for what is set."""
        self._project = project
        self._stack = stack
        self._store = store

    def values(self) -> Properties:
        """Return everything, secrets wrapped."""
        return {**self._project.stack_config(self._stack), **self._store.read_config()}

    def secrets(self) -> list[str]:
        """Return the values that must not be shown."""
        return [str(unwrap(value)) for value in self.values().values() if isinstance(value, Secret)]

    def get(self, key: str) -> ConfigValue:
        """Return one value."""
        return self.get_all()[self._project.key(key)]

    def get_all(self) -> dict[str, ConfigValue]:
        """Return everything, as the Automation API has it."""
        return {
            key: ConfigValue(unwrap(value), isinstance(value, Secret)) for key, value in self.values().items()
        }

    def set_all(self, config: Mapping[str, ConfigValue]) -> None:
        """Set some values; secrets are stored encrypted."""
        given = {
            self._project.key(key): Secret(value.value) if value.secret else value.value
            for key, value in config.items()
        }
        self._store.write_config({**self._store.read_config(), **given})

    def remove(self, key: str) -> None:
        """Remove a value that was set here."""
        kept = self._store.read_config()
        kept.pop(self._project.key(key), None)
        self._store.write_config(kept)
