"""Whether another resource of the stack has the release that is to be deleted.

A ``kubernetes.helm.v3.Release`` that imports a release only reads it, so the cluster does not tell. But
Pulumi deletes last, and saves each step before the next one: the state, as it is during the deletion, has
both.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.pulumi_adapter import stack_export
from helm_rollback_component.pulumi_adapter.holdings import RELEASE
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease
from helm_rollback_component.pulumi_adapter.state import OF_PLUGIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from helm_rollback_component.pulumi_adapter.stack_export import Resource


def receiver(place: str, properties: Mapping[str, Any]) -> str:
    """Return the URN of the resource that has the release now, empty if the state shows none.

    The state counts only if this very creation of the release is in it: the CLI may be logged in elsewhere.
    A resource that may be on the same cluster counts as being there.

    Args:
        place: ``namespace/name`` of the release.
        properties: its outputs in the state.
    """
    stack = _name(properties["owner"])
    found = _latest.of(stack)
    if not any(_incarnation(each) == properties["incarnation"] for each in found):
        return ""
    for each in found:
        if each.get("type") == RELEASE and each.get("id") == place:
            given = _provider_inputs(each, found, stack)
            if given is None or not _lead_elsewhere(given, properties):
                return str(each["urn"])
    return ""


def _name(owner: Mapping[str, str]) -> str:
    """Return the stack's name as the CLI takes it, which knows the organization where the owner does not."""
    organization, stack = owner.get("organization"), owner["stack"]
    return f"{organization}/{owner['project']}/{stack}" if organization else stack


def _incarnation(resource: Resource) -> Any:
    outputs, _ = stack_export.properties(resource, "outputs")
    return {**foreign.mapping(outputs, OF_PLUGIN), **outputs}.get("incarnation")


def _provider_inputs(resource: Resource, found: Sequence[Resource], stack: str) -> Mapping[str, Any] | None:
    """Return what its provider was given; None where that cannot be read."""
    urn = str(resource.get("provider")).rpartition("::")[0]
    inputs, hidden = _inputs(urn, found)
    if hidden:
        inputs, hidden = _inputs(urn, _resources(stack, stack_export.DECRYPTED) or found)
    return None if hidden else inputs


def _inputs(urn: str, found: Iterable[Resource]) -> tuple[Mapping[str, Any], set[str]]:
    provider = next((each for each in found if each.get("urn") == urn), {})
    return stack_export.properties(provider, "inputs")


def _lead_elsewhere(given: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    """Whether the inputs of a provider lead to another cluster; no where that cannot be told."""
    if given.get("cluster"):
        return False
    way = {key: given.get(key) or None for key in ("kubeconfig", "context")}
    try:
        there = ManagedRelease({**properties, **way}, incarnation=properties["incarnation"])
        return bool(there.operations.leads_elsewhere(properties["cluster"]))
    except HelmRollbackError:
        return False


def _resources(stack: str, *options: str) -> Sequence[Resource]:
    try:
        return stack_export.resources(stack_export.export(stack, *options))
    except LookupError:
        return ()


class _Latest:
    """The state of a stack, not older than the question; those who ask at the same time share an answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Sequence[Resource]]] = {}

    def of(self, stack: str) -> Sequence[Resource]:
        """Return the resources in it; none where it cannot be exported."""
        asked = time.monotonic()
        with self._lock:
            began, found = self._known.get(stack, (0.0, ()))
            if began < asked:
                began = time.monotonic()
                found = _resources(stack)
                self._known[stack] = began, found
            return found


_latest = _Latest()
