"""What a user is told of a release that is not as declared. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import nothing_tried
from helm_rollback_component.core.remediation.assessment import FOREIGN, ready
from helm_rollback_component.reasons import Reason, find
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.results import ReleaseStatus


def explain(status: ReleaseStatus, *, tried: bool = True) -> str:
    """Return the sentences that a failing update shows; empty for a release that is as declared.

    They say which release it is, what failed and why, what runs now, and what to do.

    Args:
        status: the release.
        tried: whether what is declared was tried by the run that shows them; else an earlier one has.
    """
    if status.phase is Phase.DEPLOYED:
        return ""
    last = ready(status)
    reason, message = (last.reason, last.message) if last else (Reason.UNKNOWN, "")
    where = f"{status.release_namespace}/{status.release_name}"
    said, remedy = parted(reason, message)
    why = f"{reason}: {said}" if said else reason
    what_failed = f"{_what_failed(status, reason, tried=tried)} ({why})"
    way_out = ". ".join(_what_to_do(status, reason, remedy))
    return f"{where}: {what_failed}; {_what_runs(status)}. {way_out}"


def _what_failed(status: ReleaseStatus, reason: str, *, tried: bool) -> str:
    if status.phase is Phase.ROLLED_BACK:
        if not tried:
            return f"nothing was tried, because {nothing_tried.because(reason)}"
        return (
            "what runs is not what is declared" if reason == Reason.OPERATOR_REQUEST else "the upgrade failed"
        )
    if status.phase is Phase.STALLED:
        return "the release cannot recover without your help"
    return "the release is not as declared"


def _what_runs(status: ReleaseStatus) -> str:
    rollback = status.rollback_status
    if status.phase is Phase.ROLLED_BACK:
        return f"revision {rollback.target_revision} runs again, as revision {rollback.restored_revision}"
    if not status.revision:
        return "no revision is known"
    return f"the latest revision is {status.revision} ({status.status})"


def parted(reason: str, message: str) -> tuple[str, str]:
    """Return a message without the reason's own remedy, and that remedy.

    A message that ends with another remedy keeps it; what contradicts the last conclusion has none in it.
    """
    remedy = find(reason).remedy
    if message == remedy or message.endswith(f"; {remedy}"):
        return message.removesuffix(remedy).removesuffix("; "), remedy
    return message, remedy if reason in FOREIGN or not message else ""


def _what_to_do(status: ReleaseStatus, reason: str, remedy: str) -> Iterator[str]:
    if remedy:
        yield f"{remedy[0].upper()}{remedy[1:]}"
    if status.phase is Phase.ROLLED_BACK and reason != Reason.OPERATOR_REQUEST:
        yield "Change the inputs to try again, or only retry_trigger to try the same inputs again"
    elif reason not in _COMPLETE_REMEDIES:
        yield "The next update tries again"


_COMPLETE_REMEDIES = (
    Reason.DRIFTED,
    Reason.INTERRUPTED,
    Reason.OPERATOR_REQUEST,
    Reason.RELEASE_MISSING,
    Reason.UNINSTALLED,
)


def landed(status: ReleaseStatus, *, rolled_back: bool) -> str:
    """Return what a run has brought a release to that is as declared, for a line of a table.

    Args:
        status: the release.
        rolled_back: whether the run made a rollback.
    """
    target = status.rollback_status.target_revision
    if rolled_back and target:
        return f"rolled back to revision {target}, as revision {status.revision}"
    return f"revision {status.revision} is deployed"


def headline(status: ReleaseStatus, *, tried: bool = True) -> str:
    """Return the short form of `explain`, for a line of a table; empty for a release that is as declared.

    It has the phase and the reason word: ``rolled back to revision 1: ImagePullBackOff``.

    Args:
        status: the release.
        tried: as `explain` has it.
    """
    if status.phase is Phase.DEPLOYED:
        return ""
    last = ready(status)
    reason = last.reason if last else Reason.UNKNOWN
    if status.phase is Phase.ROLLED_BACK and not tried:
        return f"nothing was tried: {nothing_tried.in_short(reason)}"
    return f"{_outcome(status)}: {reason}"


def _outcome(status: ReleaseStatus) -> str:
    if status.phase is Phase.ROLLED_BACK:
        return f"rolled back to revision {status.rollback_status.target_revision}"
    return status.phase.value.lower()
