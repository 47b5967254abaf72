"""Looking at what there is of a release's objects: effects only, `core.health.snapshot` says what it means.

Everything is polled with the objects' own selectors. A look at a Deployment that was not changed is one
request, at one that is being rolled out two; neither grows with the namespace.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.readiness import needs_a_look, settled
from helm_rollback_component.core.health.snapshot import Baseline, Snapshot, applied, judged, mark
from helm_rollback_component.core.health.template_revisions import (
    REVISION_HASH,
    newest_replica_set,
    newest_revision_hash,
)
from helm_rollback_component.core.health.workload_rules import occurrences
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.kube.health.queries import Inquirer
from helm_rollback_component.kube.health.reads import (
    at_once,
    events_about,
    live_objects,
    namespace_of,
    pods_metadata,
    pods_of,
    selector,
    workloads,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock

_TELL_BY_EVENTS = frozenset({"DaemonSet", "StatefulSet"})


def baseline(cluster: Cluster, namespace: str, manifests: Sequence[Manifest]) -> Baseline:
    """Return what there is now, so that none of it is counted against what is done next.

    Args:
        cluster: where the release lives.
        namespace: the release's.
        manifests: every object that the release may have now, hooks included: those of its newest revision,
            and of the deployed one if that is another.

    Raises:
        OperationError: what the cluster refused.
    """
    live = live_objects(cluster, namespace, filter(judged, objects.flatten(manifests)))
    with_pods = [*workloads(live.values())]
    telling = [each for each in with_pods if each.get("kind") in _TELL_BY_EVENTS]
    pods = chain(*at_once(lambda each: pods_metadata(cluster, each), with_pods))
    told = chain(*at_once(lambda each: events_about(cluster, namespace_of(each), objects.uid(each)), telling))
    own = [objects.uid(each) for each in live.values() if each.get("kind") == "Pod"]
    return Baseline(
        marks={key: mark(each) for key, each in live.items()},
        pods=frozenset([*(str(pod["uid"]) for pod in pods), *own]),
        events={objects.uid(event): occurrences(event) for event in told},
    )


def judged_or_awaited(desired: Manifest) -> bool:
    """Return whether judgement or readiness depend on the object."""
    return judged(desired) or needs_a_look(desired)


class Observer:
    """Looks at one release's objects again and again. Not safe to use from more than one thread."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        before: Baseline,
        *,
        wants: Callable[[Manifest], bool] = judged,
        clock: Clock = CLOCK,
    ) -> None:
        """Look at nothing yet.

        Args:
            cluster: where the release lives.
            namespace: the release's.
            before: what there was before.
            wants: which of the release's objects to read; what may be judged, unless told otherwise.
            clock: tells how old an answer is that is not read anew at every look.
        """
        self._cluster = cluster
        self._namespace = namespace
        self._before = before
        self._wants = wants
        self._inquirer = Inquirer(cluster, clock)
        self._revisions: dict[tuple[str, int], Manifest] = {}
        self._settled: dict[Key, Manifest] = {}
        self._children_by_kind: Mapping[str, Callable[[Manifest], list[Manifest]]] = {
            "DaemonSet": self._of_daemon_set,
            "Deployment": self._of_deployment,
        }

    def look(self, manifests: Sequence[Manifest]) -> Snapshot:
        """Return what there is of the release's objects now.

        Raises:
            OperationError: what the cluster refused.
        """
        desired = tuple(filter(self._wants, objects.flatten(manifests)))
        live = self._live(desired)
        owners = [live[key] for each in desired if self._has_children(each, key := self._key(each), live)]
        children = tuple(chain(*at_once(self._children, owners)))
        return self._inquirer.complete(
            Snapshot(self._namespace, desired, live, children, baseline=self._before)
        )

    def _live(self, desired: Sequence[Manifest]) -> dict[Key, Manifest]:
        """Return those of the objects that exist; what is settled is not read again."""
        unsettled = [each for each in desired if self._key(each) not in self._settled]
        live = live_objects(self._cluster, self._namespace, unsettled)
        self._settled |= {key: each for key, each in live.items() if settled(each)}
        return self._settled | live

    def _key(self, desired: Manifest) -> Key:
        return objects.key(desired, self._namespace)

    def _has_children(self, desired: Manifest, key: Key, live: Mapping[Key, Manifest]) -> bool:
        """Whether its children may matter: a StatefulSet's always do, another's once it was applied."""
        if key not in live or not selector(live[key]):
            return False
        return key.kind == "StatefulSet" or applied(desired, live[key], self._before.marks.get(key))

    def _children(self, owner: Manifest) -> list[Manifest]:
        return self._children_by_kind.get(owner.get("kind", ""), self._pods)(owner)

    def _pods(self, owner: Manifest) -> list[Manifest]:
        return pods_of(self._cluster, owner)

    def _of_deployment(self, deployment: Manifest) -> list[Manifest]:
        newest = self._remembered(deployment, self._replica_set)
        return [newest, *self._pods(newest)] if newest else []

    def _of_daemon_set(self, daemon_set: Manifest) -> list[Manifest]:
        newest = self._remembered(daemon_set, self._controller_revision)
        if newest is None:
            return []
        of_newest = f"{selector(daemon_set)},{REVISION_HASH}={objects.label(newest, REVISION_HASH)}"
        where = paths.pods(namespace_of(daemon_set))
        return [newest, *self._cluster.list(where, labelSelector=of_newest)]

    def _remembered(self, owner: Manifest, read: Callable[[Manifest], Manifest | None]) -> Manifest | None:
        """Return the child that has the owner's newest template, read again only if it may have changed."""
        about = (objects.uid(owner), objects.meta(owner).get("generation", 0))
        if about in self._revisions and not objects.is_true(owner, "ReplicaFailure"):
            return {**self._revisions[about], "status": {}}
        found = read(owner)
        if found is not None:
            self._revisions[about] = found
        return found

    def _replica_set(self, deployment: Manifest) -> Manifest | None:
        return newest_replica_set(deployment, self._selected("replicasets", deployment))

    def _controller_revision(self, daemon_set: Manifest) -> Manifest | None:
        revisions = self._selected("controllerrevisions", daemon_set)
        newest = newest_revision_hash(daemon_set, revisions)
        return next((each for each in revisions if objects.label(each, REVISION_HASH) == newest), None)

    def _selected(self, plural: str, owner: Manifest) -> list[Manifest]:
        where = paths.resource("apps/v1", plural, "", namespace_of(owner))
        return [*self._cluster.list(where, labelSelector=selector(owner))]
