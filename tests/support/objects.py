"""The objects of a namespace, read over one connection: no process is started for a look."""

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any

from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from tests.support.namespaces import cluster_of
from tools.ground import Ground

_API_VERSIONS = {
    "deployment": "apps/v1",
    "replicaset": "apps/v1",
    "statefulset": "apps/v1",
    "job": "batch/v1",
    "lease": "coordination.k8s.io/v1",
    "customresourcedefinition": "apiextensions.k8s.io/v1",
}
_OF_THE_CLUSTER = {"namespace", "customresourcedefinition"}

OF_EVERY_NAMESPACE = {"configmap/kube-root-ca.crt", "serviceaccount/default"}


@dataclass(frozen=True)
class Objects:
    """What is in a namespace. Kinds are named as `kubectl` names them: ``deployment``, ``lease``."""

    ground: Ground
    namespace: str

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object, None if there is none; one of the whole cluster just as well."""
        return self._cluster.get(self.path(kind, name))

    def list(self, kind: str, selector: str = "") -> list[dict[str, Any]]:
        """Return all objects of a kind, those that a label selector names if it is given."""
        query = {"labelSelector": selector} if selector else {}
        return self._cluster.list(self.path(kind), **query)

    def names(self, *kinds: str) -> set[str]:
        """Return ``kind/name`` of all objects of these kinds but those that every namespace has."""
        found = {f"{kind}/{item['metadata']['name']}" for kind in kinds for item in self.list(kind)}
        return found - OF_EVERY_NAMESPACE

    def create(self, kind: str, content: dict[str, Any]) -> None:
        """Create an object."""
        self._cluster.create(self.path(kind), content)

    def replace(self, kind: str, content: dict[str, Any]) -> None:
        """Replace an object."""
        self._cluster.replace(self.path(kind, content["metadata"]["name"]), content)

    def delete(self, kind: str, name: str) -> None:
        """Delete an object that is there; what comes of that is not waited for."""
        assert self._cluster.delete(self.path(kind, name)), f"there is no {kind} {name}"

    def path(self, kind: str, name: str = "") -> str:
        """Return where the API server has an object, or all of a kind."""
        namespace = "" if kind in _OF_THE_CLUSTER else self.namespace
        return paths.resource(_API_VERSIONS.get(kind, "v1"), f"{kind}s", name, namespace)

    @property
    def _cluster(self) -> Cluster:
        return cluster_of(self.ground)


def record_of(secret: dict[str, Any]) -> dict[str, Any]:
    """Return Helm's record in a Secret."""
    packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
    record: dict[str, Any] = json.loads(gzip.decompress(packed))
    return record
