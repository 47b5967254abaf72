"""Which ReplicaSet, and which pods, belong to a workload's newest template. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.core.health.objects import Manifest

REVISION_HASH = "controller-revision-hash"
TEMPLATE_HASH = "pod-template-hash"


def newest_hash(owner: Manifest, children: Iterable[Manifest]) -> str | None:
    """Return what tells the pods with an owner's newest template (`has_hash`), an empty string until known.

    It is None for a Deployment, whose pods are selected by their ReplicaSet (`newest_replica_set`), and for
    kinds without revisions: all of their pods have it.

    Args:
        owner: the live object.
        children: what it controls, at least.
    """
    match objects.kind(owner):
        case "DaemonSet":
            return newest_revision_hash(owner, children)
        case "StatefulSet":
            return foreign.text(objects.status(owner), "updateRevision")
        case _:
            return None


def has_hash(pod: Manifest, newest: str | None) -> bool:
    """Return whether a pod certainly has its owner's newest template, which `newest_hash` tells."""
    return newest is None or (newest != "" and objects.label(pod, REVISION_HASH) == newest)


def newest_replica_set(deployment: Manifest, children: Iterable[Manifest]) -> Manifest | None:
    """Return the ReplicaSet that has the Deployment's template now, if it exists already.

    Of several the oldest, as ``FindNewReplicaSet`` in Kubernetes' ``pkg/controller/deployment/util`` has it.
    """
    template = objects.spec(deployment).get("template")
    same = [
        child
        for child in _owned(children, "ReplicaSet", objects.uid(deployment))
        if _without_hash(foreign.mapping(objects.spec(child), "template")) == template
    ]
    return min(same, key=_created, default=None)


def newest_revision_hash(daemon_set: Manifest, children: Iterable[Manifest]) -> str:
    """Return the label value of the pods with a DaemonSet's newest template, or an empty string."""
    revisions = _owned(children, "ControllerRevision", objects.uid(daemon_set))
    newest = max(revisions, key=lambda each: foreign.number(each, "revision"), default={})
    return objects.label(newest, REVISION_HASH)


def _owned(children: Iterable[Manifest], kind: str, owner: str) -> Iterator[Manifest]:
    return (
        child for child in children if objects.kind(child) == kind and objects.controller_uid(child) == owner
    )


def _without_hash(template: Manifest) -> Manifest:
    """Return the template without the one label that the controller adds to it."""
    metadata = objects.meta(template)
    labels = foreign.mapping(metadata, "labels").items()
    ours = {label: value for label, value in labels if label != TEMPLATE_HASH}
    return {**template, "metadata": {**metadata, "labels": ours}}


def _created(live: Manifest) -> str:
    return foreign.text(objects.meta(live), "creationTimestamp")
