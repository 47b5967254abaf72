"""The errors that refuse a request before anything is changed. Nothing is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation.steps import Refuse
from helm_rollback_component.errors import OperationError, Problem, ValidationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from helm_rollback_component.core.records.history import History


def refused(step: Refuse, release: str) -> ValidationError:
    """Return the error that refuses what the inputs of `release` ask for."""
    return ValidationError([Problem(step.property, step.message)], reason=step.reason, release=release)


def refuse_if_replaced(history: History, expected: int | None, release: str) -> None:
    """Refuse what was agreed to for another latest revision than there is now; None is any.

    Raises:
        OperationError: ``Conflict``.
    """
    found = history.latest.revision if history.latest else 0
    if expected not in (None, found):
        raise OperationError(
            f"the latest revision is {found} by now, and not {expected}; nothing was changed",
            reason=Reason.CONFLICT,
            release=release,
            remedy="look at it again, and decide anew",
        )


def interrupted(release: str) -> OperationError:
    """Return the error for what is asked for where the process is to end already."""
    return OperationError(
        "interrupted before anything was changed", reason=Reason.INTERRUPTED, release=release
    )


def refuse_unmanaged(history: History, release: str) -> None:
    """Refuse to deploy over a release without a claim; a history that was kept is not a release.

    Raises:
        ValidationError: ``ReleaseExists``.
    """
    kept_only = history.latest is not None and history.latest.status is Status.UNINSTALLED
    if history and not kept_only:
        message = "a release of this name exists already, and this component does not manage it"
        raise refused(Refuse("adopt", Reason.RELEASE_EXISTS, message), release)


def refuse_while_helm_works(history: History, alone: float, release: str, now: datetime) -> None:
    """Refuse to work on a release on which Helm of an earlier run may still work, on another machine.

    Args:
        history: the release's revisions.
        alone: for how many seconds Helm goes on at most after its own process began.
        release: namespace and name.
        now: the time, with its zone.

    Raises:
        OperationError: ``OperationInProgress`` (temporary).
    """
    latest = history.latest
    if latest is None or not latest.status.pending or latest.pending_for(now) >= alone:
        return
    raise OperationError(
        f"revision {latest.revision} is {latest.status.value}: Helm of an update that was killed on another "
        f"machine may still work on it, for {alone - latest.pending_for(now):.0f} s at most",
        reason=Reason.OPERATION_IN_PROGRESS,
        release=release,
        temporary=True,
        remedy="wait until that revision is deployed or failed, or for that time; then run again",
    )
