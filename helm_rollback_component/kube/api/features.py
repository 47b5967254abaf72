"""Which rights each feature needs, as in ``docs/permissions``; those on a chart's objects apart. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from helm_rollback_component.kube.api.access import LEASES, Right


@dataclass(frozen=True)
class Feature:
    """Something that needs rights.

    Attributes:
        name: that of its file in ``docs/permissions``.
        rights: what it needs.
        without: what happens where a right is missing.
        cluster_wide: whether the rights are for the whole cluster, not for the release's namespace.
        required: whether nothing works without it.
    """

    name: str
    rights: tuple[Right, ...]
    without: str
    cluster_wide: bool = False
    required: bool = False


def _rights(resource: str, *verbs: str, group: str = "") -> tuple[Right, ...]:
    return tuple(Right(verb, resource, group) for verb in verbs)


FEATURES = (
    Feature(
        "release",
        (
            *_rights("secrets", "get", "list", "watch", "create", "update", "delete"),
            *_rights("leases", "get", "create", "update", "delete", group=LEASES),
        ),
        "nothing can be changed: no deployment, no rollback",
        required=True,
    ),
    Feature(
        "health",
        (
            *_rights("configmaps", "get", "list"),
            *_rights("events", "list", "watch"),
            *_rights("pods", "list", "watch"),
            *_rights("controllerrevisions", "list", "watch", group="apps"),
            *_rights("replicasets", "list", "watch", group="apps"),
        ),
        "failures are found by the timeout, not early",
    ),
    Feature("logs", _rights("pods/log", "get"), "no lines of the container that failed"),
    Feature(
        "events",
        _rights("events", "create", group="events.k8s.io"),
        "the result of an operation is not announced by an Event",
    ),
    Feature(
        "clearing",
        _rights("pods/eviction", "create"),
        "a pod that blocks the rollback of a StatefulSet is not evicted",
    ),
    Feature(
        "volumes",
        _rights("persistentvolumeclaims", "list", "watch"),
        "claims count as data: a rollback that might delete one is not made",
    ),
    Feature(
        "cluster",
        _rights("namespaces", "get"),
        "the cluster is known by its address and certificate authority",
        cluster_wide=True,
    ),
    Feature(
        "data",
        (
            *_rights("namespaces", "get"),
            *_rights("persistentvolumes", "get"),
            *_rights("*", "list", group="*"),
            *_rights("customresourcedefinitions", "get", group="apiextensions.k8s.io"),
        ),
        "definitions and namespaces count as data: a rollback that deletes one is not made",
        cluster_wide=True,
    ),
)
