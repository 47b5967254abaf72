"""The page, from what was measured. Pure."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tools.faults.cells import WATCHES
from tools.faults.operations import OPERATIONS
from tools.faults.rules import Fault
from tools.kills.sweep import read
from tools.reliability import kills

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.faults.measured import Measured

_HERE = Path(__file__).parent
PAGE = _HERE.parents[1] / "docs" / "reliability.md"
MEASURED = _HERE / "measured.jsonl"
_BEFORE, _WATCHES, _AFTER = (_HERE / f"{part}.md" for part in ("before", "watches", "after"))
_NAMES = {"helm4": "Helm 4", "helm3": "Helm 3", "embedded": "embedded"}
_ENGINES, _OPERATIONS, _FAULTS = [*_NAMES], [*OPERATIONS], [*Fault]


def newest(measured: Iterable[Measured]) -> list[Measured]:
    """Return the last figures of each operation with each fault on each engine, as the tables have them."""
    last = {(each.engine, each.operation, each.fault, _watches(each)): each for each in measured}
    return sorted(last.values(), key=_place)


def text(measured: Sequence[Measured]) -> str:
    """Return the page.

    Args:
        measured: what `newest` returns.
    """
    requests, watches = ([*filter(which, measured)] for which in (lambda each: not _watches(each), _watches))
    parts = [_BEFORE.read_text(), _table(requests), "", _total(measured), "", *_commands(measured), ""]
    killed = kills.newest(read(kills.KILLED.read_text()))
    told = [kills.text(killed)] if killed else []
    return "\n".join([*parts, *_about_watches(watches), *told, _AFTER.read_text()])


def _about_watches(measured: Sequence[Measured]) -> list[str]:
    return [_WATCHES.read_text(), _table(measured), ""] if measured else []


def _watches(each: Measured) -> bool:
    return each.whose == WATCHES


def _place(each: Measured) -> tuple[bool, int, int, int]:
    return (
        _watches(each),
        _ENGINES.index(each.engine),
        _OPERATIONS.index(each.operation),
        _FAULTS.index(Fault(each.fault)),
    )


def _table(measured: Sequence[Measured]) -> str:
    faults = [fault for fault in _FAULTS if any(each.fault == fault for each in measured)]
    lines = [["Engine", "Operation", *faults], ["---"] * (2 + len(faults))]
    for (engine, operation), found in groupby(measured, lambda each: (each.engine, each.operation)):
        cells = {each.fault: _figures(each) for each in found}
        lines.append([_NAMES[engine], operation, *(cells.get(fault, "") for fault in faults)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(each: Measured) -> str:
    return f"{each.good}/{each.tried}{' *' if each.every > 1 else ''}"


def _total(measured: Sequence[Measured]) -> str:
    good, tried = (sum(each) for each in zip(*((one.good, one.tried) for one in measured), strict=True))
    told = f"Together {good} of {tried} operations with one fault ended as without it"
    return f"{told}, those with spoiled watches below among them. Measured by:"


def _commands(measured: Sequence[Measured]) -> list[str]:
    """Return the commands that measure the same again, with the dates."""
    runs: dict[tuple[Measured, tuple[str, ...]], list[str]] = {}
    by_operation: dict[tuple[Measured, str], list[str]] = {}
    for each in measured:
        by_operation.setdefault((each.command, each.operation), []).append(each.fault)
    for (how, operation), faults in by_operation.items():
        runs.setdefault((how, tuple(faults)), []).append(operation)
    told = (_command(how, faults, operations) for (how, faults), operations in runs.items())
    return ["```console", *told, "```"]


def _command(how: Measured, faults: Iterable[str], operations: Iterable[str]) -> str:
    options = [f"--helm {how.engine}", *(f'--operation "{each}"' for each in operations)]
    options += [f"--fault {each}" for each in faults]
    options += _whose(how.whose)
    options += [f"--every {how.every}"] if how.every > 1 else []
    return f"$ python -m tools.faults sweep {' '.join(options)}  # {how.date}"


def _whose(whose: str) -> list[str]:
    match whose:
        case "ours":
            return []
        case "all":
            return ["--requests ''"]
        case _ if whose == WATCHES:
            return ["--watches"]
        case _:
            return [f"--requests '{whose}'"]
