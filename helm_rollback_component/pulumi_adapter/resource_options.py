"""The options of a component that Pulumi does not pass on to its children by itself."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pulumi

from helm_rollback_component.args import FIELDS
from helm_rollback_component.inputs.arguments import Kind
from helm_rollback_component.inputs.spelling import path_to_snake_case
from helm_rollback_component.pulumi_adapter.program_inputs import refuse_other_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helm_rollback_component.inputs.spelling import Fields

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")
_UNITS = (3600, 60, 1)
_ACTIONS = {"create": "deploy", "update": "upgrade", "delete": "delete"}


_AS_THEY_ARE = ("depends_on", "hooks", "deleted_with", "replacement_trigger", "replace_with")
_PATHS_OF_INPUTS = ("ignore_changes", "hide_diffs")
_OPTIONS = Kind(pulumi.ResourceOptions | None, "pulumi.ResourceOptions")
_PATHS = Kind(list | tuple | None, "a list of paths")


def of_the_component(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions | None:
    """Return the options for the component, without the hooks: these run for the release, and not twice.

    Raises:
        pulumi.RunError: they are no options, or there is one that a release cannot have.
    """
    refuse_other_kinds(name, _OPTIONS, opts=opts)
    if opts is None:
        return None
    if opts.import_ is not None:
        raise pulumi.RunError(
            f"{name}: a release cannot be imported; set the input adopt=True in place of the option import_, "
            "and the next update takes over the release that exists"
        )
    without_hooks = pulumi.ResourceOptions.merge(opts, None)
    without_hooks.hooks = None
    return without_hooks


def of_the_namespace(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the options for the managed namespace."""
    return pulumi.ResourceOptions(**_given(opts, ("depends_on", "deleted_with")))


def passed_on(
    name: str, opts: pulumi.ResourceOptions | None, outputs: Mapping[str, str]
) -> pulumi.ResourceOptions:
    """Return the options for the release itself: its inputs are the component's, and so are its outputs.

    Args:
        name: the component's name, for messages.
        opts: the component's options.
        outputs: the names of the component's outputs, with those of the release resource.

    Raises:
        pulumi.RunError: an option names an input or an output that there is not.
    """
    passed = _given(opts, _AS_THEY_ARE)
    for key in _PATHS_OF_INPUTS:
        passed[key] = _inputs_in(name, key, opts)
    passed["additional_secret_outputs"] = _outputs_in(name, opts, outputs)
    return pulumi.ResourceOptions(**{key: value for key, value in passed.items() if value})


def replace_on_changes(name: str, opts: pulumi.ResourceOptions | None) -> list[str]:
    """Return the paths whose change replaces the release.

    The engine uses them only with providers that tell which properties changed; a dynamic provider cannot.

    Raises:
        pulumi.RunError: one of them leads to no input.
    """
    return _inputs_in(name, "replace_on_changes", opts)


def _given(opts: pulumi.ResourceOptions | None, options: tuple[str, ...]) -> dict[str, Any]:
    """Return those of the options that are set; an older SDK does not have them all."""
    found = {key: getattr(opts, key, None) for key in options}
    return {key: value for key, value in found.items() if value is not None}


def _inputs_in(name: str, option: str, opts: pulumi.ResourceOptions | None) -> list[str]:
    return [_known(name, option, path, FIELDS) for path in _paths_in(name, option, opts)]


def _paths_in(name: str, option: str, opts: pulumi.ResourceOptions | None) -> Sequence[str]:
    paths: Sequence[str] | None = getattr(opts, option, None)
    refuse_other_kinds(name, _PATHS, **{option: paths})
    return paths or ()


def _outputs_in(name: str, opts: pulumi.ResourceOptions | None, outputs: Mapping[str, str]) -> list[str]:
    option = "additional_secret_outputs"
    fields = {**FIELDS, **dict.fromkeys(outputs)}
    named = [_known(name, option, each, fields) for each in _paths_in(name, option, opts)]
    return [outputs.get(each, each) for each in named]


def _known(name: str, option: str, path: str, fields: Fields) -> str:
    found = path_to_snake_case(path, fields)
    if found is None:
        raise pulumi.RunError(f"{name}: {option} names {path}, and a release has no such property")
    return found


def timeouts(name: str, opts: pulumi.ResourceOptions | None) -> dict[str, int]:
    """Return what the ``custom_timeouts`` option says, as the component's ``timeouts`` input has it.

    Args:
        name: the component's name, for messages.
        opts: the component's options.

    Raises:
        pulumi.RunError: one of them is no duration such as ``5m`` or ``1h30m``.
    """
    given = opts.custom_timeouts if opts else None
    said: Mapping[str, Any] = vars(given) if isinstance(given, pulumi.CustomTimeouts) else given or {}
    return {
        ours: _seconds(name, theirs, said[theirs]) for theirs, ours in _ACTIONS.items() if said.get(theirs)
    }


def _seconds(name: str, action: str, duration: str) -> int:
    match = _DURATION.fullmatch(str(duration))
    parts = [float(part or 0) for part in match.groups()] if match else []
    total = math.ceil(sum(part * unit for part, unit in zip(parts, _UNITS, strict=False)))
    if total <= 0:
        raise pulumi.RunError(
            f"{name}: custom_timeouts.{action} is {duration!r}; use a duration such as 90s or 1h30m"
        )
    return total
