"""In which namespace Helm deploys an object of a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster

_Object = dict[str, Any]

_MOST_LOST = 100


class Placement:
    """Places the objects of one revision.

    Args:
        cluster: knows which kinds have a namespace.
        namespace: the release's.
    """

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._lost: set[tuple[str, str]] = set()

    def of(self, found: _Object) -> _Object:
        """Return the object with the namespace that Helm deploys it to; raises what the cluster raises.

        Args:
            found: the object as its manifest has it.
        """
        metadata = dict(found.get("metadata") or {})
        stated = metadata.pop("namespace", None)
        if self._namespaced(found.get("apiVersion") or "", found["kind"]):
            metadata["namespace"] = stated or self._namespace
        return {**found, "metadata": metadata}

    def _namespaced(self, api_version: str, kind: str) -> bool:
        """Tell whether objects live in a namespace; those of kinds that the cluster lost are taken to.

        For each lost kind the cluster is asked once, and not at all where there are more than a chart has.
        """
        if (api_version, kind) in self._lost or len(self._lost) >= _MOST_LOST:
            return True
        try:
            return self._cluster.find_kind(api_version, kind).namespaced
        except OperationError as error:
            if error.reason != Reason.UNKNOWN_KIND:
                raise
            self._lost.add((api_version, kind))
            return True
