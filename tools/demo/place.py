"""Where the demonstration takes place: a cluster, a namespace on it, and a Helm to look with."""

import json
import os
import shutil
import subprocess
import time
import uuid
from contextlib import ExitStack, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from helm_rollback_component.kube.api import kubeconfig as kubeconfigs
from helm_rollback_component.kube.api.client import Cluster
from tools.demo.screen import Screen
from tools.ground import Ground
from tools.ground.build import bin_dir
from tools.ground.progress import Reporter

_LIFETIME = 1800.0
_GARBAGE_COLLECTION = 120.0
_KINDS = (
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("coordination.k8s.io/v1", "Lease"),
)
_OF_EVERY_NAMESPACE = "ConfigMap kube-root-ca.crt"


class PlaceError(Exception):
    """The demonstration cannot take place here."""


class Place:
    """The cluster that KUBECONFIG leads to, or one that is brought up for the length of the block."""

    def __init__(self, screen: Screen) -> None:
        """Prepare to bring it up; `screen` is told of what takes time."""
        self._screen = screen
        self._ends = ExitStack()
        self.namespace = f"helm-rollback-demo-{uuid.uuid4().hex[:4]}"
        self.kubeconfig = Path()
        self.description = ""
        self.helm = Path()

    def __enter__(self) -> Self:
        """Bring it up, with a namespace of its own."""
        with ExitStack() as ends:
            given = os.environ.get("KUBECONFIG")
            if given:
                self._use(Path(given).absolute())
            else:
                self._bring_up(ends)
            self.cluster.create("/api/v1/namespaces", {"metadata": {"name": self.namespace}})
            ends.callback(self.cluster.delete, f"/api/v1/namespaces/{self.namespace}")
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Take down what was brought up."""
        self._ends.close()

    @cached_property
    def cluster(self) -> Cluster:
        """The API server."""
        return Cluster.connect(kubeconfigs.load(str(self.kubeconfig)))

    @cached_property
    def helm_version(self) -> str:
        """Helm's version, such as ``v4.3.1``."""
        return self._helm("version", "--template={{.Version}}").strip()

    def objects(self, api_version: str, kind: str, **query: str) -> list[dict[str, Any]]:
        """Return the objects of a kind in the namespace."""
        return self.cluster.list(self._collection(api_version, kind), **query)

    def history(self, release: str) -> list[dict[str, Any]]:
        """Return what `helm history` says, oldest first."""
        revisions: list[dict[str, Any]] = json.loads(self._helm("history", release, "--output=json"))
        return revisions

    def left(self) -> list[str]:
        """Return the objects that are still there when the garbage collector had its time."""
        deadline = time.monotonic() + _GARBAGE_COLLECTION
        while (left := self._names()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return left

    def _use(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        self.description = f"the one that KUBECONFIG leads to, namespace {self.namespace}"
        found = shutil.which("helm") or shutil.which("helm4", path=bin_dir())
        if found is None:
            raise PlaceError("there is no helm on the PATH")
        self.helm = Path(found).absolute()

    def _bring_up(self, ends: ExitStack) -> None:
        built = bin_dir().exists()
        ground = Ground(f"demo-{os.getpid()}", lifetime=_LIFETIME, reporter=Reporter(quiet=built))
        started = time.monotonic()
        with self._screen.busy("bringing up a local control plane") if built else nullcontext():
            ends.enter_context(ground)
        self.kubeconfig = ground.kubeconfig
        self.helm = ground.helm(4)
        took = time.monotonic() - started
        self.description = f"a local control plane, up after {took:.0f} s: real servers, played pods"

    def _names(self) -> list[str]:
        found = [
            f"{kind} {metadata['name']}"
            for api_version, kind in _KINDS
            for metadata in self.cluster.list_metadata(self._collection(api_version, kind))
        ]
        return [name for name in found if name != _OF_EVERY_NAMESPACE]

    def _collection(self, api_version: str, kind: str) -> str:
        return self.cluster.object_path(api_version, kind, "", self.namespace)

    def _helm(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.helm, *arguments, f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PlaceError(f"helm {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout
