"""Who may take a release, and when: the rules of `claims.Claims`. Pure: time and proofs are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.errors import OperationError, Problem, ValidationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.records.owner import Owner
    from helm_rollback_component.kube.claims.lease_codec import Claim

_ANOTHER_STACK = "in another backend, or this one before it was destroyed"


@dataclass(frozen=True)
class Wish:
    """Who wants a release.

    Attributes:
        owner: who wants to own it.
        incarnation: the id of the create that made it theirs.
        adopt: whether another owner's claim is taken over.
        strict: whether the claim must have that incarnation already.
    """

    owner: Owner
    incarnation: str
    adopt: bool = False
    strict: bool = False


def refusal(claim: Claim | None, wish: Wish) -> ValidationError | None:
    """Return why the release may not be taken, or None if it may."""
    if wish.strict:
        return _strict_refusal(claim, wish)
    if claim is None or wish.adopt or claim.belongs_to(wish.owner, wish.incarnation):
        return None
    return _refused(
        Reason.CLAIMED_BY_ANOTHER,
        f"the release belongs to {_whose(claim, wish)}, not to {wish.owner}",
    )


def _whose(claim: Claim, wish: Wish) -> str:
    if claim.owner is None:
        return "an owner whose name cannot be read"
    if claim.owner.is_called(wish.owner):
        return f"another stack of the same name ({_ANOTHER_STACK})"
    return str(claim.owner)


def locked(claim: Claim, *, by_helm: bool = False) -> OperationError:
    """Return the error for a release that another process works on: the holder's, or Helm's."""
    if by_helm:
        return OperationError(
            f"the release is locked by {claim.helm_words}",
            reason=Reason.LOCKED,
            remedy="wait until it has ended, then run again",
        )
    return OperationError(
        f"the release is locked by {claim.holder_words}",
        reason=Reason.LOCKED,
        remedy=f"wait for it, then run again; if it crashed, its lock expires after {claim.duration} s",
    )


def interrupted(claim: Claim) -> OperationError:
    """Return the error for a wait that was to end before the release was free."""
    return OperationError(
        f"interrupted while waiting for {claim.holder_words}; nothing was changed", reason=Reason.INTERRUPTED
    )


def at_work(claim: Claim, first: Claim | None, *, by_helm: bool, alive: bool) -> OperationError | None:
    """Return why a lock is not to be broken; None if nothing shows that its holder is at work.

    Args:
        claim: as it was just read.
        first: as it was when it was first looked at, None if that is now.
        by_helm: whether the holder's process has ended, and Helm, which it had started, has not.
        alive: whether the holder's process is certain to run.
    """
    if not (by_helm or alive or (first and first.lock != claim.lock)):
        return None
    holder = claim.helm_words if by_helm else claim.holder_words
    sign = "which still runs" if by_helm or alive else "which has just renewed it"
    return OperationError(
        f"the release is locked by {holder}, {sign}",
        reason=Reason.LOCKED,
        remedy="wait for it, or end it; or unlock with force, and it stops what it is doing",
    )


def watches(claim: Claim) -> str:
    """Return the sentence that says what a lock of another machine is watched for."""
    return (
        f"watching for {claim.duration} s whether {claim.holder_words} renews its lock, "
        "because from here it cannot be seen whether it runs"
    )


def waits_for(claim: Claim, *, by_helm: bool = False) -> str:
    """Return the sentence that says who is waited for."""
    if by_helm:
        return f"waiting for {claim.helm_words}"
    return f"waiting for {claim.holder_words}, which is working on this release"


class Sightings:
    """How long a lock was seen unchanged: a holder that does not renew it has lost it.

    Args:
        dead: tells whether the process of a holder is certain to have ended.
        alive: tells whether a process of Helm is certain to run still.
    """

    def __init__(self, dead: Callable[[str], bool], alive: Callable[[str], bool] = lambda _: False) -> None:
        self._dead = dead
        self._alive = alive
        self._mark: tuple[str, str, str] | None = None
        self._since = 0.0

    def free(self, claim: Claim, now: float) -> bool:
        """Record the claim as it is now, and return whether its lock may be taken.

        Args:
            claim: as it was just read.
            now: by our own monotonic clock, in seconds.
        """
        if claim.lock != self._mark:
            self._mark, self._since = claim.lock, now
        unheld = not claim.holder or now - self._since >= claim.duration or self._dead(claim.process)
        return unheld and not self._alive(claim.helm)

    def left_to_helm(self, claim: Claim) -> bool:
        """Whether it is Helm alone, without the process that started it, that is to be waited for."""
        return self._alive(claim.helm) and (not claim.holder or self._dead(claim.process))


def _strict_refusal(claim: Claim | None, wish: Wish) -> ValidationError | None:
    if claim is None:
        return _refused(
            Reason.CLAIM_MISSING,
            "the release exists, but no Lease names its owner: it was deleted, or never made",
        )
    if not claim.bears(wish.incarnation):
        return _refused(Reason.ANOTHER_INCARNATION, f"the release was created again since, by {claim.owner}")
    return None


def _refused(reason: Reason, message: str) -> ValidationError:
    return ValidationError([Problem("release_name", message)], reason=reason)
