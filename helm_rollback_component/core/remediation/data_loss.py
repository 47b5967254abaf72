"""Rollbacks that would destroy data: what is looked at before one, and what follows from what is found. Pure.

A rollback deletes the objects that the latest revision's manifest has and the target's has not (``Update`` in
Helm's ``pkg/kube/client.go``), except those that are annotated ``helm.sh/resource-policy: keep`` in the
cluster. Hooks are not in manifests. What can be made again from a manifest (Secrets, workloads) is
not data in this sense; what only the cluster has is: volumes, and the objects that others made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.remediation.prevention import Prevention
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helm_rollback_component.config import RollbackConfig
    from helm_rollback_component.core.health.objects import Key, Manifest

DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
CLAIM = ("", "PersistentVolumeClaim")
VOLUME = ("", "PersistentVolume")
NAMESPACE = ("", "Namespace")
STATEFUL_SET = ("apps", "StatefulSet")
HOLDING_DATA = frozenset({CLAIM, DEFINITION, NAMESPACE, VOLUME})
"""The kinds whose objects hold data themselves, or with what is in them."""
_HOLDERS = HOLDING_DATA | {STATEFUL_SET}

_BUILT_IN = frozenset(
    {
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
"""The API groups of Kubernetes itself that have a dot in their names; every other such group is custom."""

_NAMED = 5
"""How many of the objects a sentence names."""


@dataclass(frozen=True)
class Loss:
    """Data that a rollback would destroy, or may.

    Attributes:
        object: the object with which it goes.
        holds: what it holds, as part of a sentence: ``3 objects``; why that is not known, if it is not.
    """

    object: Key
    holds: str

    def __str__(self) -> str:
        """Return it as part of a sentence."""
        return f"{self.object} ({self.holds})"


@dataclass(frozen=True)
class Shrinkage:
    """A StatefulSet that a rollback may scale down, and that then deletes the claims of the pods that go.

    Attributes:
        manifest: the StatefulSet in the target.
        first: the lowest ordinal that it does not have there.
    """

    manifest: Manifest
    first: int


def kind_of(manifest: Manifest) -> tuple[str, str]:
    """Return an object's API group and kind."""
    return objects.group(manifest), objects.kind(manifest)


def is_custom(manifest: Manifest) -> bool:
    """Return whether the object is of a kind that is not one of Kubernetes itself."""
    group = objects.group(manifest)
    return "." in group and group not in _BUILT_IN


def may_hold_data(manifest: Manifest) -> bool:
    """Return whether an object of this kind can take data with it when it is deleted."""
    return kind_of(manifest) in _HOLDERS or is_custom(manifest)


def removed(current: Iterable[Manifest], target: Iterable[Manifest], namespace: str) -> tuple[Manifest, ...]:
    """Return the objects that a rollback deletes and that may hold data, by their heads.

    Args:
        current: the objects of the latest revision, without hooks.
        target: those of the revision to restore.
        namespace: the release's.
    """
    kept = {objects.key(each, namespace) for each in objects.flatten(target)}
    return tuple(
        each
        for each in objects.flatten(current)
        if may_hold_data(each) and objects.key(each, namespace) not in kept
    )


def shrunk(target: Iterable[Manifest]) -> tuple[Shrinkage, ...]:
    """Return the StatefulSets of a revision that, scaled down, delete the claims of the pods that go."""
    return tuple(
        Shrinkage(each, _ordinals(each))
        for each in objects.flatten(target)
        if kind_of(each) == STATEFUL_SET and _retention(each, "whenScaled") == "Delete"
    )


def prevention(losses: Sequence[Loss], rollback: RollbackConfig) -> Prevention | None:
    """Return why a rollback with these losses is not made; None if it may be.

    Args:
        losses: what it would destroy.
        rollback: the rollback section of the inputs.
    """
    if not losses or rollback.allow_data_loss:
        return None
    return Prevention(Reason.DATA_LOSS_PREVENTED, f"would destroy {told(losses)}")


def told(losses: Sequence[Loss]) -> str:
    """Return losses as part of a sentence."""
    more = [f"{len(losses) - _NAMED} more"] if len(losses) > _NAMED else []
    return ", ".join([*map(str, losses[:_NAMED]), *more])


def _ordinals(stateful_set: Manifest) -> int:
    spec = objects.spec(stateful_set)
    start = foreign.number(foreign.mapping(spec, "ordinals"), "start")
    return start + foreign.number(spec, "replicas", 1)


def _retention(stateful_set: Manifest, when: str) -> str:
    policy = foreign.mapping(objects.spec(stateful_set), "persistentVolumeClaimRetentionPolicy")
    return foreign.text(policy, when)
