"""In which namespace Helm deploys an object of a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster

_Object = dict[str, Any]


def placed(cluster: Cluster, namespace: str, found: _Object) -> _Object:
    """Return the object with the namespace that Helm deploys it to; raises what `cluster` raises.

    Args:
        cluster: knows which kinds have one.
        namespace: the release's.
        found: the object as its manifest has it.
    """
    metadata = dict(found.get("metadata") or {})
    stated = metadata.pop("namespace", None)
    if _namespaced(cluster, found):
        metadata["namespace"] = stated or namespace
    return {**found, "metadata": metadata}


def _namespaced(cluster: Cluster, found: _Object) -> bool:
    """Tell whether the object lives in a namespace; one of a kind that the cluster lost is taken to."""
    try:
        return cluster.find_kind(found.get("apiVersion", ""), found["kind"]).namespaced
    except OperationError as error:
        if error.reason != Reason.UNKNOWN_KIND:
            raise
        return True
