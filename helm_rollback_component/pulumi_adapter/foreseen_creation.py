"""What a preview tells of a release that is not there yet: what is installed. No cluster is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.pulumi_adapter import declaration, difference_setting, state
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED_BY = ("release_namespace", "release_name")


def tell(inputs: Mapping[str, Any]) -> None:
    """Tell it, as far as the inputs are known.

    Args:
        inputs: the checked inputs.
    """
    chart, owner = inputs.get(state.CHART), inputs.get("owner")
    if not chart or not owner or not difference_setting.is_on():
        return
    names = (inputs.get(name) for name in _NAMED_BY)
    where = "/".join(name for name in names if isinstance(name, str))
    ResourceLog(owner["urn"], declaration.redactor(inputs)).information(f"{where}: install {chart}")
