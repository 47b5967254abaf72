"""Freeing a release whose holder is gone, and nothing more: nothing is deployed or rolled back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import targets, unlocking
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.claims import lock_holder
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.borrowed_lock import borrowed
from helm_rollback_component.results import LockStatus

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.kube.claims.claims import Claim
    from helm_rollback_component.reconcile.run_events import RunEvents
    from helm_rollback_component.reconcile.session import Session


def status(claim: Claim | None, history: History) -> LockStatus:
    """Return who works on a release.

    Args:
        claim: the claim on it, if there is one.
        history: its revisions.
    """
    left = unlocking.pending(history)
    found = LockStatus(
        revision=left.revision if left else 0,
        status=left.status.value if left else "",
        began=left.stored_at if left else "",
    )
    return _with_claim(found, claim) if claim else found


def unlock(session: Session, label: str, events: RunEvents, *, force: bool) -> None:
    """Free the lock if its holder is gone, and mark the revision failed that a dead Helm left pending.

    Args:
        session: the release's connections.
        label: its namespace and name.
        events: takes one line for each thing that is done or waited for.
        force: whether the lock is broken, and the revision marked, although somebody may be at work.

    Raises:
        OperationError: as `operations.HelmOperations.unlock` says.
    """
    freed = session.claims.free_abandoned(events.progress, force=force, stop=session.interrupted)
    if freed:
        events.progress(f"the lock of {freed} is free")
    if unlocking.pending(session.records.history()) is None:
        return
    with borrowed(session, events, forced=force) as held:
        left = unlocking.pending(session.records.history())
        if left:
            _give_up(session, left, held.ledger, label, force=force)
            events.progress(f"revision {left.revision} was {left.status.value}, and is marked failed")


def _give_up(session: Session, left: Record, ledger: Ledger, label: str, *, force: bool) -> None:
    seconds = unlocking.still_possible(left, ledger, session.cluster.now())
    if seconds and not force:
        raise OperationError(
            f"revision {left.revision} is {left.status.value}, and another Helm client may still work on it",
            reason=Reason.OPERATION_IN_PROGRESS,
            release=label,
            temporary=True,
            remedy=f"wait: in {seconds:.0f} s it counts as dead; if you know that it is, unlock with force",
        )
    session.records.mark_failed(left.revision, targets.INTERRUPTED)


def _with_claim(found: LockStatus, claim: Claim) -> LockStatus:
    owner = claim.owner.stack_words if claim.owner else ""
    alive = _alive(claim.process) if claim.holder else False
    helm = claim.helm_words if not alive and lock_holder.provably_alive(claim.helm) else ""
    if not claim.holder:
        return replace(found, owner=owner, helm=helm)
    return replace(
        found,
        holder=lock_holder.described(claim.holder),
        owner=owner,
        since=claim.acquired,
        renewed=claim.renewed,
        alive=alive,
        helm=helm,
    )


def _alive(process: str) -> bool | None:
    if lock_holder.provably_alive(process):
        return True
    return False if lock_holder.provably_dead(process) else None
