"""Reading what there is of a release's objects: effects only, `core.snapshot` says what it means.

Everything is polled with the objects' own selectors. A look at a Deployment that was not changed is one
request, at one that is being rolled out two; neither grows with the namespace.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core import objects
from helm_rollback_component.core.questions import Questions, questions
from helm_rollback_component.core.readiness import needs_a_look
from helm_rollback_component.core.revisions import REVISION_HASH, newest_replica_set, newest_revision_hash
from helm_rollback_component.core.snapshot import JUDGED_KINDS, Baseline, Snapshot, applied, judged, mark
from helm_rollback_component.core.workloads import occurrences
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from helm_rollback_component.core.objects import Key, Manifest
    from helm_rollback_component.kube.client import Cluster

_ANSWERS_LAST = 2.0
_WORKLOADS = JUDGED_KINDS - {("", "PersistentVolumeClaim"), ("", "Pod")}
_TELL_BY_EVENTS = frozenset({"DaemonSet", "StatefulSet"})


def baseline(cluster: Cluster, namespace: str, manifests: Sequence[Manifest]) -> Baseline:
    """Return what there is now, so that none of it is held against what is done next.

    Args:
        cluster: where the release lives.
        namespace: the release's.
        manifests: every object that the release may have now, hooks included: those of its newest revision,
            and of the deployed one if that is another.

    Raises:
        OperationError: what the cluster refused.
    """
    live = _read(cluster, namespace, filter(judged, objects.flatten(manifests)))
    with_pods = [each for each in live.values() if _selector(each)]
    pods = (pod for each in with_pods for pod in _pods_metadata(cluster, each))
    telling = (each for each in with_pods if each.get("kind") in _TELL_BY_EVENTS)
    told = (event for each in telling for event in _events(cluster, _namespace(each), objects.uid(each)))
    return Baseline(
        marks={key: mark(each) for key, each in live.items()},
        pods=frozenset([str(pod["uid"]) for pod in pods] + _own_pods(live.values())),
        events={objects.uid(event): occurrences(event) for event in told},
    )


class Observer:
    """Looks at one release's objects again and again. Not safe to use from more than one thread."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        before: Baseline,
        *,
        wants: Callable[[Manifest], bool] = judged,
    ) -> None:
        """Look at nothing yet.

        Args:
            cluster: where the release lives.
            namespace: the release's.
            before: what there was before.
            wants: which of the release's objects to read; what may be judged, unless told otherwise.
        """
        self._cluster = cluster
        self._namespace = namespace
        self._before = before
        self._wants = wants
        self._revisions: dict[tuple[str, int], Manifest] = {}
        self._answers = _Answers()

    def look(self, manifests: Sequence[Manifest]) -> Snapshot:
        """Return what there is of the release's objects now.

        Raises:
            OperationError: what the cluster refused.
        """
        desired = tuple(filter(self._wants, objects.flatten(manifests)))
        live = _read(self._cluster, self._namespace, desired)
        children = [child for each in desired for child in self._children(each, live)]
        seen = Snapshot(self._namespace, desired, live, tuple(children), baseline=self._before)
        return self._explained(seen)

    def _children(self, desired: Manifest, all_live: dict[Key, Manifest]) -> Iterator[Manifest]:
        key = objects.key(desired, self._namespace)
        live = all_live.get(key)
        if live is None or not _selector(live):
            return
        if key.kind == "StatefulSet" or applied(desired, live, self._before.marks.get(key)):
            yield from _CHILDREN.get(key.kind, Observer._pods_of)(self, live)

    def _pods_of(self, owner: Manifest) -> Iterator[Manifest]:
        yield from self._cluster.list(paths.pods(_namespace(owner)), labelSelector=_selector(owner))

    def _of_deployment(self, deployment: Manifest) -> Iterator[Manifest]:
        newest = self._remembered(deployment, self._replica_set)
        if newest is not None:
            yield newest
            yield from self._pods_of(newest)

    def _of_daemon_set(self, daemon_set: Manifest) -> Iterator[Manifest]:
        newest = self._remembered(daemon_set, self._controller_revision)
        if newest is not None:
            selector = f"{_selector(daemon_set)},{REVISION_HASH}={objects.label(newest, REVISION_HASH)}"
            yield newest
            yield from self._cluster.list(paths.pods(_namespace(daemon_set)), labelSelector=selector)

    def _remembered(self, owner: Manifest, read: Callable[[Manifest], Manifest | None]) -> Manifest | None:
        """Return the child that has the owner's newest template, read again only if it may have changed."""
        about = (objects.uid(owner), objects.meta(owner).get("generation", 0))
        if about not in self._revisions or objects.is_true(owner, "ReplicaFailure"):
            found = read(owner)
            if found is None:
                return None
            self._revisions[about] = found
            return found
        return {**self._revisions[about], "status": {}}

    def _replica_set(self, deployment: Manifest) -> Manifest | None:
        where = paths.resource("apps/v1", "replicasets", "", _namespace(deployment))
        return newest_replica_set(deployment, self._cluster.list(where, labelSelector=_selector(deployment)))

    def _controller_revision(self, daemon_set: Manifest) -> Manifest | None:
        where = paths.resource("apps/v1", "controllerrevisions", "", _namespace(daemon_set))
        all_of_it = self._cluster.list(where, labelSelector=_selector(daemon_set))
        newest = newest_revision_hash(daemon_set, all_of_it)
        return next((each for each in all_of_it if objects.label(each, REVISION_HASH) == newest), None)

    def _explained(self, seen: Snapshot) -> Snapshot:
        """Return the snapshot with what else has to be known of it, read anew every two seconds."""
        asked = questions(seen)
        if not asked:
            return seen
        if not self._answers.hold_for(asked):
            self._answers = self._answer(asked, seen)
        return self._answers.within(seen)

    def _answer(self, asked: Questions, seen: Snapshot) -> _Answers:
        claims = [*self._claims(asked)]
        with_claims = replace(seen, children=(*seen.children, *claims))
        about = asked.events | questions(with_claims).events
        return _Answers(
            asked=asked,
            children=(*claims, *(self._terminating(seen) if asked.crowded else ())),
            events={uid: tuple(_events(self._cluster, namespace, uid)) for namespace, uid in about},
            missing=frozenset(each for each in asked.needed if not self._exists(*each)),
            since=time.monotonic(),
        )

    def _claims(self, asked: Questions) -> Iterator[Manifest]:
        for namespace, name in asked.claims:
            path = paths.resource("v1", "persistentvolumeclaims", name, namespace)
            found = self._cluster.get(path)
            if found is not None:
                yield found

    def _terminating(self, seen: Snapshot) -> Iterator[Manifest]:
        for owner in filter(_selector, seen.live.values()):
            for metadata in _pods_metadata(self._cluster, owner):
                if metadata.get("deletionTimestamp"):
                    yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}

    def _exists(self, kind: str, namespace: str, name: str) -> bool:
        where = paths.resource("v1", f"{kind.lower()}s", "", namespace)
        return bool(self._cluster.list_metadata(where, fieldSelector=f"metadata.name={name}"))


