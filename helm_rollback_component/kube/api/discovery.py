"""What an API server offers: its kinds, looked up once, and what its version can do."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VALIDATES_FIELDS = (1, 27)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class ApiKind:
    """One kind that the API server has.

    Attributes:
        plural: its name in paths, such as ``deployments``.
        namespaced: whether its objects live in namespaces.
    """

    plural: str
    namespaced: bool


class Discovery:
    """The kinds of one API server. Safe to use from any thread."""

    def __init__(self, read: Callable[[str], dict[str, Any] | None]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, ApiKind]] = {}

    def find(self, api_version: str, kind: str) -> ApiKind:
        """Return what is known of a kind; one not seen before is looked up.

        Raises:
            OperationError: ``UnknownKind`` if the server does not have it, or the look-up failed.
        """
        found = self._known.get(api_version, {}).get(kind) or self._look_up(api_version).get(kind)
        if found is None:
            raise OperationError(
                f"the cluster has no kind {kind} in {api_version}",
                reason=Reason.UNKNOWN_KIND,
            )
        return found

    def forget(self) -> None:
        """Look every kind up again when it is next asked for."""
        with self._lock:
            self._known = {}

    def _look_up(self, api_version: str) -> dict[str, ApiKind]:
        kinds = kinds_of(self._read(paths.group_version(api_version)) or {})
        with self._lock:
            self._known[api_version] = kinds
        return kinds


def kinds_of(resource_list: dict[str, Any]) -> dict[str, ApiKind]:
    """Return the kinds in an ``APIResourceList``, by name, subresources left out. Pure."""
    return {
        entry["kind"]: ApiKind(entry["name"], bool(entry["namespaced"]))
        for entry in resource_list.get("resources", ())
        if "/" not in entry["name"]
    }


def server_validates_fields(answer: Mapping[str, Any]) -> bool:
    """Return whether the server itself refuses unknown and duplicate fields on request.

    Every server since Kubernetes 1.27 does (KEP-2885, server-side field validation). Pure.

    Args:
        answer: what it answers at ``/version``; some servers write their minor version as ``27+``.
    """
    found = [_NUMBER.match(str(answer.get(part, ""))) for part in ("major", "minor")]
    numbers = tuple(int(number[0]) for number in found if number)
    return len(numbers) == len(found) and numbers >= _VALIDATES_FIELDS
