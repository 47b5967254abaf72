"""Whose content a revision holds, and for which spec: what the ledger keeps of it when it is judged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.steps import REQUESTS

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Situation


@dataclass(frozen=True)
class Lineage:
    """Where a revision comes from.

    Attributes:
        origin: the revision whose content it holds.
        desired_digest: keyed digest of the spec that it serves; empty where that is not known.
    """

    origin: int
    desired_digest: str


def of_rollback(target: Record | None, situation: Situation, *, requested: bool) -> Lineage:
    """Return the lineage of a revision that restores `target`, None where that is not stored any more.

    A version-based request declares what it restores; any other rollback serves the spec of its target.
    """
    if target is None:
        return Lineage(0, "")
    entry = situation.ledger.entry(target.revision)
    by_version = requested and situation.desired.rollback.strategy == "version-based"
    digest = situation.desired.digest if by_version else entry.desired_digest if entry else ""
    return Lineage(targets.origin(target, situation.history, situation.ledger), digest)


def of_judged_anew(record: Record, situation: Situation) -> Lineage:
    """Return the lineage of a deployed revision whose verdict was not kept, or is given once more."""
    ledger = situation.ledger
    origin = targets.origin(record, situation.history, ledger)
    entry, attempt = ledger.entry(record.revision), ledger.attempt
    if entry:
        return Lineage(origin, entry.desired_digest)
    if attempt is None or attempt.revision != record.revision:
        return Lineage(origin, "")
    if attempt.action != "rollback":
        return Lineage(record.revision, situation.desired.digest)
    target = situation.history.get(attempt.target)
    restored = of_rollback(target, situation, requested=attempt.reason in REQUESTS)
    return Lineage(origin, restored.desired_digest)
