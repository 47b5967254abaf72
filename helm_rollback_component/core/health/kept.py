"""What is kept in memory of a live object: what the rules of this package read, and nothing else. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.field_owners import foreign_entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.health.objects import Manifest

_METADATA = frozenset(
    {
        "creationTimestamp",
        "deletionTimestamp",
        "generation",
        "labels",
        "name",
        "namespace",
        "ownerReferences",
        "resourceVersion",
        "uid",
    }
)
_SPEC = frozenset(
    {
        "completions",
        "ordinals",
        "parallelism",
        "paused",
        "podManagementPolicy",
        "replicas",
        "selector",
        "suspend",
        "template",
        "updateStrategy",
    }
)
_STATUS = frozenset(
    {
        "active",
        "availableReplicas",
        "conditions",
        "containerStatuses",
        "currentNumberScheduled",
        "currentRevision",
        "desiredNumberScheduled",
        "failed",
        "initContainerStatuses",
        "nominatedNodeName",
        "numberAvailable",
        "numberReady",
        "observedGeneration",
        "phase",
        "readyReplicas",
        "reason",
        "replicas",
        "succeeded",
        "updatedNumberScheduled",
        "updatedReplicas",
        "updateRevision",
    }
)
_EVENT = frozenset(
    {
        "apiVersion",
        "count",
        "eventTime",
        "firstTimestamp",
        "involvedObject",
        "kind",
        "lastTimestamp",
        "message",
        "reason",
        "series",
    }
)
_WORKLOADS = {"apps": ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), "batch": ("Job",)}
_NAMES = frozenset({"apiVersion", "kind"})
_CLAIM = frozenset({"persistentVolumeClaim"})
_PULL_SECRETS = frozenset({"imagePullSecrets"})


def kept(live: Manifest) -> Manifest:
    """Return what is kept of an object as the API server gives it."""
    rule = _RULES.get((objects.group(live), objects.kind(live)), _status_alone)
    return {**rule(live), "metadata": _metadata(live)}


def _metadata(live: Manifest) -> Manifest:
    found = _only(_METADATA, objects.meta(live))
    release = objects.annotation(live, objects.RELEASE_NAME)
    if release and not objects.controller_uid(live) and (others := foreign_entries(live)):
        found["managedFields"] = others
    return {**found, "annotations": {objects.RELEASE_NAME: release}} if release else found


def _status_alone(live: Manifest) -> Manifest:
    return {**_only(_NAMES, live), "status": _only(_STATUS, objects.status(live))}


def _workload(live: Manifest) -> Manifest:
    return {**_status_alone(live), "spec": _only(_SPEC, objects.spec(live))}


def _pod(live: Manifest) -> Manifest:
    volumes = foreign.mappings(objects.spec(live), "volumes")
    claims = [_only(_CLAIM, each) for each in volumes if each.get("persistentVolumeClaim")]
    spec = {**_only(_PULL_SECRETS, objects.spec(live)), "volumes": claims}
    return {**_status_alone(live), "spec": spec}


def _service(live: Manifest) -> Manifest:
    status = _only(frozenset({"loadBalancer"}), objects.status(live))
    spec = _only(frozenset({"externalIPs", "type"}), objects.spec(live))
    return {**_only(_NAMES, live), "spec": spec, "status": status}


def _controller_revision(live: Manifest) -> Manifest:
    return {**_status_alone(live), "revision": foreign.number(live, "revision")}


def _event(live: Manifest) -> Manifest:
    return _only(_EVENT, live)


def _only(keys: frozenset[str], found: Manifest) -> dict[str, object]:
    return {key: value for key, value in found.items() if key in keys}


_RULES: dict[tuple[str, str], Callable[[Manifest], Manifest]] = {
    ("", "Event"): _event,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("apps", "ControllerRevision"): _controller_revision,
    **{(group, kind): _workload for group, kinds in _WORKLOADS.items() for kind in kinds},
}
