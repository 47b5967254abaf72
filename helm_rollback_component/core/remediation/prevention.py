"""Rollbacks that are not made: why, and what is returned in their place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import predicates
from helm_rollback_component.core.remediation.steps import Conclude, Refuse, Rollback

if TYPE_CHECKING:
    from helm_rollback_component.core.remediation.steps import Situation
    from helm_rollback_component.reasons import Reason

ALLOWANCE = "operations.rollback.allow_data_loss"


@dataclass(frozen=True)
class Prevention:
    """Why a rollback is not made.

    Attributes:
        reason: the word for it.
        why: what the rollback would do, as a sentence without its subject: ``would destroy ...``.
    """

    reason: Reason
    why: str


def instead(action: Rollback, situation: Situation, found: Prevention) -> Refuse | Conclude:
    """Return the end of a run in place of a rollback: the refusal of a requested one, else a stall."""
    if predicates.asked_for(action):
        return refusal(action.revision, found)
    said = f"{_cause(situation)}; {_said(action.revision, found)}, so it is not made"
    return predicates.stalled(found.reason, said)


def refusal(revision: int, found: Prevention) -> Refuse:
    """Return the refusal of a requested rollback to that revision."""
    said = f"{_said(revision, found)}; set it to True to roll back nevertheless"
    return Refuse(ALLOWANCE, found.reason, said)


def _said(revision: int, found: Prevention) -> str:
    return f"the rollback to revision {revision} {found.why}"


def _cause(situation: Situation) -> str:
    failed = next((taken for taken in reversed(situation.taken) if taken.failure), None)
    if failed is None or failed.failure is None:
        return predicates.INTERRUPTED
    if isinstance(failed.action, Rollback):
        return predicates.rollback_failed(situation, failed.action, failed.failure.message)
    return failed.failure.message
