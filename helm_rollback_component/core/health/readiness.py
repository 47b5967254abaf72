"""Whether a release's objects are ready, and what is still waited for. Pure.

`readiness_rules` says what an object lacks. Jobs are waited for only where that was asked for, as Helm does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.readiness_rules import RULED_KINDS, lack
from helm_rollback_component.core.health.snapshot import judged
from helm_rollback_component.core.health.volume_events import awaits_consumer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.results import Resource

_PASSIVE_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "autoscaling",
        "batch",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)


_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
_JOB = ("batch", "Job")
_SERVICE = ("", "Service")


@dataclass(frozen=True)
class Unready:
    """One object that is not ready.

    Attributes:
        object: the object as results name it.
        lack: what it lacks, with how many of how many: ``1 of 3 updated replicas are available``.
    """

    object: Resource
    lack: str

    def __str__(self) -> str:
        return f"{self.object.kind} {self.object.name}: {self.lack}"


@dataclass(frozen=True)
class Readiness:
    """How far a release's objects are.

    Attributes:
        unready: those that are not ready, in the order of the release's record.
        excused: those that are not ready either, but were not before (`known_shortage`).
    """

    unready: tuple[Unready, ...] = ()
    excused: tuple[Unready, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether all of them are ready, but for those that are excused."""
        return not self.unready


def readiness(snapshot: Snapshot, *, wait_for_jobs: bool = False, load_balancers: bool = False) -> Readiness:
    """Return how far the release's objects are; hooks are not looked at.

    Args:
        snapshot: what is seen of them.
        wait_for_jobs: whether Jobs have to be complete; else they are not looked at.
        load_balancers: whether load balancers have to have an address, as Helm 3 waits for it.
    """
    return Readiness(tuple(_unready(snapshot, wait_for_jobs=wait_for_jobs, load_balancers=load_balancers)))


def needs_a_look(desired: Manifest, *, load_balancers: bool = False) -> bool:
    """Return whether an object can be unready at all once it exists: a ConfigMap cannot, a Deployment can.

    Args:
        desired: the object.
        load_balancers: whether a load balancer counts as unready while it has no address.
    """
    kind = (objects.group(desired), objects.kind(desired))
    if objects.is_hook(desired):
        return False
    if kind == _SERVICE:
        return load_balancers and objects.spec(desired).get("type") == "LoadBalancer"
    return kind in RULED_KINDS or kind[0] not in _PASSIVE_GROUPS


def judged_or_served(desired: Manifest) -> bool:
    """Return whether more than the name of a declared object is needed to say what is waited for."""
    return judged(desired) or (objects.group(desired), objects.kind(desired)) == _SERVICE


def settled(live: Manifest) -> bool:
    """Return whether an object that exists need not be read again while nobody applies another spec to it.

    So it is if it can neither make the release fail (`judged`) nor become unready:

    - Nothing waits for it (`needs_a_look`): a ConfigMap, a Secret, a Role, which have no status, and kinds
      whose status is not waited for, such as a Namespace.
    - It is a definition that is established. The API server never takes ``Established`` back, not even for
      a later conflict of names (``naming_controller.go`` in apiextensions-apiserver keeps it).

    Everything else may change:

    - A claim that is bound loses its volume (phase ``Lost``), a pod and a workload their readiness.
    - A custom resource that is ready is reconciled again. One without a status may get a status later, from
      a controller that is only being started; it may even if its definition has no ``status`` subresource
      (an ``Application`` of Argo CD).
    """
    if judged(live):
        return False
    return not needs_a_look(live) or _established(live)


def _established(live: Manifest) -> bool:
    kind = (objects.group(live), objects.kind(live))
    holds = all(objects.is_true(live, each) for each in ("Established", "NamesAccepted"))
    return kind == _DEFINITION and holds and not lack(live)


def _ready_without(key: Key, snapshot: Snapshot) -> bool:
    """Whether an object need not be there any more, or gets nothing more until something else uses it."""
    live = snapshot.live.get(key)
    return key in snapshot.ended_and_gone or bool(live and awaits_consumer(live, snapshot.events))


def _unready(snapshot: Snapshot, *, wait_for_jobs: bool, load_balancers: bool) -> Iterator[Unready]:
    for desired in objects.flatten(snapshot.desired):
        key = objects.key(desired, snapshot.namespace)
        counts = wait_for_jobs or (key.group, key.kind) != _JOB
        if not counts or not needs_a_look(desired, load_balancers=load_balancers):
            continue
        lacks = lack(snapshot.live.get(key))
        if lacks and not _ready_without(key, snapshot):
            yield Unready(objects.resource(desired, snapshot.namespace), lacks)
