"""The page, from what was measured. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tools.faults.operations import OPERATIONS
from tools.faults.rules import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.faults.measured import Measured

_HERE = Path(__file__).parent
PAGE = _HERE.parents[1] / "docs" / "reliability.md"
MEASURED = _HERE / "measured.jsonl"
_BEFORE, _AFTER = _HERE / "before.md", _HERE / "after.md"
_NAMES = {"helm4": "Helm 4", "helm3": "Helm 3", "embedded": "embedded"}
_ENGINES, _OPERATIONS, _FAULTS = [*_NAMES], [*OPERATIONS], [*Fault]


def newest(measured: Iterable[Measured]) -> list[Measured]:
    """Return the last figures of each operation with each fault on each engine, in the order of the table."""
    last = {(each.engine, each.operation, each.fault): each for each in measured}
    return sorted(last.values(), key=_place)


def text(measured: Sequence[Measured]) -> str:
    """Return the page.

    Args:
        measured: what `newest` returns.
    """
    parts = [_BEFORE.read_text(), _table(measured), "", _total(measured), "", *_commands(measured), ""]
    return "\n".join([*parts, _AFTER.read_text()])


def _place(each: Measured) -> tuple[int, int, int]:
    return (
        _ENGINES.index(each.engine),
        _OPERATIONS.index(each.operation),
        _FAULTS.index(Fault(each.fault)),
    )


def _table(measured: Sequence[Measured]) -> str:
    faults = [fault for fault in _FAULTS if any(each.fault == fault for each in measured)]
    lines = [["Engine", "Operation", *faults], ["---"] * (2 + len(faults))]
    for (engine, operation), found in groupby(measured, lambda each: (each.engine, each.operation)):
        cells = {each.fault: f"{each.good}/{each.tried}" for each in found}
        lines.append([_NAMES[engine], operation, *(cells.get(fault, "") for fault in faults)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _total(measured: Sequence[Measured]) -> str:
    good, tried = (sum(each) for each in zip(*((one.good, one.tried) for one in measured), strict=True))
    return f"Together {good} of {tried} operations with one fault ended as without it. Measured by:"


def _commands(measured: Sequence[Measured]) -> list[str]:
    """Return the commands that measure the same again, with the dates."""
    runs: dict[tuple[Measured, tuple[str, ...]], list[str]] = {}
    for _, group in groupby(measured, lambda each: (each.engine, each.operation, each.every, each.date)):
        found = list(group)
        how = replace(found[0], operation="", fault="", good=0, tried=0)
        runs.setdefault((how, tuple(each.fault for each in found)), []).append(found[0].operation)
    told = (_command(how, faults, operations) for (how, faults), operations in runs.items())
    return ["```console", *told, "```"]


def _command(how: Measured, faults: Iterable[str], operations: Iterable[str]) -> str:
    options = [f"--helm {how.engine}", *(f'--operation "{each}"' for each in operations)]
    options += [f"--fault {each}" for each in faults]
    options += [] if how.whose == "ours" else [f"--requests '{'' if how.whose == 'all' else how.whose}'"]
    options += [f"--every {how.every}"] if how.every > 1 else []
    return f"$ python -m tools.faults sweep {' '.join(options)}  # {how.date}"
