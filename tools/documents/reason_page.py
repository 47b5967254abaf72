"""Every reason word: what it means, and what to do."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from helm_rollback_component.reasons import Reason
from tools.documents.advice import ADVICE
from tools.documents.markdown import page as page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING_OR_MEMBER = re.compile(r"^    (?:# (?P<heading>.+)\.|(?P<name>[A-Z_]+) = )", re.MULTILINE)
_INTRODUCTION = """
    Errors, conditions, the output `rollback_status` and the record in the cluster give a reason in one
    word. In Python each is a member of `helm_rollback_component.Reason`, which compares equal to the plain
    text and has `meaning`, `remedy` and `temporary`. Which faults of a pod are found, and after how long,
    is on the page about [health](health.md). If you know only what you see, begin with
    [troubleshooting](troubleshooting.md).

    **Temporary** means that the same call may succeed later although nothing was changed. **Tried again**
    means that the next update tries the same inputs again after the rollback, because nothing was wrong
    with them; after every other reason it fails at once, until the inputs or `retry_trigger` change.
"""


def page() -> str:
    """Return the page."""
    groups = (f"## {heading}\n\n{_entries(reasons)}" for heading, reasons in _groups())
    return page_of("Reason words", _INTRODUCTION, *groups)


def what_to_do(reason: Reason) -> str:
    """Return what to do, as a sentence.

    Raises:
        KeyError: nothing is said of that.
    """
    remedy = reason.remedy
    return f"{remedy[0].upper()}{remedy[1:]}." if remedy else ADVICE[reason]


def _groups() -> Iterator[tuple[str, list[Reason]]]:
    heading, found = "", list[Reason]()
    for match in _HEADING_OR_MEMBER.finditer(inspect.getsource(Reason)):
        if match["name"]:
            found.append(Reason[match["name"]])
            continue
        if found:
            yield heading, found
        heading, found = match["heading"], []
    yield heading, found


def _entries(reasons: list[Reason]) -> str:
    return "\n\n".join(map(_entry, reasons))


def _entry(reason: Reason) -> str:
    marks = {"Temporary.": reason.temporary, "Tried again.": reason.tried_again}
    marked = "".join(f" *{mark}*" for mark, holds in marks.items() if holds)
    return f"### {reason}\n\n{reason.meaning}{marked}\n\n**What to do:** {what_to_do(reason)}"
