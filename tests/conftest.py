"""What every tier of tests shares: a control plane, namespaces on it, and how a test run behaves."""

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.namespaces import fresh_namespace
from tools.ground import Ground

LIFETIME = 3600.0


def pytest_configure() -> None:
    """Let what tests start be interrupted: a shell has what it runs in the background ignore that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class ExistingCluster(Ground):
    """The cluster that the environment's kubeconfig leads to, used and left as it is."""

    def __init__(self, kubeconfig: Path) -> None:
        """Use the cluster of that kubeconfig."""
        super().__init__()
        self._given = kubeconfig

    @property
    def is_up(self) -> bool:
        """Whether the cluster is up: whoever names it vouches for it."""
        return True

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig that was given."""
        return self._given


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """The control plane: that of the environment, else one that this session brings up and takes down."""
    given = os.environ.get("KUBECONFIG")
    if given:
        yield ExistingCluster(Path(given).absolute())
        return
    with Ground(f"tests-{os.getpid()}", lifetime=LIFETIME) as ground:
        yield ground


@pytest.fixture(scope="session")
def kubeconfig(ground: Ground) -> Path:
    """The kubeconfig of the control plane."""
    return ground.kubeconfig


@pytest.fixture(scope="session")
def helm_programs(ground: Ground) -> Mapping[int, Path]:
    """The Helm programs by major version."""
    return {major: ground.helm(major) for major in (3, 4)}


@pytest.fixture
def namespace(ground: Ground) -> Iterator[str]:
    """A fresh namespace; its deletion is not waited for."""
    with fresh_namespace(ground) as name:
        yield name
