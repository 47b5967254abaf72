"""What a preview tells of a release that is not there yet: what is installed, and what that adds.

Nothing is changed, and the preview succeeds whatever fails here: then a line says what is not known, and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.remediation import first_step
from helm_rollback_component.pulumi_adapter import (
    declaration,
    difference_setting,
    looking_ahead,
    replacements,
    state,
)
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED_BY = ("release_namespace", "release_name")
_NOT_KNOWN = "which objects it adds is not known: "
_LATER = "which objects it adds is known once all of its inputs are"


def tell(inputs: Mapping[str, Any]) -> None:
    """Tell it, as far as the inputs are known.

    Args:
        inputs: the checked inputs.
    """
    chart, owner = inputs.get(state.CHART), inputs.get("owner")
    if not chart or not owner or not difference_setting.is_on():
        return
    names = (inputs.get(name) for name in _NAMED_BY)
    named = "/".join(name for name in names if isinstance(name, str))
    replaced = replacements.deleted_before(inputs)
    installed = f"{named}: {first_step.IN_PLACE if replaced == named else ''}install {chart}"
    row = ResourceLog(owner["urn"], declaration.redactor(inputs))
    if looking_ahead.all_known(inputs):
        looking_ahead.tell(row, lambda lines: _look(inputs, replaced, installed, lines))
    else:
        row.information(installed, _LATER)


def _look(inputs: Mapping[str, Any], replaced: str, installed: str, lines: list[str]) -> None:
    try:
        release = ManagedRelease(inputs, incarnation="")
        release.operations.foresee(lines.append, creating=True, replaced=replaced)
    except Exception as error:  # noqa: BLE001  # the preview succeeds whatever fails here
        lines.extend([*([] if lines else [installed]), f"{_NOT_KNOWN}{error}"])
