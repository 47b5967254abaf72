"""Failed hooks of rollbacks: Helm runs those of the target, and its message does not say which. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation.steps import Rollback

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Action


def explained(action: Action, failure: Failure | None, made: Record | None) -> Failure | None:
    """Return the failure of an action; of a rollback that ended in a hook, with that hook named.

    Args:
        action: what was done.
        failure: how it failed, None if it did not.
        made: the record that it made, if it made one.
    """
    if failure is None or not isinstance(action, Rollback) or made is None or not made.hook_under_way:
        return failure
    hook = f"the {made.hook_under_way} hook of revision {action.revision}"
    return replace(failure, message=f"{hook} failed: {failure.message}")
