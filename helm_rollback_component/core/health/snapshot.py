"""The state of a release's objects at one moment, and what of it the newest revision has caused. Pure.

An upgrade must not fail because of what it did not cause, so a workload is judged only once

- Helm has applied it: it is new, and Helm's own annotation is on it; or its pod template is another than
  before; or it now has as many replicas as the release asks for, and had not before; and
- its controller has seen that (``observedGeneration``).

A workload that the upgrade does not change is not judged, even if it fails: another object of the release
may fix it, and Helm's own timeout covers it. Only what a bad revision left, and this one declares again, is
judged by what its pods do from now on (`new_tries`). Of another workload that is judged, a
pod counts only if it belongs to the newest template, did not exist before, and is not being deleted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects, template_revisions
from helm_rollback_component.core.health.baseline import Baseline, left_by_another
from helm_rollback_component.core.health.deletions import SeenApplied
from helm_rollback_component.core.health.new_tries import hooks_come_first, tried_again
from helm_rollback_component.core.health.pod_status import getting_ready

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from helm_rollback_component.core.health.baseline import Mark
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.unseen import Unseen
    from helm_rollback_component.results import Resource

JUDGED_KINDS = frozenset(
    {
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("batch", "Job"),
        ("", "PersistentVolumeClaim"),
        ("", "Pod"),
    }
)
"""Group and kind of the objects that can make a release fail."""

_RUNNING_HOOKS = frozenset(
    f"{when}-{what}" for when in ("pre", "post") for what in ("install", "upgrade", "rollback")
)
_DELETION_HOOKS = frozenset({"pre-delete", "post-delete"})


@dataclass(frozen=True)
class Snapshot:
    """What is seen of a release's objects at one moment.

    What follows from that is computed once, when it is first asked for, in one pass over the children.

    Attributes:
        namespace: the release's.
        desired: the release's objects as its record has them, hooks included.
        live: those of them that exist.
        absent: those that do not, though the cluster has their kind and they may be read.
        earlier: what was seen of them before.
        children: ReplicaSets, ControllerRevisions, Pods and claims that belong to them, of any revision.
        events: events by the UID of the object that they are about; of others they were not read.
        missing: kind, namespace and name of Secrets and ConfigMaps that were looked for and do not exist.
        baseline: what there was before.
        unseen: what the user may not read.
    """

    namespace: str
    desired: tuple[Manifest, ...]
    live: Mapping[Key, Manifest]
    children: tuple[Manifest, ...] = ()
    events: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)
    missing: frozenset[tuple[str, str, str]] = frozenset()
    baseline: Baseline = field(default_factory=Baseline)
    unseen: Unseen = field(default_factory=dict)
    absent: frozenset[Key] = frozenset()
    earlier: SeenApplied = field(default_factory=SeenApplied)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The objects that may be judged, in the order of the release's record."""
        found = (_case(self, desired) for desired in objects.flatten(self.desired))
        return tuple(case for case in found if case is not None)

    @cached_property
    def hooks_first(self) -> bool:
        """Whether hooks run before the objects are applied."""
        return hooks_come_first(self.desired)

    def pods(self) -> Iterator[Manifest]:
        """Yield the pods of any revision."""
        return (child for child in self.children if objects.kind(child) == "Pod")

    @property
    def ended_and_gone(self) -> frozenset[Key]:
        """Those that have ended well, and were deleted after that: nothing waits for them but Helm."""
        return self.absent & self.earlier.ended

    @cached_property
    def claims(self) -> Mapping[tuple[str, str], Manifest]:
        """The claims among the children, by namespace and name."""
        claims = (child for child in self.children if objects.kind(child) == "PersistentVolumeClaim")
        return {(objects.namespace_of(claim), objects.name(claim)): claim for claim in claims}

    def children_of(self, owner: Manifest) -> Sequence[Manifest]:
        """Return the children whose controller is that live object."""
        return self._by_controller.get(objects.uid(owner), ())

    def pods_of(self, owner: Manifest) -> Iterator[Manifest]:
        """Yield the pods, of any revision, whose controller is that live object."""
        return (child for child in self.children_of(owner) if objects.kind(child) == "Pod")

    @cached_property
    def _by_controller(self) -> Mapping[str, Sequence[Manifest]]:
        grouped: dict[str, list[Manifest]] = defaultdict(list)
        for child in self.children:
            grouped[objects.controller_uid(child)].append(child)
        grouped.pop("", None)
        return grouped


