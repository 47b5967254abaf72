"""The state of a release's objects at one moment, and what of it the newest revision has caused. Pure.

An upgrade must not fail because of what it did not cause, so a workload is judged only once

- Helm has applied it: it is new, and Helm's own annotation is on it; or its pod template is another than
  before; or it now has as many replicas as the release asks for, and had not before; and
- its controller has seen that (``observedGeneration``).

A workload that the upgrade does not change is never judged, even if it fails: another object of the release
may fix it, and Helm's own timeout covers it. Of a workload that is judged, a
pod counts only if it belongs to the newest template, did not exist before, and is not being deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects, template_revisions
from helm_rollback_component.core.health.pod_status import unschedulable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.core.health.objects import Key, Manifest
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

_OVER = frozenset({"Failed", "Succeeded"})
_RUNNING_HOOKS = frozenset(
    f"{when}-{what}" for when in ("pre", "post") for what in ("install", "upgrade", "rollback")
)


@dataclass(frozen=True)
class Mark:
    """The state of one object before an action.

    Attributes:
        uid: which object it was.
        template: its pod template, if it has one.
        replicas: how many replicas it was to have, if it says so.
        deadline: when its progress deadline was found to be passed (RFC 3339), or an empty string.
    """

    uid: str
    template: Manifest | None = None
    replicas: int | None = None
    deadline: str = ""


@dataclass(frozen=True)
class Baseline:
    """What there was before an action, so that the action did not cause it.

    Attributes:
        marks: the release's own objects.
        pods: the UIDs of their pods.
        events: how often each event about them had occurred, by the event's UID.
    """

    marks: Mapping[Key, Mark] = field(default_factory=dict)
    pods: frozenset[str] = frozenset()
    events: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """What is seen of a release's objects at one moment.

    Attributes:
        namespace: the release's.
        desired: the release's objects as its record has them, hooks included.
        live: those of them that exist.
        children: ReplicaSets, ControllerRevisions, Pods and claims that belong to them, of any revision.
        events: events by the UID of the object that they are about; of others they were not read.
        missing: kind, namespace and name of Secrets and ConfigMaps that were looked for and do not exist.
        baseline: what there was before.
    """

    namespace: str
    desired: tuple[Manifest, ...]
    live: Mapping[Key, Manifest]
    children: tuple[Manifest, ...] = ()
    events: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)
    missing: frozenset[tuple[str, str, str]] = frozenset()
    baseline: Baseline = field(default_factory=Baseline)

    def pods(self) -> Iterator[Manifest]:
        """Yield the pods of any revision."""
        return (child for child in self.children if child.get("kind") == "Pod")


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
    """

    object: Resource
    desired: Manifest
    live: Manifest
    creator: Manifest
    pods: tuple[Manifest, ...]
    siblings: tuple[Manifest, ...]
    mark: Mark | None


def mark(live: Manifest) -> Mark:
    """Return the present state of an object."""
    progressing = objects.condition(live, "Progressing")
    exceeded = progressing.get("reason") == "ProgressDeadlineExceeded"
    return Mark(
        uid=objects.uid(live),
        template=objects.spec(live).get("template"),
        replicas=objects.spec(live).get("replicas"),
        deadline=progressing.get("lastUpdateTime", "") if exceeded else "",
    )


def under_way(case: Case) -> bool:
    """Return whether some of its pods are still getting ready; old ones may then make room for others."""
    getting_ready = any(
        not objects.is_true(pod, "Ready")
        and objects.status(pod).get("phase") not in _OVER
        and not unschedulable(pod)
        for pod in case.pods
    )
    status = objects.status(case.live)
    return getting_ready or status.get("availableReplicas", 0) < status.get("readyReplicas", 0)


def cases(snapshot: Snapshot) -> Iterator[Case]:
    """Yield the objects that may be judged, in the order of the release's record."""
    for desired in objects.flatten(snapshot.desired):
        case = _case(snapshot, desired)
        if case is not None:
            yield case


def judged(desired: Manifest) -> bool:
    """Return whether an object can make a release fail; of hooks, only those that a deployment runs."""
    hook = objects.annotation(desired, objects.HOOK)
    runs = not hook or any(event.strip() in _RUNNING_HOOKS for event in hook.split(","))
    return runs and (objects.group(desired), desired.get("kind", "")) in JUDGED_KINDS


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
    if live is None or not judged(desired) or not applied(desired, live, before):
        return None
    creator = _creator(live, snapshot.children)
    siblings = (live,) if live.get("kind") == "Pod" else _siblings(live, creator, snapshot)
    return Case(
        object=objects.resource(desired, snapshot.namespace),
        desired=desired,
        live=live,
        creator=creator,
        pods=tuple(pod for pod in siblings if _counts(pod, live, snapshot)),
        siblings=siblings,
        mark=before,
    )


def _siblings(live: Manifest, creator: Manifest, snapshot: Snapshot) -> tuple[Manifest, ...]:
    owners = {objects.uid(live), objects.uid(creator)}
    return tuple(pod for pod in snapshot.pods() if any(objects.owned_by(pod, owner) for owner in owners))


def _creator(live: Manifest, children: tuple[Manifest, ...]) -> Manifest:
    if live.get("kind") != "Deployment":
        return live
    return template_revisions.newest_replica_set(live, children) or {}


def _counts(pod: Manifest, live: Manifest, snapshot: Snapshot) -> bool:
    return (
        not objects.terminating(pod)
        and objects.uid(pod) not in snapshot.baseline.pods
        and template_revisions.newest(pod, live, snapshot.children)
    )


def _template_changed(live: Manifest, before: Mark) -> bool:
    template = objects.spec(live).get("template")
    return template is not None and template != before.template


def _scaled(desired: Manifest, live: Manifest, before: Mark) -> bool:
    asked, has = objects.spec(desired).get("replicas"), objects.spec(live).get("replicas")
    return asked is not None and asked == has and has != before.replicas
