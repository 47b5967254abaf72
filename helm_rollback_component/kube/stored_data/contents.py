"""What is in a custom resource definition, and in a namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.wording import counted
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.api.client import Cluster

_MADE_BY_KUBERNETES = {"configmaps": "kube-root-ca.crt", "serviceaccounts": "default"}
_NO_CONTENT = frozenset({"events", "endpoints", "endpointslices", "leases"})


def in_definition(cluster: Cluster, definition: Manifest) -> str:
    """Return what objects of a custom kind there are: ``3 objects``; empty without one.

    Raises:
        OperationError: what the cluster refused.
    """
    spec = objects.spec(definition)
    served = [version for version in foreign.mappings(spec, "versions") if foreign.flag(version, "served")]
    if not served:
        return "its objects cannot be listed, because no version of it is served"
    version = next((each for each in served if foreign.flag(each, "storage")), served[0])
    api_version = f"{foreign.text(spec, 'group')}/{foreign.text(version, 'name')}"
    where = paths.resource(api_version, foreign.text(foreign.mapping(spec, "names"), "plural"), "", "")
    try:
        count = cluster.count(where)
    except OperationError as error:
        if error.reason != Reason.NOT_FOUND:
            raise
        count = 0
    return counted(count, "object") if count else ""


def in_namespace(cluster: Cluster, namespace: str) -> str:
    """Return which kind of object there is in a namespace, the first that is found; empty if it is empty.

    What Kubernetes itself puts into each namespace does not count.

    Raises:
        OperationError: what the cluster refused.
    """
    for api_version, plural in _kinds(cluster):
        usual = _MADE_BY_KUBERNETES.get(plural)
        query = {"fieldSelector": f"metadata.name!={usual}"} if usual else {}
        if cluster.count(paths.resource(api_version, plural, "", namespace), **query):
            return f"{plural} and whatever else is in it"
    return ""


def _kinds(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield every kind of object that a namespace can hold: API version and name in paths."""
    groups = (cluster.get(paths.GROUPS) or {}).get("groups") or ()
    for api_version in ("v1", *(group["preferredVersion"]["groupVersion"] for group in groups)):
        listed = (cluster.get(paths.group_version(api_version)) or {}).get("resources") or ()
        yield from ((api_version, each["name"]) for each in listed if _counts(each))


def _counts(kind: Mapping[str, Any]) -> bool:
    return kind["namespaced"] and "list" in kind["verbs"] and kind["name"] not in _NO_CONTENT
