"""The ledger as the text of an annotation, small enough for a Lease. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from helm_rollback_component.core.records.ledger import Ledger, Verdict

if TYPE_CHECKING:
    from helm_rollback_component.core.records.ledger import Entry

EMPTY = Ledger()
FORMAT = 1
MAX_BYTES = 190 * 1024
"""Kubernetes allows 256 KiB for all annotations of an object; 200 are ours, and the owner needs a few."""

MAX_MESSAGE = 1000

_COMMA = 1


def encode(ledger: Ledger) -> str:
    """Return the ledger as text of `MAX_BYTES` at most.

    Long messages are cut, and if it is still too long the verdicts on the oldest revisions are dropped, the
    newest good one excepted.
    """
    short = _cut(ledger)
    room = MAX_BYTES - len(_text(short.model_copy(update={"entries": ()})).encode())
    return _text(short.model_copy(update={"entries": _fitting(short.entries, room)}))


def decode(text: str) -> Ledger | None:
    """Return the ledger in a text, an empty one if there is no text; None if it cannot be understood."""
    if not text:
        return EMPTY
    try:
        found: Any = from_json(text)
        return Ledger.model_validate(found["ledger"]) if found["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError):
        return None


def _text(ledger: Ledger) -> str:
    return _json({"format": FORMAT, "ledger": ledger.model_dump(mode="json", exclude_defaults=True)})


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _fitting(entries: tuple[Entry, ...], room: int) -> tuple[Entry, ...]:
    """Return the newest good entry and as many of the newest others as there is room for, in their order."""
    good = next((entry for entry in reversed(entries) if entry.verdict is Verdict.GOOD), None)
    kept: set[int] = set()
    for entry in ([good] if good else []) + [entry for entry in reversed(entries) if entry is not good]:
        room -= len(_json(entry.model_dump(mode="json", exclude_defaults=True)).encode()) + _COMMA
        if room < len('"entries":[],'):
            break
        kept.add(entry.revision)
    return tuple(entry for entry in entries if entry.revision in kept)


def _cut(ledger: Ledger) -> Ledger:
    conclusion = ledger.conclusion
    return ledger.model_copy(
        update={
            "conclusion": conclusion
            and conclusion.model_copy(update={"message": _short(conclusion.message)}),
            "rollback_status": replace(
                ledger.rollback_status, message=_short(ledger.rollback_status.message)
            ),
            "conditions": tuple(
                replace(condition, message=_short(condition.message)) for condition in ledger.conditions
            ),
        }
    )


def _short(message: str) -> str:
    return message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE - 1]}…"
