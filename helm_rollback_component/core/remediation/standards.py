"""Which good revisions a revision is compared with: what they left unready is not held against it. Pure.

Only good revisions count. What a bad one left unready is what is wrong with it, also if it is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.steps import Accept, Rollback, Upgrade, Verify

if TYPE_CHECKING:
    from helm_rollback_component.core.health.evidence import Noted
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.core.remediation.steps import Action, Situation


@dataclass(frozen=True)
class Reference:
    """One good revision.

    Attributes:
        revision: its number.
        live: whether it is what runs now, so that a look tells what it leaves unready.
        noted: what it is known to have left unready, apart from that.
    """

    revision: int
    live: bool = False
    noted: Noted = ()


@dataclass(frozen=True)
class Known:
    """What is known before an action.

    Attributes:
        references: the revisions to compare with.
        condemned: whether what runs was found bad, and its content never good.
        tried: the revisions since the last good one: interrupted, or found bad.
    """

    references: tuple[Reference, ...] = ()
    condemned: bool = False
    tried: tuple[int, ...] = ()


def known(action: Action, situation: Situation) -> Known:
    """Return what an action's result is to be compared with.

    - What is deployed is compared with what ran before: as it is now, or as it was when it was replaced.
    - What is restored is compared with itself as well, as it was when it was found good or was replaced.
    """
    history, ledger = situation.history, situation.ledger
    found: tuple[Record | None, ...]
    match action:
        case Rollback(revision=restored) | Accept(rollback=Rollback(revision=restored)):
            found = (history.get(restored), _serving(history, ledger))
        case Verify():
            found = _compared_when_judged_again(action.revision, history, ledger)
        case _:
            found = (_serving(history, ledger),)
    good = (each for each in found if each and targets.standing(each, ledger) is Verdict.GOOD)
    references = {each.revision: _reference(each, action, situation) for each in good}
    tried = targets.since_last_good(history, ledger) if isinstance(action, Upgrade) else ()
    numbers = tuple(each.revision for each in tried)
    return Known(tuple(references.values()), _condemned(history, ledger), numbers)


def _serving(history: History, ledger: Ledger) -> Record | None:
    """Return the newest good revision: the latest, or what it was to replace."""
    latest = history.latest
    if latest is None or targets.standing(latest, ledger) is Verdict.GOOD:
        return latest
    return targets.last_good(history, ledger, below=latest.revision)


def _compared_when_judged_again(
    revision: int, history: History, ledger: Ledger
) -> tuple[Record | None, Record | None]:
    """Return what it restored, if it is a rollback's, and what ran before it."""
    record = history.get(revision)
    origin = targets.origin(record, history, ledger) if record else revision
    restored = history.get(origin) if origin != revision else None
    return restored, targets.last_good(history, ledger, below=revision)


def _reference(record: Record, action: Action, situation: Situation) -> Reference:
    """What runs now is looked at; that it was worse once is no excuse for what is deployed over it."""
    latest = situation.history.latest
    live = record == latest and not isinstance(action, Verify)
    forgets = live and not isinstance(action, Rollback)
    return Reference(record.revision, live, () if forgets else _noted(record, situation.ledger))


def _noted(record: Record, ledger: Ledger) -> Noted:
    """Return the most that each object is known to have lacked."""
    entry, look = ledger.entry(record.revision), ledger.last_look
    seen_good = entry.unready if entry else ()
    seen_last = look.unready if look and look.revision == record.revision else ()
    return tuple(sorted((*seen_good, *seen_last)))


def _condemned(history: History, ledger: Ledger) -> bool:
    latest = history.latest
    if latest is None or targets.standing(latest, ledger) is not Verdict.BAD:
        return False
    source = history.get(targets.origin(latest, history, ledger))
    return source is None or targets.standing(source, ledger) is not Verdict.GOOD
