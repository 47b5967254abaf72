"""Objects of hooks that an earlier revision left: what they say is nothing about the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.snapshot import judged
from helm_rollback_component.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helm_rollback_component.kube.api.client import Cluster


def without_left_hooks(
    cluster: Cluster, namespace: str, declared: Sequence[dict[str, Any]], since: str
) -> Sequence[dict[str, Any]]:
    """Return the objects of a revision without those of hooks that existed before it.

    Args:
        cluster: where the release is.
        namespace: the release's.
        declared: the objects of the revision and of its hooks.
        since: when it was stored (RFC 3339), by the clock of the API server.
    """
    return [
        each
        for each in declared
        if not (objects.is_hook(each) and judged(each) and _older(cluster, namespace, each, since))
    ]


def _older(cluster: Cluster, namespace: str, hook: dict[str, Any], since: str) -> bool:
    key = objects.key(hook, namespace)
    try:
        path = cluster.object_path(str(hook.get("apiVersion", "")), key.kind, key.name, key.namespace)
        live = cluster.get(path)
    except OperationError:
        return False
    created = str(objects.meta(live or {}).get("creationTimestamp", ""))
    return "" < created < since
