"""How a stored revision is described: a failure in our own words, whatever Helm stored of it. Pure.

Helm stores the whole error of a failed action, and an API server quotes in it what it refuses: a secret of
that time, which nobody knows any more, for as long as the revision is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation.targets import INTERRUPTED

if TYPE_CHECKING:
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.records.ledger import Ledger

_FAILURE = re.compile(r'(Upgrade|Release|Rollback) "[^"]*" failed')


def description(record: Record, ledger: Ledger) -> str:
    """Return the sentence about a revision: Helm's own, or its user's, unless that tells of a failure."""
    said = record.description
    what = _FAILURE.match(said)
    if said == INTERRUPTED or not (what or record.status is Status.FAILED):
        return said
    entry = ledger.entry(record.revision)
    bad = entry and entry.verdict is Verdict.BAD and entry.reason
    return f"{what[0] if what else 'failed'}: {bad or classify(said).reason}"
