"""A second API server of a local control plane, which a test may end and start again."""

from __future__ import annotations

import socket
import subprocess
from typing import TYPE_CHECKING, Self

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from tests.support.waiting import await_that
from tools.ground.control_plane import ControlPlane
from tools.ground.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.control_plane import Place
    from tools.ground import Ground


class SecondServer:
    """An API server of one's own, on the storage of a control plane; it runs within the block.

    Attributes:
        url: where it is, from one start to the next.
    """

    def __init__(self, ground: Ground, here: Place) -> None:
        plane = ControlPlane(Layout(ground.kubeconfig.parent), _free_port(), _free_port())
        _, command = plane.servers()
        self.url = plane.server
        self._line: list[str | Path] = [ground.bin_dir / command.program, *command.arguments]
        self._folder = plane.layout.folder
        self._cluster = Cluster.connect(here.with_cluster(server=self.url))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it answers."""
        self._process = subprocess.Popen(
            self._line, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await_that(self._answers, "the API server to answer")

    def kill(self) -> None:
        """End it at once, without a word to those that are connected."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _answers(self) -> bool:
        try:
            return self._cluster.get(paths.VERSION) is not None
        except OperationError:
            return False


def is_possible(ground: Ground) -> bool:
    """Return whether the storage of the control plane is at hand: it is not that of a cluster elsewhere."""
    return (ground.kubeconfig.parent / "etcd.sock").exists()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
