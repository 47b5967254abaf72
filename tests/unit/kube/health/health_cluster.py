"""A cluster in memory with workloads in it, and releases on it to watch."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health.kept import kept
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.discovery import ApiKind
from helm_rollback_component.kube.informers.informer import Informer
from helm_rollback_component.kube.informers.informers import Informers
from tests.support.fake_cluster import KINDS, FakeCluster, failure

if TYPE_CHECKING:
    from helm_rollback_component.kube.informers.collection import Collection
    from helm_rollback_component.kube.informers.store import Listener

Object = dict[str, Any]

NAMESPACE = "apps"
PLURALS = {
    **{kind: known.plural for kind, known in KINDS.items()},
    "ControllerRevision": "controllerrevisions",
    "CustomResourceDefinition": "customresourcedefinitions",
    "DaemonSet": "daemonsets",
    "Event": "events",
    "Job": "jobs",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Pod": "pods",
    "Bakery": "bakeries",
    "ReplicaSet": "replicasets",
    "Service": "services",
    "StatefulSet": "statefulsets",
}


class Town(FakeCluster):
    """A cluster in memory that can be looked at, whose containers have logs."""

    def __init__(self, *inhabitants: Object) -> None:
        super().__init__()
        self.listeners: set[Listener] = set()
        self.log = "one\ntwo\n"
        self.evictions: list[Object] = []
        self.queries: list[tuple[str, dict[str, str]]] = []
        for each in inhabitants:
            self.put(each)

    def put(self, body: Object) -> None:
        """Have an object be there as it is, UID and all."""
        with self._mutex:
            self._version += 1
            metadata = {**body["metadata"], "resourceVersion": str(self._version)}
            self._objects[_where(body)] = {**copy.deepcopy(body), "metadata": metadata}
        for listener in tuple(self.listeners):
            listener()

    def take_away(self, body: Object) -> None:
        """Have an object be there no longer."""
        with self._mutex:
            del self._objects[_where(body)]
        for listener in tuple(self.listeners):
            listener()

    def create(self, path: str, body: Object) -> Object:
        """Create an object; evict the pod where it is an eviction."""
        pod, _, what = path.rpartition("/")
        if what != "eviction":
            return super().create(path, body)
        with self._mutex:
            self._begin("create", path)
            self.evictions.append(body)
            del self._objects[pod]
        return {}

    def list(self, path: str, **query: str) -> list[Object]:
        with self._mutex:
            self._begin("list", path)
            self.queries.append((path, query))
            inside = (found for key, found in self._objects.items() if key.startswith(f"{path}/"))
            return [copy.deepcopy(found) for found in inside if _wanted(found, query)]

    def text(self, path: str, **query: str) -> str:
        self._begin("text", path)
        self.queries.append((path, query))
        return self.log

    def find_kind(self, api_version: str, kind: str) -> ApiKind:
        self._begin("discover", api_version)
        if kind not in PLURALS:
            raise failure("UnknownKind")
        return ApiKind(PLURALS[kind], namespaced=True)

    def requests(self) -> tuple[str, ...]:
        """What was asked so far, as verb and last part of the path; what is asked once, of kinds, aside."""
        return tuple(f"{verb} {path.rpartition('/')[2]}" for verb, path in self.asked if verb != "discover")


def fail_with(reason: str, *, temporary: bool = False, times: int = 10**6) -> Any:
    """Make a cluster's `before` that refuses the next requests."""
    left = [times]

    def refuse(verb: str, path: str) -> None:  # noqa: ARG001
        if left[0]:
            left[0] -= 1
            raise OperationError(f"it is {reason}", reason=reason, temporary=temporary)

    return refuse


def select(body: Object) -> Object:
    """Give a workload and its pods the selector that they have in common."""
    labels = {"matchLabels": {"app": "web"}}
    return {**body, "spec": {**body["spec"], "selector": labels}}


def labelled(body: Object) -> Object:
    """Give a pod or a revision the label that it is selected by."""
    labels = {**(body["metadata"].get("labels") or {}), "app": "web"}
    return {**body, "metadata": {**body["metadata"], "labels": labels}}


def _where(body: Object) -> str:
    metadata = body["metadata"]
    return paths.resource(
        body.get("apiVersion", "v1"), PLURALS[body.get("kind", "Event")], metadata["name"], NAMESPACE
    )


def _wanted(found: Object, query: dict[str, str]) -> bool:
    have = {
        **(found["metadata"].get("labels") or {}),
        "involvedObject.uid": (found.get("involvedObject") or {}).get("uid"),
    }
    terms = ",".join(query.get(name, "") for name in ("labelSelector", "fieldSelector"))
    return all(have.get(key) == value for key, value in (t.split("=", 1) for t in terms.split(",") if t))


class Onlooker(Informer):
    """Reads its collection whenever it is asked for, instead of following it in a thread."""

    def __init__(self, town: Town, collection: Collection) -> None:
        super().__init__(town, collection)
        self._town = town

    def start(self) -> None:
        """Read nothing by itself."""

    def listen(self, listener: Listener, *, name: str = "", owner: str = "") -> int:
        self._town.listeners.add(listener)
        return super().listen(listener, name=name, owner=owner)

    def await_reading(self, number: int, *, whole: bool = False) -> None:  # noqa: ARG002  # all are new
        if self.collection.by_name:
            names = self.store.names()
            found = [self._town.get(f"{self.collection.path}/{name}") for name in names]
            self.store.replace(kept(each) for each in found if each is not None)
        else:
            self.store.replace(map(kept, self._town.list(self.collection.path, **self.collection.query)))


class Onlookers(Informers):
    """The informers of a cluster in memory."""

    def __init__(self, town: Town) -> None:
        super().__init__(town)
        self._town = town
        self.held: dict[Collection, Onlooker] = {}

    def acquire(self, collection: Collection) -> Informer:
        return self.held.setdefault(collection, Onlooker(self._town, collection))

    def release(self, collection: Collection) -> None:
        self.held.pop(collection, None)
