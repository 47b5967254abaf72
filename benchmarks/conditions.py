"""What the figures depend on beside the programs: compiled Python files, client limits, other load."""

from __future__ import annotations

import compileall
import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.helm.engines.environment import helm_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKOUT = Path(__file__).resolve().parents[1]
_OURS = ("helm_rollback_component", "local_engine", "tools", "benchmarks", "stacks")
_NOT_COMPILED = "PYTHONDONTWRITEBYTECODE"
_LIMITS = {"HELM_QPS": "PULUMI_K8S_CLIENT_QPS", "HELM_BURST_LIMIT": "PULUMI_K8S_CLIENT_BURST"}
"""The settings of Helm, and the same ones of the Kubernetes provider."""


def set_up() -> Iterator[str]:
    """Make the conditions the same for both sides, and yield what they are, a sentence each."""
    yield _compile()
    yield _limit_clients()
    yield load()


def load() -> str:
    """Return how busy the machine is."""
    minutes = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"load of the last 1, 5 and 15 minutes: {minutes}; {os.cpu_count()} cores"


def _compile() -> str:
    """Compile all Python files that are measured, and let child processes compile what they load."""
    was_set = os.environ.pop(_NOT_COMPILED, None)
    sys.dont_write_bytecode = False
    folders = [Path(sysconfig.get_path("purelib")), *(_CHECKOUT / name for name in _OURS)]
    for folder in folders:
        compileall.compile_dir(folder, quiet=2, workers=0)
    return "Python files are compiled (.pyc present)" + (f"; {_NOT_COMPILED} was unset" if was_set else "")


def _limit_clients() -> str:
    """Give every client the limits that Helm has here, if the caller has set no others."""
    ours = helm_environment(os.environ)
    for of_helm, of_pulumi in _LIMITS.items():
        os.environ[of_helm] = os.environ[of_pulumi] = ours[of_helm]
    told = ", ".join(f"{name}={ours[name]}" for name in _LIMITS)
    return f"client limits of both sides: {told}"
