"""Whether what a release is to take over still belongs to another resource in this stack's state.

Pulumi creates first and deletes last. Where such a resource left the program in the same update, it would
uninstall the release, or delete its objects, after they were taken over, so the preview refuses that. The
engine tells what the state holds as it does for a stack's outputs; whether a resource is to be retained it
does not tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import mocks, rpc, settings

from helm_rollback_component.pulumi_adapter.engine_resources import stored_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    _Resources = Mapping[str, Any]
    """Type and outputs by URN."""
    _Owners = Callable[[list[Any], _Resources], Iterator[str]]
    """Yields the URNs of the resources that have the release of that name and namespace."""

_RELEASE = "kubernetes:helm.sh/v3:Release"
_CHARTS = ("kubernetes:helm.sh/v4:Chart", "kubernetes:helm.sh/v3:Chart")
_REFUSED = (
    "takes over what belongs to {urn} in this stack, whose removal would delete it; set "
    "retain_on_delete=True on that resource and update, then remove it and update, and then declare this one"
)

_NOT_TOLD = (
    "what this stack's state holds could not be read, so it is not known whether another resource has what "
    "is taken over, and would delete it: {why}"
)

_asked: WeakKeyDictionary[Any, pulumi.Output[_Resources | str]] = WeakKeyDictionary()
"""What the state holds, by the monitor of the program's run."""


def problems_with(inputs: Mapping[str, Any]) -> dict[str, pulumi.Output[str | None]]:
    """Return by input why a release must not be taken over; None where it may, or is not to be."""
    owners = {"adopt": _releases, "take_ownership": _charts}
    return {name: _problem_with(name, inputs, find) for name, find in owners.items()}


def _problem_with(name: str, inputs: Mapping[str, Any], owners: _Owners) -> pulumi.Output[str | None]:
    def problem(known: Sequence[Any]) -> pulumi.Input[str | None]:
        wanted, *place = known
        if not wanted or isinstance(settings.get_monitor(), mocks.MockMonitor):
            return None
        return _stored().apply(
            lambda found: found if isinstance(found, str) else _refusal(owners(place, found))
        )

    keys = (name, "release_name", "release_namespace")
    return pulumi.Output.all(*(inputs.get(key) for key in keys)).apply(problem)


def _stored() -> pulumi.Output[_Resources | str]:
    """Return what the state holds, or why that is not known."""
    monitor = settings.get_monitor()
    if monitor not in _asked:
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        _asked[monitor] = pulumi.Output.from_input(_read(stack))
    return _asked[monitor]


async def _read(stack: str) -> _Resources | str:
    try:
        return await stored_resources(stack)
    except LookupError as error:
        return _NOT_TOLD.format(why=error)


def _refusal(owners: Iterator[str]) -> str | None:
    return next((_REFUSED.format(urn=urn) for urn in owners), None)


def _releases(place: list[Any], found: _Resources) -> Iterator[str]:
    return (urn for urn, each in found.items() if each["type"] == _RELEASE and _place_of(each) == place)


def _place_of(release: Mapping[str, Any]) -> list[Any]:
    """Return name and namespace of a release, as the Kubernetes provider has deployed it."""
    deployed = _mapping(release["outputs"], "status")
    return [deployed.get(key) or release["outputs"].get(key) for key in ("name", "namespace")]


def _charts(place: list[Any], found: _Resources) -> Iterator[str]:
    """Yield the charts of that name whose objects are in that namespace: Pulumi deploys them without Helm."""
    name, namespace = place
    for urn, each in found.items():
        if each["type"] in _CHARTS and urn.rpartition("::")[2] == name:
            parts = (part for its_urn, part in found.items() if f"{each['type']}$" in its_urn)
            if any(_mapping(part["outputs"], "metadata").get("namespace") == namespace for part in parts):
                yield urn


def _mapping(outputs: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return rpc.unwrap_rpc_secret(outputs.get(key)) or {}
