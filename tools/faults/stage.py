"""A namespace with one release in it: steps on it, and what is there afterwards."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.operations import HelmOperations
from tools.faults.operations import CHART, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.core.cancellation import Cancellation
    from tools.faults.operations import Step

_ERROR = "error"
"""Begins the result of a step that ended in one."""
_RELEASE = "web"
_OWN = f"helm-rollback.{_RELEASE}"
_RECORD = f"sh.helm.release.v1.{_RELEASE}."
_COLLECTIONS = {
    "deployment": ("apps/v1", "deployments"),
    "configmap": ("v1", "configmaps"),
    "job": ("batch/v1", "jobs"),
    "secret": ("v1", "secrets"),
    "lease": ("coordination.k8s.io/v1", "leases"),
}
_OF_EVERY_NAMESPACE = "configmap/kube-root-ca.crt"
_OWNER = Owner("organization", "project", "stack", "urn:pulumi:stack::project::type::web")


@dataclass(frozen=True)
class Outcome:
    """How a step ended, in words that are the same where it ended in the same way.

    Attributes:
        result: the phase that was returned, or the error's reason.
        deployed: how many records are marked deployed.
        unfinished: how many are pending, or being uninstalled.
        live: the content of the release's objects.
        there: the objects of the namespace, Helm's records left out.
        locked: whether the release's lock is held.
    """

    result: str
    deployed: int
    unfinished: int
    live: tuple[str, ...]
    there: tuple[str, ...]
    locked: bool

    def differences(self, wanted: Outcome) -> str:
        """Return what differs from the outcome that is wanted, empty if nothing does."""
        pairs = ((name, getattr(self, name), getattr(wanted, name)) for name in self.__dataclass_fields__)
        return "; ".join(f"{name} {found}, not {other}" for name, found, other in pairs if found != other)


@dataclass(frozen=True)
class Stage:
    """A namespace with one release.

    Attributes:
        kubeconfig: the content of a kubeconfig that leads to the cluster without faults.
        helm: a Helm program's path, or ``embedded``.
        namespace: its name.
        folder: where the charts are.
        interrupt: requested when a step is to come to a good end at once.
    """

    kubeconfig: str
    helm: str
    namespace: str
    folder: Path
    interrupt: Cancellation | None = None

    def do(self, step: Step, kubeconfig: str = "") -> str:
        """Do a step, by way of another kubeconfig if one is given; return the phase or the error's reason."""
        if step.verb == "disown":
            self._disown()
            return ""
        operations = self._operations(step, kubeconfig or self.kubeconfig)
        try:
            status = getattr(operations, step.verb)()
        except HelmRollbackError as error:
            return f"{_ERROR} {error.reason}: {error}"
        return str(status.phase) if status else "done"

    def prepare(self, steps: Iterable[Step]) -> None:
        """Do steps that have to succeed.

        Raises:
            RuntimeError: one did not.
        """
        for step in steps:
            if (result := self.do(step)).startswith(_ERROR):
                raise RuntimeError(f"{step}, which prepares a trial, ended in {result}")

    def outcome(self, result: str) -> Outcome:
        """Return what is there after a step with that result."""
        found = {kind: self._list(kind) for kind in _COLLECTIONS}
        contents = [_content(each) for kind in ("deployment", "configmap") for each in found[kind]]
        records = [each for each in found["secret"] if each["metadata"]["name"].startswith(_RECORD)]
        statuses = [each["metadata"]["labels"]["status"] for each in records]
        there = {
            f"{kind}/{each['metadata']['name']}"
            for kind, objects in found.items()
            for each in objects
            if each not in records
        }
        return Outcome(
            result=result,
            deployed=statuses.count("deployed"),
            unfinished=sum(status.startswith(("pending", "uninstalling")) for status in statuses),
            live=tuple(sorted(contents)),
            there=tuple(sorted(there - {_OF_EVERY_NAMESPACE})),
            locked=any(each.get("spec", {}).get("holderIdentity") for each in found["lease"]),
        )

    def _operations(self, step: Step, kubeconfig: str) -> HelmOperations:
        config = HelmConfig.parse(
            {
                "release_name": _RELEASE,
                "release_namespace": self.namespace,
                "source": {"chart": str(self.folder / step.version)},
                "helm": self.helm,
                "kubeconfig": kubeconfig,
                "health": {"image_pull_grace": 0.2},
                "timeouts": {"deploy": 60, "upgrade": 60, "rollback": 60, "delete": 60},
                **step.inputs,
            }
        )
        return HelmOperations(config, identity=Identity(_OWNER, "first"), interrupt=self.interrupt)

    def _disown(self) -> None:
        self._cluster.delete(self._path("lease", _OWN))
        self._cluster.delete(self._path("secret", _OWN))

    def _list(self, kind: str) -> list[dict[str, Any]]:
        return self._cluster.list(self._path(kind))

    def _path(self, kind: str, name: str = "") -> str:
        api_version, plural = _COLLECTIONS[kind]
        return paths.resource(api_version, plural, name, self.namespace)

    @property
    def _cluster(self) -> Cluster:
        return Cluster.connect(self.kubeconfig)


@contextmanager
def stage(kubeconfig: str, helm: str) -> Iterator[Stage]:
    """Give a namespace that is deleted at the end of the block; the deletion is not waited for."""
    cluster, name = Cluster.connect(kubeconfig), f"faults-{uuid.uuid4().hex[:8]}"
    cluster.create(paths.namespace(""), {"metadata": {"name": name}})
    try:
        with TemporaryDirectory() as folder:
            _write_charts(Path(folder))
            yield Stage(kubeconfig, helm, name, Path(folder))
    finally:
        cluster.delete(paths.namespace(name))


def _write_charts(folder: Path) -> None:
    for version in VERSIONS:
        chart = f"apiVersion: v2\nname: web\nversion: {version}\n"
        for name, content in {"Chart.yaml": chart, **CHART}.items():
            file = folder / version / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)


def _content(found: dict[str, Any]) -> str:
    if "spec" in found:
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])
    return str(found.get("data", {}).get("tag", ""))
