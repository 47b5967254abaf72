"""Objects in memory that behave as an API server's do: UIDs, resource versions, conflicts, preconditions.

For what a real control plane cannot be made to do on demand: failing at one request, or another's write at
just the wrong moment.
"""

import copy
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.api.discovery import ApiKind

_Objects = list[dict[str, Any]]
_Paths = list[str]

KINDS = {
    "ConfigMap": ApiKind("configmaps", namespaced=True),
    "Deployment": ApiKind("deployments", namespaced=True),
    "PersistentVolumeClaim": ApiKind("persistentvolumeclaims", namespaced=True),
    "Topic": ApiKind("topics", namespaced=True),
    "ClusterRole": ApiKind("clusterroles", namespaced=False),
    "ValidatingWebhookConfiguration": ApiKind("validatingwebhookconfigurations", namespaced=False),
}


def failure(reason: str, *, temporary: bool = False) -> OperationError:
    """What a cluster raises."""
    return OperationError(f"it is {reason}", reason=reason, temporary=temporary)


class FakeCluster(Cluster):
    """A cluster in memory.

    Attributes:
        asked: every request so far, as verb and path.
        before: called with each verb and path before it is carried out; may raise, or change the objects.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.before: Callable[[str, str], None] = lambda verb, path: None  # noqa: ARG005
        self._objects: dict[str, dict[str, Any]] = {}
        self._version = 0
        self._mutex = threading.RLock()
        self._identity = ""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def get(self, path: str, **_: str) -> dict[str, Any] | None:
        with self._mutex:
            self._begin("get", path)
            return copy.deepcopy(self._objects.get(path))

    def get_metadata(self, path: str) -> dict[str, Any] | None:
        with self._mutex:
            self._begin("get metadata of", path)
            found = self._objects.get(path)
            return copy.deepcopy(found["metadata"]) if found else None

    def list_metadata(self, path: str, **query: str) -> list[dict[str, Any]]:
        with self._mutex:
            self._begin("list", path)
            inside = [found for key, found in self._objects.items() if key.startswith(f"{path}/")]
            return [copy.deepcopy(found["metadata"]) for found in inside if _selected(found, query)]

    def list(self, path: str, **query: str) -> _Objects:
        with self._mutex:
            self._begin("list", path)
            root, _, plural = path.rpartition("/")
            everywhere = "/namespaces/" not in path
            inside = [
                found
                for key, found in self._objects.items()
                if key.startswith(f"{path}/")
                or (everywhere and key.startswith(root) and f"/{plural}/" in key)
            ]
            return [copy.deepcopy(found) for found in inside if _selected(found, query)]

    def teach(self, redact: Redactor) -> None:
        """There are no credentials here."""

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._mutex:
            self._begin("create", path)
            key = f"{path}/{body['metadata']['name']}"
            if key in self._objects:
                raise failure("AlreadyExists")
            return self._store(key, body, str(uuid.uuid4()))

    def try_create(self, path: str, body: dict[str, Any]) -> None:  # noqa: ARG002  # all may be created
        with self._mutex:
            self._begin("try", path)

    def replace(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._mutex:
            self._begin("replace", path)
            known, given = self._objects.get(path), body["metadata"]
            if known is None or given["resourceVersion"] != known["metadata"]["resourceVersion"]:
                raise failure("Conflict", temporary=True)
            return self._store(path, body, known["metadata"]["uid"])

    def delete(self, path: str, body: dict[str, Any] | None = None) -> bool:
        with self._mutex:
            self._begin("delete", path)
            known = self._objects.get(path)
            wanted = (body or {}).get("preconditions", {})
            if known and any(known["metadata"][key] != value for key, value in wanted.items()):
                raise failure("Conflict", temporary=True)
            return self._objects.pop(path, None) is not None

    def find_kind(self, api_version: str, kind: str) -> ApiKind:
        self._begin("discover", api_version)
        if kind not in KINDS:
            raise failure("UnknownKind")
        return KINDS[kind]

    def forget_kinds(self) -> None:
        """Nothing is kept here of which kinds there are."""

    def edit(self, path: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change an object behind everybody's back."""
        with self._mutex:
            found = copy.deepcopy(self._objects[path])
            change(found)
            self._store(path, found, found["metadata"]["uid"])

    def paths(self) -> _Paths:
        """Where there are objects."""
        return sorted(self._objects)

    def _begin(self, verb: str, path: str) -> None:
        self.asked.append((verb, path))
        self.before(verb, path)

    def _store(self, path: str, body: dict[str, Any], uid: str) -> dict[str, Any]:
        self._version += 1
        stored = copy.deepcopy(body)
        stored["metadata"] |= {"uid": uid, "resourceVersion": str(self._version)}
        self._objects[path] = stored
        return copy.deepcopy(stored)


def _selected(found: dict[str, Any], query: dict[str, str]) -> bool:
    metadata = found["metadata"]
    fields = {"type": found.get("type"), "metadata.name": metadata["name"]}
    return _matches(metadata.get("labels", {}), query.get("labelSelector", "")) and _matches(
        fields, query.get("fieldSelector", "")
    )


def _matches(have: dict[str, Any], selector: str) -> bool:
    wanted = dict(term.split("=", 1) for term in selector.split(",") if term)
    return all(have.get(key) == value for key, value in wanted.items())
