"""What telemetry says of an operation, as attributes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.cluster_identity import uid_in
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.run_events import Operation
from helm_rollback_component.results import Phase
from helm_rollback_component.telemetry.names import OF_RELEASE, Attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.reconcile.run_events import OperationEnded

Value = str | bool | int

_DEPLOYING = frozenset({Operation.CREATE, Operation.UPDATE, Operation.ROLLBACK})
_TIMED_OUT = frozenset({Reason.INSTALL_TIMEOUT, Reason.UPGRADE_TIMEOUT, Reason.READINESS_TIMEOUT})
_CANCELLED = frozenset({Reason.CANCELLED, Reason.INTERRUPTED})


def of_release(release: str, namespace: str, cluster: str) -> dict[Attribute, Value]:
    """Return what tells the release; `cluster` is what is known of which cluster it is."""
    known = (release, namespace, uid_in(cluster))
    return {attribute: value for attribute, value in zip(OF_RELEASE, known, strict=True) if value}


def of_ending(ended: OperationEnded) -> dict[Attribute, Value]:
    """Return what an operation came to."""
    status, why = ended.status, error_of(ended)
    found: dict[Attribute, Value] = {Attribute.OPERATION: ended.operation, **of_error(why)}
    if status:
        found |= {
            Attribute.PHASE: status.phase.value,
            Attribute.REVISION: status.revision,
            Attribute.CHART_VERSION: status.chart_version,
        }
    if ended.operation in _DEPLOYING:
        found |= {
            Attribute.TASK_TYPE: "deploy",
            Attribute.TASK_RESULT: _result(why),
            Attribute.STATUS: "failed" if why else "succeeded",
        }
    return found


def error_of(ended: OperationEnded) -> str:
    """Return why an operation failed: what it raised, or why the release is not as declared; else nothing."""
    status = ended.status
    if ended.reason or status is None or status.phase is Phase.DEPLOYED or ended.operation is Operation.READ:
        return ended.reason
    ready = (each.reason for each in status.conditions if each.type == "Ready")
    return next(ready, Reason.UNKNOWN)


def of_error(reason: str) -> Mapping[Attribute, Value]:
    """Return the attribute that says why something failed; none where nothing did."""
    return {Attribute.ERROR: str(reason)} if reason else {}


def phases(ended: OperationEnded) -> dict[str, int]:
    """Return 1 for the phase that the release is in, 0 for every other; nothing where none is known.

    A release that was deleted is in none, so that nothing goes on to alert of it.
    """
    if ended.operation is Operation.DELETE and not ended.reason:
        return dict.fromkeys(Phase, 0)
    status = ended.status
    return {phase.value: int(phase is status.phase) for phase in Phase} if status else {}


def _result(why: str) -> str:
    if not why:
        return "success"
    if why in _CANCELLED:
        return "cancellation"
    return "timeout" if why in _TIMED_OUT else "failure"
