"""Where the cases work: a control plane, namespaces on it, a chart, and Helm by hand."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from helm_rollback_component import HelmConfig, HelmOperations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.ground import Ground

CHART = Path(__file__).parents[1] / "stacks" / "charts" / "web"


@dataclass(frozen=True)
class Place:
    """A namespace on a control plane."""

    ground: Ground
    namespace: str

    def operations(self, helm: str, release: str = "web", **inputs: Any) -> HelmOperations:
        """Return the operations on a release of the benchmark's chart, or of the one that is given."""
        return HelmOperations(HelmConfig.parse(self.inputs(helm, release, **inputs)))

    def inputs(self, helm: str, release: str = "web", **inputs: Any) -> dict[str, Any]:
        """Return the inputs of that release."""
        return {
            "release_name": release,
            "release_namespace": self.namespace,
            "source": {"chart": str(CHART)},
            "kubeconfig": str(self.ground.kubeconfig),
            "helm": helm if helm == "embedded" else str(self.ground.helm(int(helm[-1]))),
            **inputs,
        }

    def helm(self, major: int, *arguments: str, values: Mapping[str, Any] | None = None) -> int:
        """Run Helm by hand and return its exit status."""
        given = ["--values=-"] if values is not None else []
        done = subprocess.run(
            [self.ground.helm(major), *arguments, *given, f"--namespace={self.namespace}"],
            input=yaml.safe_dump(dict(values or {})).encode(),
            env={**os.environ, "KUBECONFIG": str(self.ground.kubeconfig)},
            capture_output=True,
            check=False,
        )
        return done.returncode


@contextmanager
def place(ground: Ground) -> Iterator[Place]:
    """Give a namespace of one's own; its deletion is not waited for."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    kubectl(ground, "create", "namespace", name)
    kubectl(ground, "wait", "--for=create", "serviceaccount/default", f"--namespace={name}")
    try:
        yield Place(ground, name)
    finally:
        kubectl(ground, "delete", "namespace", name, "--wait=false")


@contextmanager
def places(ground: Ground, count: int) -> Iterator[list[Place]]:
    """Give so many namespaces."""
    with ExitStack() as stack:
        yield [stack.enter_context(place(ground)) for _ in range(count)]


def kubectl(ground: Ground, *arguments: str, given: str = "") -> str:
    """Run kubectl with what it is given on standard input, and return what it prints."""
    command = [str(ground.kubectl), f"--kubeconfig={ground.kubeconfig}", *arguments]
    return subprocess.run(command, input=given, check=True, capture_output=True, text=True).stdout


@contextmanager
def stopwatch(figures: list[float]) -> Iterator[None]:
    """Add how long the block took, in seconds."""
    began = time.perf_counter()
    yield
    figures.append(time.perf_counter() - began)
