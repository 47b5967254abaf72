"""The part of the page that tells of kills, from what was measured. Pure."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tools.faults.operations import OPERATIONS
from tools.kills.trial import BEGINS_WITHIN, Who

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.kills.sweep import Killed

KILLED = Path(__file__).parent / "killed.jsonl"
_NAMES = {"helm4": "Helm 4", "helm3": "Helm 3", "embedded": "embedded"}
_PLACES = ([*_NAMES], [*OPERATIONS], [*Who])
_TEXT = f"""## Killed anywhere

In each trial an operation is killed as one of its requests changes something. What is killed leaves what it
has written, so these kills meet every state in which an operation can be left. Killed is the process that has
Helm work (`caller`), `Helm`, or `both`, by SIGKILL; or the caller is `told` to end by SIGTERM; or the
`engine` is gone for which it works. Then the same is declared again. A trial is good if the result is that of
an operation that nobody disturbed, Helm is no longer at work, and the next run had the lock at most
{BEGINS_WITHIN} s after the kill.
"""


def newest(killed: Iterable[Killed]) -> list[Killed]:
    """Return the last figures of each operation, killed in each way on each engine, in the table's order."""
    last = {(each.engine, each.operation, each.who): each for each in killed}
    return sorted(last.values(), key=_place)


def text(killed: Sequence[Killed]) -> str:
    """Return the part; `killed` is what `newest` returns."""
    lines = [["Engine", "Operation", *Who], ["---"] * (2 + len(Who))]
    for (engine, operation), found in groupby(killed, lambda each: (each.engine, each.operation)):
        cells = {each.who: f"{each.good}/{each.tried}{_mark(each)}" for each in found}
        lines.append([_NAMES[engine], operation, *(cells.get(who, "") for who in Who)])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    good, tried = sum(each.good for each in killed), sum(each.tried for each in killed)
    return f"{_TEXT}\n{table}\n\nTogether {good} of {tried} kills ended well. {_how(killed)}\n"


def _how(killed: Sequence[Killed]) -> str:
    dates = ", ".join(sorted({each.date for each in killed}))
    return (
        f"Measured by `python -m tools.kills` on {dates}. An asterisk: only at each sixth to twelfth "
        "request, of whatever kind. A refresh writes nothing."
    )


def _mark(each: Killed) -> str:
    return "" if each.requests == "writes" and each.every == 1 else " *"


def _place(each: Killed) -> tuple[int, int, int]:
    engines, operations, whom = _PLACES
    return engines.index(each.engine), operations.index(each.operation), whom.index(Who(each.who))