@dataclass(frozen=True)
class Case:
    """One of the release's own objects that may be judged.

    Attributes:
        object: the object as results name it.
        desired: the object as the release's record has it.
        live: the object as it is.
        creator: what creates its pods: a Deployment's newest ReplicaSet, else the object itself.
        pods: those of its pods that count.
        siblings: its pods; of a StatefulSet and a DaemonSet those of any revision.
        mark: its state before, if it existed.
        again: whether it is from a bad revision, and declared again: pods from before count as well.
    """

    object: Resource
    desired: Manifest
    live: Manifest
    creator: Manifest
    pods: tuple[Manifest, ...]
    siblings: tuple[Manifest, ...]
    mark: Mark | None
    again: bool = False

    @cached_property
    def unready(self) -> tuple[Manifest, ...]:
        """Those of its pods that are not ready; of a ready pod there is nothing to complain."""
        return tuple(pod for pod in self.pods if not objects.is_true(pod, "Ready"))

    @cached_property
    def under_way(self) -> bool:
        """Whether some of its pods are still getting ready; old ones may then make room for others."""
        status = objects.status(self.live)
        available, ready = (foreign.number(status, f"{which}Replicas") for which in ("available", "ready"))
        return any(map(getting_ready, self.unready)) or available < ready

    @cached_property
    def any_ready(self) -> bool:
        """Whether one of its pods is ready."""
        return len(self.unready) < len(self.pods)


def judged(desired: Manifest) -> bool:
    """Return whether an object can make a release fail; of hooks, only those that a deployment runs."""
    runs = not objects.is_hook(desired) or runs_as_hook(desired)
    return runs and (objects.group(desired), objects.kind(desired)) in JUDGED_KINDS


def runs_as_hook(desired: Manifest) -> bool:
    """Return whether an object is a hook that a deployment or a rollback may run."""
    return not _RUNNING_HOOKS.isdisjoint(objects.hook_events(desired))


def runs_as_deletion_hook(desired: Manifest) -> bool:
    """Return whether an object is a hook that an uninstall may run."""
    return not _DELETION_HOOKS.isdisjoint(objects.hook_events(desired))


def applied(desired: Manifest, live: Manifest, before: Mark | None) -> bool:
    """Return whether it is certain that Helm has applied the object, and that it changed its pods by that."""
    if objects.terminating(live) or not objects.observed(live):
        return False
    if before is None or before.uid != objects.uid(live):
        return objects.is_hook(desired) or bool(objects.annotation(live, objects.RELEASE_NAME))
    return _template_changed(live, before) or _scaled(desired, live, before)


def _case(snapshot: Snapshot, desired: Manifest) -> Case | None:
    key = objects.key(desired, snapshot.namespace)
    live = snapshot.live.get(key)
    before = snapshot.baseline.marks.get(key)
    if live is None or not judged(desired):
        return None
    again = not applied(desired, live, before)
    if again and (snapshot.hooks_first or not tried_again(desired, live, key, snapshot.baseline)):
        return None
    if objects.is_hook(desired) and left_by_another(live, snapshot.baseline.stored):
        return None
    creator = _creator(live, snapshot)
    siblings = (live,) if objects.kind(live) == "Pod" else tuple(snapshot.pods_of(creator))
    return Case(
        object=objects.resource(desired, snapshot.namespace),
        desired=desired,
        live=live,
        creator=creator,
        pods=_counting(siblings, live, snapshot, frozenset() if again else snapshot.baseline.pods),
        siblings=siblings,
        mark=before,
        again=again,
    )


def _creator(live: Manifest, snapshot: Snapshot) -> Manifest:
    if objects.kind(live) != "Deployment":
        return live
    return template_revisions.newest_replica_set(live, snapshot.children_of(live)) or {}


def _counting(
    siblings: Iterable[Manifest], live: Manifest, snapshot: Snapshot, before: Container[str]
) -> tuple[Manifest, ...]:
    newest = template_revisions.newest_hash(live, snapshot.children_of(live))
    return tuple(
        pod
        for pod in siblings
        if not objects.terminating(pod)
        and objects.uid(pod) not in before
        and template_revisions.has_hash(pod, newest)
    )


def _template_changed(live: Manifest, before: Mark) -> bool:
    template = foreign.mapping(objects.spec(live), "template")
    return bool(template) and template != before.template


def _scaled(desired: Manifest, live: Manifest, before: Mark) -> bool:
    asked, has = (foreign.spelled_number(objects.spec(each), "replicas") for each in (desired, live))
    return asked is not None and asked == has and has != before.replicas
