"""The options of a component that Pulumi does not pass on to its children by itself."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from collections.abc import Mapping

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")
_UNITS = (3600, 60, 1)
_ACTIONS = {"create": "deploy", "update": "upgrade", "delete": "delete"}


def passed_on(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the options for the release itself: they name inputs, and its inputs are the component's."""
    return pulumi.ResourceOptions(ignore_changes=opts.ignore_changes if opts else None)


def replace_on_changes(opts: pulumi.ResourceOptions | None) -> list[str]:
    """Return the paths whose change replaces the release.

    The engine uses them only with providers that tell which properties changed; a dynamic provider cannot.
    """
    return list(opts.replace_on_changes or ()) if opts else []


def timeouts(opts: pulumi.ResourceOptions | None) -> dict[str, int]:
    """Return what the ``custom_timeouts`` option says, as the component's ``timeouts`` input has it.

    Raises:
        pulumi.RunError: one of them is no duration such as ``5m`` or ``1h30m``.
    """
    given = opts.custom_timeouts if opts else None
    said: Mapping[str, Any] = vars(given) if isinstance(given, pulumi.CustomTimeouts) else given or {}
    return {ours: _seconds(theirs, said[theirs]) for theirs, ours in _ACTIONS.items() if said.get(theirs)}


def _seconds(action: str, duration: str) -> int:
    match = _DURATION.fullmatch(str(duration))
    parts = [float(part or 0) for part in match.groups()] if match else []
    total = math.ceil(sum(part * unit for part, unit in zip(parts, _UNITS, strict=False)))
    if total <= 0:
        raise pulumi.RunError(
            f"custom_timeouts.{action} is {duration!r}; use a duration such as 90s or 1h30m"
        )
    return total
