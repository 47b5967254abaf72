"""Which revisions are good, and which of them to restore.

Pure decisions over a release's history and the ledger's verdicts; nothing is read or changed here.

The ledger's verdict comes first. Without one, Helm's status is read by this rule (from Helm's
``pkg/action/rollback.go`` and ``upgrade.go``): ``deployed`` is good; ``superseded`` is good unless its own
description, which it keeps, tells of a failure. A rollback that cannot be applied marks even a failed
revision superseded, and so does an upgrade that finds none deployed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.records import chart_versions
from helm_rollback_component.core.records.digests import comparable
from helm_rollback_component.core.records.history import Record, Status
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.ledger import Ledger

_ROLLBACK_TO = re.compile(r"Rollback to ([0-9]{1,19})")
_REPLACED = "superseded by new release"
INTERRUPTED = "Interrupted: its client died"
"""The description of a revision that a dead client left pending."""
_UNFINISHED = re.compile(
    rf'(Upgrade|Release|Rollback) "|Preparing upgrade|Initial install underway|{INTERRUPTED}'
)


@dataclass(frozen=True)
class Refusal:
    """Why a revision cannot be a rollback target.

    Attributes:
        reason: one CamelCase word.
        message: one sentence.
    """

    reason: Reason
    message: str


def rolled_back_to(revision: int) -> str:
    """Return how Helm describes a revision that restores another."""
    return f"Rollback to {revision}"


def standing(record: Record, ledger: Ledger) -> Verdict:
    """Return what is known of a revision: the ledger's verdict, else what follows from Helm's status."""
    if tampered(record, ledger):
        return Verdict.BAD
    entry, word = ledger.entry(record.revision), _helms_word(record)
    if entry is None or entry.record_digest != record.digest:
        return word
    unproven = entry.verdict is Verdict.UNKNOWN and word is not Verdict.GOOD
    return word if unproven else entry.verdict


def was_interrupted(record: Record) -> bool:
    """Whether a revision was marked failed because its client had died."""
    return record.description == INTERRUPTED


def tampered(record: Record, ledger: Ledger) -> bool:
    """Whether the record is provably not the one that the verdict was given on.

    A digest made with a lost key proves nothing.
    """
    entry = ledger.entry(record.revision)
    return bool(
        entry and entry.record_digest != record.digest and comparable(entry.record_digest, record.digest)
    )


def verified(record: Record, ledger: Ledger) -> bool:
    """Whether this component saw this record work."""
    entry = ledger.entry(record.revision)
    return bool(
        entry and entry.verdict is Verdict.GOOD and entry.seen and entry.record_digest == record.digest
    )


def origin(record: Record, history: History, ledger: Ledger) -> int:
    """Return the revision whose content this one has, through any chain of rollbacks."""
    seen: set[int] = set()
    while record.revision not in seen:
        seen.add(record.revision)
        entry = ledger.entry(record.revision)
        if entry and entry.record_digest == record.digest:
            return entry.origin
        match = _ROLLBACK_TO.fullmatch(record.description)
        target = history.get(int(match[1])) if match else None
        if target is None:
            return int(match[1]) if match else record.revision
        record = target
    return record.revision


def restores(record: Record, target: Record, history: History, ledger: Ledger) -> bool:
    """Whether a deployed revision already has the content of `target`."""
    same = origin(record, history, ledger) == origin(target, history, ledger)
    return record.status is Status.DEPLOYED and same


def last_good(
    history: History, ledger: Ledger, *, below: int, without: Collection[int] = ()
) -> Record | None:
    """Return the newest good revision below `below`, a verified one if there is any.

    Args:
        history: the release's revisions.
        ledger: what is known of them.
        below: only revisions with a lower number count.
        without: contents (revision numbers, as `origin` tells them) that are excluded.
    """
    candidates = [
        record
        for record in since_uninstall(history)
        if record.revision < below
        and standing(record, ledger) is Verdict.GOOD
        and origin(record, history, ledger) not in without
    ]
    proven = [record for record in candidates if verified(record, ledger)]
    return max(proven or candidates, key=lambda record: record.revision, default=None)


def since_last_good(history: History, ledger: Ledger) -> tuple[Record, ...]:
    """Return the revisions after the last good one, oldest first: what they applied may still be there."""
    good = last_good(history, ledger, below=history.next_revision)
    return tuple(record for record in history if good is None or record.revision > good.revision)


def with_version(
    history: History, ledger: Ledger, *, chart_name: str, chart_version: str, values_digest: str
) -> Record | None:
    """Return the newest good revision with that chart, version and values, or None."""
    same = of_version(
        history, chart_name=chart_name, chart_version=chart_version, values_digest=values_digest
    )
    good = (record for record in same if standing(record, ledger) is Verdict.GOOD)
    return max(good, key=lambda record: record.revision, default=None)


def of_version(
    history: History, *, chart_name: str, chart_version: str, values_digest: str
) -> tuple[Record, ...]:
    """Return the revisions with that chart, version and values, good or not, oldest first."""
    return tuple(
        record
        for record in since_uninstall(history)
        if record.chart_name == chart_name
        and chart_versions.same(record.chart_version, chart_version)
        and record.values_digest == values_digest
    )


def requested(revision: int | None, history: History, ledger: Ledger) -> Record | Refusal | None:
    """Return what a requested rollback restores, why it cannot, or None if there is nothing to do.

    Args:
        revision: the one to restore; None for the last good one before the latest.
        history: the release's revisions.
        ledger: what is known of them.
    """
    latest = history.latest
    if revision is None:
        held = {origin(latest, history, ledger)} if latest else set()
        found = last_good(history, ledger, below=latest.revision if latest else 0, without=held)
        return found or Refusal(Reason.MISSING_ROLLBACK_TARGET, _why_none(latest, ledger))
    refusal = refuse(revision, history, ledger)
    if refusal:
        return refusal
    target = history.get(revision)
    held_already = target and latest and restores(latest, target, history, ledger)
    good = latest is not None and standing(latest, ledger) is Verdict.GOOD
    return None if held_already and good else target


def _why_none(latest: Record | None, ledger: Ledger) -> str:
    if latest is None or standing(latest, ledger) is not Verdict.GOOD:
        return "no good revision is stored that can be restored"
    return f"no good revision is stored with another content than revision {latest.revision}, the newest"


def refuse(revision: int, history: History, ledger: Ledger) -> Refusal | None:
    """Return why `revision` cannot be rolled back to, or None where it can."""
    latest = history.latest
    if revision < 1:
        return Refusal(
            Reason.INVALID_REVISION, f"revision {revision} is not possible; revisions count from 1"
        )
    if latest is None:
        return Refusal(Reason.NO_HISTORY, "the release has no history")
    if revision > max(latest.revision, *history.unreadable, 0):
        return Refusal(
            Reason.BEYOND_LATEST, f"revision {revision} does not exist yet; the latest is {latest.revision}"
        )
    if revision in history.unreadable:
        return Refusal(Reason.RECORD_UNREADABLE, f"the record of revision {revision} cannot be decoded")
    record = history.get(revision)
    if record is None:
        stored = ", ".join(str(known.revision) for known in history)
        return Refusal(
            Reason.PRUNED, f"revision {revision} is no longer stored; the stored revisions are {stored}"
        )
    return _refuse_record(record, latest, history, ledger)


def _refuse_record(record: Record, latest: Record, history: History, ledger: Ledger) -> Refusal | None:
    number = record.revision
    entry = ledger.entry(number)
    if tampered(record, ledger):
        return Refusal(Reason.TAMPERED, f"the record of revision {number} was changed after it was deployed")
    if record not in tuple(since_uninstall(history)):
        return Refusal(
            Reason.BEFORE_UNINSTALL, f"revision {number} is older than the last uninstall of the release"
        )
    if standing(record, ledger) is not Verdict.GOOD:
        known = entry.reason if entry and entry.reason else record.status.value
        return Refusal(Reason.NOT_GOOD, f"revision {number} is not known to be good ({known})")
    if record.chart_name != latest.chart_name:
        return Refusal(
            Reason.ANOTHER_CHART,
            f"revision {number} has chart {record.chart_name}, the release now has {latest.chart_name}",
        )
    return None


def since_uninstall(history: History) -> Iterator[Record]:
    """Yield the revisions that were made since the release was last uninstalled, oldest first."""
    last = max((record.revision for record in history if _ends_a_life(record)), default=0)
    return (record for record in history if record.revision > last)


def _ends_a_life(record: Record) -> bool:
    """Whether the release was uninstalled then; an install over the kept history marks that superseded."""
    return record.status is Status.UNINSTALLED or record.description == _REPLACED


def _helms_word(record: Record) -> Verdict:
    if record.status is Status.DEPLOYED:
        return Verdict.GOOD
    if record.status is not Status.SUPERSEDED:
        return Verdict.BAD if record.status is Status.FAILED else Verdict.UNKNOWN
    return Verdict.BAD if _UNFINISHED.match(record.description) else Verdict.GOOD
