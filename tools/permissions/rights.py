"""Requests to an API server, as the rights that they need. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


@dataclass(frozen=True, order=True)
class Right:
    """What a Role may grant.

    Attributes:
        group: the API group, an empty string for the core group.
        resource: in the plural, with its subresource: ``pods``, ``pods/log``.
        verb: such as ``get``.
        namespaced: whether it is needed in a namespace, else in the whole cluster.
    """

    group: str
    resource: str
    verb: str
    namespaced: bool

    @classmethod
    def of(cls, method: str, path: str, query: Mapping[str, str]) -> Self | None:
        """Return the right that a request needs; None where it is granted to every user.

        Args:
            method: of HTTP.
            path: such as ``/apis/apps/v1/namespaces/apps/deployments/web``; what follows a question mark
                does not count.
            query: its parameters.
        """
        root, *parts = path.partition("?")[0].strip("/").split("/")
        group, parts = ("", parts[1:]) if root == "api" else (parts[0] if parts else "", parts[2:])
        if not parts or group == "authorization.k8s.io":
            return None
        namespaced = parts[0] == "namespaces" and len(parts) > len(("namespaces", "apps"))
        resource, *rest = parts[2:] if namespaced else parts
        whole = "/".join([resource, *rest[1:]])
        return cls(group, whole, _verb(method, query, named=bool(rest)), namespaced)


def _verb(method: str, query: Mapping[str, str], *, named: bool) -> str:
    match method:
        case "GET" if query.get("watch"):
            return "watch"
        case "GET":
            return "get" if named else "list"
        case "DELETE":
            return "delete" if named else "deletecollection"
        case _:
            return _VERBS[method]
