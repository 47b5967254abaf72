"""Telling in a resource's row what an update will do, found in a limited time and by few at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

from helm_rollback_component.core.remediation import first_step
from helm_rollback_component.inputs.tree import leaves
from helm_rollback_component.pulumi_adapter import state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog

_PATIENCE = 60.0
"""Seconds for which a preview waits for one release."""
_TOO_LATE = f"what else it changes was not known within {_PATIENCE:g} s"
_AT_ONCE = threading.BoundedSemaphore(4)
"""A Helm runs for each: more of them would take longer, and more memory."""


def all_known(inputs: Mapping[str, Any]) -> bool:
    """Return whether all that is declared is known already."""
    declared = (inputs.get(key) for key in state.DECLARED)
    return not any(isinstance(leaf, Unknown) for each in declared for _, leaf in leaves(each))


def tell(row: ResourceLog, look: Callable[[list[str]], None]) -> None:
    """Tell what is found, in one piece: a warning if the update will fail.

    Args:
        row: where.
        look: adds what is found to a list, line by line; raises nothing.
    """
    with _AT_ONCE:
        lines: list[str] = []
        looking = threading.Thread(target=look, args=(lines,), daemon=True)
        looking.start()
        looking.join(_PATIENCE)
        first, *others = [*lines, *([_TOO_LATE] if looking.is_alive() else [])]
    tell = row.warning if first_step.WILL_FAIL in first else row.information
    tell(first, "\n".join(others))
