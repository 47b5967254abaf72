"""The errors that refuse a request before anything is changed. Nothing is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation.steps import Refuse
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History


def refused(step: Refuse, release: str) -> ValidationError:
    """Return the error that refuses what the inputs of `release` ask for."""
    return ValidationError([Problem(step.property, step.message)], reason=step.reason, release=release)


def refuse_unmanaged(history: History, release: str) -> None:
    """Refuse to deploy over a release without a claim; a history that was kept is not a release.

    Raises:
        ValidationError: ``ReleaseExists``.
    """
    kept_only = history.latest is not None and history.latest.status is Status.UNINSTALLED
    if history and not kept_only:
        message = "a release of this name exists already, and this component does not manage it"
        raise refused(Refuse("adopt", Reason.RELEASE_EXISTS, message), release)
