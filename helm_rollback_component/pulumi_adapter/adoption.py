"""Whether what a release is to take over still belongs to another resource in this stack's state.

Pulumi creates first and deletes last. Where such a resource left the program in the same update, it would
uninstall the release, or delete its objects, after they were taken over, so the preview refuses that. The
engine tells what the state holds as it does for a stack's outputs; whether a resource is to be retained it
does not tell. Whose the objects are, check sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import mocks, settings

from helm_rollback_component.pulumi_adapter import holdings
from helm_rollback_component.pulumi_adapter.engine_resources import stored_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helm_rollback_component.pulumi_adapter.holdings import Held, Resources

_T = TypeVar("_T")
_REFUSED = (
    "takes over what belongs to {urn} in this stack, whose removal would delete it; set "
    "retain_on_delete=True on that resource and update, then remove it and update, and then declare this one"
)
_NOT_TOLD = (
    "what this stack's state holds could not be read, so it is not known whether another resource has what "
    "is taken over, and would delete it: {why}"
)

_asked: WeakKeyDictionary[Any, pulumi.Output[Resources | str]] = WeakKeyDictionary()
"""What the state holds, by the monitor of the program's run."""


def problems_with(inputs: Mapping[str, Any]) -> dict[str, pulumi.Output[str | None] | None]:
    """Return by input why a release must not be taken over; None where it may, or is not to be."""
    place = pulumi.Output.all(inputs.get("release_name"), inputs.get("release_namespace"))

    def of_releases(found: Resources | str) -> pulumi.Output[str | None]:
        return place.apply(lambda known: _refusal(known, found))

    return {
        "adopt": _if_wanted(inputs, "adopt", of_releases),
        "take_ownership": _if_wanted(inputs, "take_ownership", _not_told),
    }


def held(inputs: Mapping[str, Any]) -> pulumi.Output[Held | None] | None:
    """Return what `holdings.collect` finds in the state, if objects are to be taken over."""
    return _if_wanted(
        inputs, "take_ownership", lambda found: None if isinstance(found, str) else holdings.collect(found)
    )


def _if_wanted(
    inputs: Mapping[str, Any], name: str, read: Callable[[Resources | str], pulumi.Input[_T | None]]
) -> pulumi.Output[_T | None] | None:
    """Return what is read, if the input is set; where it is plainly not, there is nothing to send."""
    if inputs.get(name) in (None, False):
        return None

    def told(wanted: object) -> pulumi.Input[_T | None]:
        if not wanted or isinstance(settings.get_monitor(), mocks.MockMonitor):
            return None
        return _stored().apply(read)

    return pulumi.Output.from_input(inputs.get(name)).apply(told)


def _stored() -> pulumi.Output[Resources | str]:
    """Return what the state holds, or why that is not known."""
    monitor = settings.get_monitor()
    if monitor not in _asked:
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        _asked[monitor] = pulumi.Output.from_input(_read(stack))
    return _asked[monitor]


async def _read(stack: str) -> Resources | str:
    try:
        return await stored_resources(stack)
    except LookupError as error:
        return _NOT_TOLD.format(why=error)


def _not_told(found: Resources | str) -> str | None:
    return found if isinstance(found, str) else None


def _refusal(place: list[Any], found: Resources | str) -> str | None:
    if isinstance(found, str):
        return found
    owners = (urn for urn, *its_place in holdings.released(found) if its_place == place)
    return next((_REFUSED.format(urn=urn) for urn in owners), None)