_CHILDREN: dict[str, Callable[[Observer, Manifest], Iterator[Manifest]]] = {
    "DaemonSet": Observer._of_daemon_set,  # noqa: SLF001  # the class's own table
    "Deployment": Observer._of_deployment,  # noqa: SLF001  # the same
}


@dataclass(frozen=True)
class _Answers:
    """What was read in answer to questions, and when."""

    asked: Questions = field(default_factory=Questions)
    children: tuple[Manifest, ...] = ()
    events: dict[str, tuple[Manifest, ...]] = field(default_factory=dict)
    missing: frozenset[tuple[str, str, str]] = frozenset()
    since: float = 0.0

    def hold_for(self, asked: Questions) -> bool:
        return asked == self.asked and time.monotonic() < self.since + _ANSWERS_LAST

    def within(self, seen: Snapshot) -> Snapshot:
        return replace(
            seen, children=(*seen.children, *self.children), events=self.events, missing=self.missing
        )


def judged_or_awaited(desired: Manifest) -> bool:
    """Return whether judgement or readiness depend on the object."""
    return judged(desired) or needs_a_look(desired)


def _read(cluster: Cluster, namespace: str, manifests: Iterable[Manifest]) -> dict[Key, Manifest]:
    found: dict[Key, Manifest] = {}
    for desired in manifests:
        key = objects.key(desired, namespace)
        live = cluster.get(path) if (path := _path(cluster, desired, key)) else None
        if live is not None:
            found[key] = live
    return found


def _path(cluster: Cluster, desired: Manifest, key: Key) -> str:
    """Return where the object is, an empty string if the cluster does not have its kind (yet)."""
    try:
        return cluster.object_path(desired.get("apiVersion", ""), key.kind, key.name, key.namespace)
    except OperationError as error:
        if error.reason == "UnknownKind":
            return ""
        raise


def _selector(owner: Manifest) -> str:
    """Return what selects a workload's pods, an empty string if it is none or selects none."""
    if (objects.group(owner), owner.get("kind")) not in _WORKLOADS:
        return ""
    return objects.label_selector(objects.spec(owner).get("selector") or {})


def _namespace(manifest: Manifest) -> str:
    return str(objects.meta(manifest).get("namespace", ""))


def _pods_metadata(cluster: Cluster, owner: Manifest) -> Iterator[Manifest]:
    yield from cluster.list_metadata(paths.pods(_namespace(owner)), labelSelector=_selector(owner))


def _own_pods(live: Iterable[Manifest]) -> list[str]:
    return [objects.uid(each) for each in live if each.get("kind") == "Pod"]


def _events(cluster: Cluster, namespace: str, uid: str) -> Iterator[Manifest]:
    where = paths.resource("v1", "events", "", namespace)
    yield from cluster.list(where, fieldSelector=f"involvedObject.uid={uid}")
