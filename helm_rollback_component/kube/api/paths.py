"""Where the API server keeps the kinds of objects that this package itself reads and writes."""

from __future__ import annotations

from urllib.parse import quote

ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
"""Where it answers whether the user may do something."""
RULES_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
"""Where it lists what the user may do in a namespace."""
GROUPS = "/apis"
"""Where it lists its API groups."""
VERSION = "/version"
"""Where it tells its own version."""


def namespace(name: str) -> str:
    """Return the path of the namespace called `name`."""
    return _path("api/v1", "", "namespaces", name)


def secrets(namespace: str, name: str = "") -> str:
    """Return the path of one Secret, or of all of the namespace where `name` is empty."""
    return _path("api/v1", namespace, "secrets", name)


def pods(namespace: str, name: str = "") -> str:
    """Return the path of one Pod, or of all of the namespace where `name` is empty."""
    return _path("api/v1", namespace, "pods", name)


def leases(namespace: str, name: str = "") -> str:
    """Return the path of one Lease, or of all of the namespace where `name` is empty."""
    return _path("apis/coordination.k8s.io/v1", namespace, "leases", name)


def events(namespace: str) -> str:
    """Return the path of the Events of the namespace."""
    return _path("apis/events.k8s.io/v1", namespace, "events", "")


def resource(api_version: str, plural: str, name: str, namespace: str) -> str:
    """Return the path of any object, or of all of its kind where `name` is empty.

    Args:
        api_version: such as ``v1`` or ``apps/v1``.
        plural: the kind's name in paths, such as ``deployments``.
        name: the object's name, or an empty string.
        namespace: its namespace; an empty string for an object of the whole cluster, or for all namespaces.
    """
    return _path(group_version(api_version).lstrip("/"), namespace, plural, name)


def parts(path: str) -> tuple[str, str, str, str]:
    """Return the API group, the kind's name in paths, the namespace and the name in an object's path."""
    root, *rest = path.strip("/").split("/")
    group, rest = ("", rest[1:]) if root == "api" else (rest[0], rest[2:])
    inside = len(rest) > len(("namespaces", "apps"))
    return group, rest[-2], rest[1] if inside else "", rest[-1]


def group_version(api_version: str) -> str:
    """Return the path of everything in an API version such as ``v1`` or ``apps/v1``."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _path(root: str, namespace: str, plural: str, name: str) -> str:
    scope = ["namespaces", quote(namespace, safe="")] if namespace else []
    leaf = [quote(name, safe="")] if name else []
    return "/" + "/".join([root, *scope, plural, *leaf])
