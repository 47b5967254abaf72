"""Which revisions a remediation passes over on its way back, and why. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.steps import Accept, Rollback

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from helm_rollback_component.core.remediation.steps import Situation

_AT_MOST = 5


def passed_over(situation: Situation, chosen: int) -> str:
    """Return which revisions after `chosen` were not restored instead, and why; empty where there are none.

    Args:
        situation: the situation after the rollback to `chosen`, or after the last that was tried.
        chosen: the revision that was restored; 0 where none was.
    """
    if chosen and chosen == situation.desired.rollback.target_revision:
        return ""
    return _spelled(_reasons(situation, chosen))


def passed_over_of_version(situation: Situation, chosen: int) -> str:
    """Return which newer revisions of the declared chart version a downgrade passed over, and why.

    Args:
        situation: the situation after the rollback to `chosen`.
        chosen: the revision that was restored, the newest good one of them.
    """
    wanted, restored = situation.desired, _origin(situation, chosen)
    same = targets.of_version(
        situation.history,
        chart_name=wanted.chart_name,
        chart_version=wanted.chart_version,
        values_digest=wanted.values_digest,
    )
    newer = (each.revision for each in reversed(same) if each.revision > chosen)
    return _spelled(
        (number, _why(situation, number)) for number in newer if _origin(situation, number) != restored
    )


def _spelled(reasons: Iterable[tuple[int, str]]) -> str:
    told = [f"revision {number} was passed over: {why}" for number, why in reasons]
    left_off = len(told) - _AT_MOST
    more = [f"{left_off} older ones were passed over too"] if left_off > 0 else []
    return "; ".join((*told[:_AT_MOST], *more))


def _reasons(situation: Situation, chosen: int) -> Iterator[tuple[int, str]]:
    """Yield number and reason of each, the newest first, of each content once."""
    tried = dict(_tried(situation))
    failed = _failed(situation, chosen, {*tried, _origin(situation, chosen)})
    known = {_origin(situation, chosen), _origin(situation, failed)}
    for number in range(failed - 1, chosen, -1):
        origin = _origin(situation, number)
        if origin not in known:
            known.add(origin)
            yield number, tried.get(origin) or _why(situation, number)


def _tried(situation: Situation) -> Iterator[tuple[int, str]]:
    """Yield the content of each rollback that failed since the last other step, and why it did."""
    for taken, after in pairwise((*situation.taken, None)):
        if taken is None or not isinstance(taken.action, Rollback) or taken.failure is None:
            continue
        accepted = after is not None and isinstance(after.action, Accept)
        failure = after.failure if accepted and after else taken.failure
        if failure:
            yield _origin(situation, taken.action.revision), failure.message


def _failed(situation: Situation, chosen: int, restored: Collection[int]) -> int:
    """Return the newest bad revision after `chosen` that is not itself one of the rollbacks, or 0."""
    history, ledger = situation.history, situation.ledger
    bad = (
        record.revision
        for record in reversed(history.records)
        if record.revision > chosen
        and targets.standing(record, ledger) is Verdict.BAD
        and targets.origin(record, history, ledger) not in restored
    )
    return next(bad, 0)


def _origin(situation: Situation, revision: int) -> int:
    record = situation.history.get(revision)
    return targets.origin(record, situation.history, situation.ledger) if record else revision


def _why(situation: Situation, revision: int) -> str:
    history, ledger = situation.history, situation.ledger
    record, entry = history.get(revision), ledger.entry(revision)
    if record is None:
        unreadable = revision in history.unreadable
        return "its record cannot be decoded" if unreadable else "it is no longer stored"
    if targets.tampered(record, ledger):
        return "its record was changed after it was deployed"
    if targets.standing(record, ledger) is Verdict.GOOD:
        return "it was never seen to work"
    return f"it is not known to be good ({entry.reason if entry and entry.reason else record.status.value})"
