"""When an action is tried again that failed for a reason that may pass, and what is done first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import predicates, targets
from helm_rollback_component.core.remediation.steps import (
    Accept,
    Install,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.remediation.steps import Action, Situation, Timeouts

_FIRST, _LONGEST = 0.5, 15.0
_OF_OTHERS = frozenset({Reason.NAMESPACE_TERMINATING, Reason.OPERATION_IN_PROGRESS})
"""Passing reasons that are not ours to wait for: what others do is not undone by trying again."""


@dataclass(frozen=True)
class Repeat:
    """Take the action again; nothing is in its way."""


@dataclass(frozen=True)
class Break:
    """Mark the revision failed that Helm left pending, then take the action again."""

    revision: int


@dataclass(frozen=True)
class Clear:
    """Uninstall what a first deployment left, then install again."""


@dataclass(frozen=True)
class Judge:
    """Helm did all of it before it failed: wait until the revision is ready, and judge it."""

    revision: int


NextTry = Repeat | Break | Clear | Judge


def pause(failure: Failure | None, tried: int, left: float) -> float | None:
    """Return how long to wait before the next try, in seconds; None if there is to be none.

    Args:
        failure: how the last try failed, None if it did not.
        tried: how many tries there were so far.
        left: what is left of the action's time, in seconds.
    """
    if failure is None or not failure.temporary or failure.reason in _OF_OTHERS or left <= 0:
        return None
    return min(_FIRST * 2.0 ** (tried - 1), _LONGEST, left)


def time_for(action: Action, timeouts: Timeouts) -> float:
    """Return for how long an action is tried again, in seconds; 0 for what only writes a record."""
    match action:
        case Install() | Upgrade() | Verify():
            return timeouts.deploy
        case Rollback():
            return timeouts.rollback
        case Uninstall():
            return timeouts.delete
        case Accept() | Unlock():
            return 0.0
        case _:
            assert_never(action)


def next_try(action: Action, begun: Situation, history: History) -> NextTry | None:
    """Return what follows from what became of the last try; None where another client was at work since.

    Args:
        action: what was tried.
        begun: the situation before it.
        history: the revisions after it.
    """
    if not isinstance(action, Install | Upgrade | Rollback):
        return Repeat()
    made, latest = history.get(begun.history.next_revision), history.latest
    if made is None or latest is None:
        return Repeat()
    if made != latest or not _is_ours(made, action, begun):
        return None
    if made.status is Status.DEPLOYED:
        return Judge(made.revision)
    if isinstance(action, Install):
        return Clear()
    return Break(made.revision) if made.status.pending else Repeat()


def description(action: Action) -> str:
    """Return how Helm describes a revision that the action has made; empty for one that makes none."""
    match action:
        case Install():
            return "Install complete"
        case Upgrade():
            return "Upgrade complete"
        case Rollback():
            return targets.rolled_back_to(action.revision)
        case _:
            return ""


def _is_ours(made: Record, action: Install | Upgrade | Rollback, begun: Situation) -> bool:
    if not isinstance(action, Rollback):
        return predicates.not_another_clients(made, begun)
    restoring = made.description == targets.rolled_back_to(action.revision)
    return made.status is Status.FAILED or restoring
