"""Provider plugins: programs that print the port on which they serve, as the CLI finds and starts them."""

from __future__ import annotations

import shutil
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
from pulumi.runtime import proto

from pulumi_local_engine.fork_server import Command
from pulumi_local_engine.hosted import HostedProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pulumi_local_engine.process import ChildProcess
    from pulumi_local_engine.values import Properties

_FOLDER = "PulumiPlugin.yaml"


class PluginProvider(HostedProvider):
    """Serves the resources of a package. It takes secrets, and foresees outputs in a preview."""

    secrets = True
    foresees = True
    ended_by = signal.SIGTERM

    def __init__(self, start: Callable[[], ChildProcess], config: Properties, id_: str) -> None:
        """Use the inputs of the provider resource, and its id in the state."""
        super().__init__(start, config)
        self._id = id_

    def _introduce(self, stub: Any) -> None:
        with suppress(grpc.RpcError):  # it has no handshake
            stub.Handshake(proto.ProviderHandshakeRequest(), wait_for_ready=True)
        stub.Configure(self._configuration(id=self._id), wait_for_ready=True)


def find(package: str, folders: Mapping[str, Path], path: str) -> Command | None:
    """Return what starts the plugin of a package, or None if there is none.

    Args:
        package: its name.
        folders: where `Pulumi.yaml` says that plugins are (``plugins.providers``), by package.
        path: where to look for a program ``pulumi-resource-<package>`` otherwise.
    """
    name = f"pulumi-resource-{package}"
    folder = folders.get(package)
    if folder and (folder / _FOLDER).is_file() and not (folder / name).is_file():
        return Command([], script=str(folder / "__main__.py"))
    program = shutil.which(name, path=str(folder) if folder else path)
    return Command([], program=program) if program else None
