"""Whether a release that is to be taken over still belongs to a resource in this stack's state.

Pulumi creates first and deletes last. Where such a resource left the program in the same update, it would
uninstall the release after it was taken over, so the preview refuses that. The engine tells what the state
holds as it does for a stack's outputs; whether a resource is to be retained it does not tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import mocks, settings

from helm_rollback_component.pulumi_adapter.engine_resources import stored_resources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TYPE = "kubernetes:helm.sh/v3:Release"
_REFUSED = (
    "takes over a release that belongs to {urn} in this stack, whose removal would uninstall it; set "
    "retain_on_delete=True on that resource and update, then remove it and update, and then declare this one"
)

_asked: WeakKeyDictionary[Any, pulumi.Output[Mapping[str, Any]]] = WeakKeyDictionary()
"""What the state holds, by the monitor of the program's run."""


def problem_with(inputs: Mapping[str, Any]) -> pulumi.Output[str | None]:
    """Return why the release must not be taken over; None if it may, or is not to be."""
    keys = ("adopt", "release_name", "release_namespace")
    return pulumi.Output.all(*(inputs.get(key) for key in keys)).apply(_problem)


def _problem(known: Sequence[Any]) -> pulumi.Input[str | None]:
    adopt, *place = known
    if not adopt or isinstance(settings.get_monitor(), mocks.MockMonitor):
        return None
    return _stored().apply(lambda found: _owner_of(place, found))


def _stored() -> pulumi.Output[Mapping[str, Any]]:
    monitor = settings.get_monitor()
    if monitor not in _asked:
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        _asked[monitor] = pulumi.Output.from_input(stored_resources(stack))
    return _asked[monitor]


def _owner_of(place: Sequence[Any], found: Mapping[str, Any]) -> str | None:
    owners = (
        urn for urn, each in found.items() if each["type"] == _TYPE and _place(each["outputs"]) == place
    )
    return next((_REFUSED.format(urn=urn) for urn in owners), None)


def _place(outputs: Mapping[str, Any]) -> list[Any]:
    """Return name and namespace of a release, as the Kubernetes provider has deployed it."""
    deployed = outputs.get("status") or {}
    return [deployed.get(key) or outputs.get(key) for key in ("name", "namespace")]
