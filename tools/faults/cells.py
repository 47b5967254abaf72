"""A sweep as a long job: cell by cell, what tells most for its time first, what is recorded left out."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tools.faults import rules
from tools.faults.measured import Cell, Measured, read
from tools.faults.rules import Fault
from tools.faults.sweep import NO_FAULT, OURS, Row, Sweep, Trial, every, try_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PACKAGE = "helm_rollback_component"
WATCHES = "watches"
"""As `Cell.whose`: everybody's watches, and nothing else."""

_MOST_TOLD_FIRST = (
    Fault.UNAVAILABLE,
    Fault.LOST,
    Fault.CUT,
    Fault.EXPIRED,
    Fault.RESET,
    Fault.CONFLICT,
    Fault.TOO_MANY,
    Fault.ERROR,
    Fault.BAD_GATEWAY,
    Fault.REFUSED,
    Fault.TIME_OUT,
    Fault.SILENT,
)
_SIDE_BY_SIDE = 3
"""So many cells are under way at once, so that the end of one leaves nobody idle."""


@dataclass(frozen=True)
class Found:
    """What was found of a cell.

    Attributes:
        cell: what was tried.
        row: how that ended.
        seconds: how long it took.
    """

    cell: Cell
    row: Row
    seconds: float

    def measured(self, version: str) -> Measured:
        """Return it as it is recorded, for that version."""
        return Measured(
            **vars(self.cell),
            good=self.row.total - len(self.row.failures),
            tried=self.row.total,
            date=datetime.now(UTC).date().isoformat(),
            version=version,
            seconds=round(self.seconds),
        )


def cells(
    engines: Iterable[str], operations: Sequence[str], faults: Iterable[Fault], whose: str, stride: int
) -> list[Cell]:
    """Return the cells in the order in which they are tried: by fault, then by engine, then by operation."""
    engines = [*engines]
    return [
        Cell(engine, operation, fault, whose, stride)
        for fault in sorted(faults, key=_MOST_TOLD_FIRST.index)
        for engine in engines
        for operation in operations
    ]


def unrecorded(wanted: Iterable[Cell], record: Path | None, version: str) -> list[Cell]:
    """Return those cells of which nothing is recorded for that version."""
    known = read(record.read_text()) if record and record.exists() else []
    done = {each.cell for each in known if each.version == version}
    return [cell for cell in wanted if cell not in done]


def version_of_this() -> str:
    """Return what names the content of the package that is tried; empty outside of a checkout."""
    where = f"HEAD:{_PACKAGE}"
    named, changed = _git("rev-parse", "--short", where), _git("status", "--porcelain", f":/{_PACKAGE}")
    return f"{named}-changed" if named and changed else named


def _git(*arguments: str) -> str:
    ended = subprocess.run(  # a list of arguments, no shell that would read them
        [shutil.which("git") or "git", *arguments],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if ended.returncode else ended.stdout.strip()


def run(wanted: Iterable[Cell], kubeconfig: str, at_once: int) -> Iterator[Found]:
    """Try each cell; yield what was found of it as soon as it is known.

    Args:
        wanted: the cells, in the order in which they begin.
        kubeconfig: the content of one.
        at_once: how many trials run side by side.
    """
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as begun, ThreadPoolExecutor(at_once) as trials:
        runner = _Runner(kubeconfig, trials)
        try:
            for each in as_completed([begun.submit(runner.try_cell, cell) for cell in wanted]):
                yield each.result()
        finally:
            begun.shutdown(wait=False, cancel_futures=True)
            trials.shutdown(wait=False, cancel_futures=True)


class _Runner:
    def __init__(self, kubeconfig: str, trials: Executor) -> None:
        self._kubeconfig = kubeconfig
        self._trials = trials
        self._lock = threading.Lock()
        self._without_fault: dict[tuple[str, str, str], Future[Trial]] = {}

    def try_cell(self, cell: Cell) -> Found:
        how, began = self._how(cell), time.monotonic()
        wanted = self._wanted(cell, how).result()
        row = how.row(cell.operation, Fault(cell.fault), wanted, self._trials)
        return Found(cell, row, time.monotonic() - began)

    def _wanted(self, cell: Cell, how: Sweep) -> Future[Trial]:
        """Return the trial without a fault, which cells that differ in the fault alone share."""
        which = (cell.engine, cell.operation, cell.whose)
        with self._lock:
            if which not in self._without_fault:
                self._without_fault[which] = self._trials.submit(try_once, how, cell.operation, NO_FAULT)
            return self._without_fault[which]

    def _how(self, cell: Cell) -> Sweep:
        watches = cell.whose == WATCHES
        matching = {"ours": OURS, "all": "", WATCHES: ""}.get(cell.whose, cell.whose)
        return Sweep(
            self._kubeconfig,
            shutil.which(cell.engine) or cell.engine,
            matching,
            choose=partial(every, cell.every),
            skip=rules.is_no_watch if watches else rules.is_watch,
        )
