"""A stack's configuration: that of `Pulumi.<stack>.yaml`, and above it what was set on the engine."""

from collections.abc import Mapping

from pulumi.automation import ConfigValue

from pulumi_local_engine.project import Project
from pulumi_local_engine.store import Store
from pulumi_local_engine.values import Properties, Secret, unwrap


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
