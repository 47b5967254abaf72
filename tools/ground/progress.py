"""Telling a person what is going on: a live bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_PLAIN_INTERVAL = 15.0


class Bar:
    """How far one part of the work is."""

    def __init__(self, label: str, unit: str, progress: Progress | None, *, plain: bool = False) -> None:
        self._label = label
        self._unit = unit
        self._plain = plain
        self._progress = progress
        self._task: TaskID | None = progress.add_task(label, total=None) if progress else None
        self._total = 0
        self._done = 0
        self._said = time.monotonic()

    def total(self, total: int) -> None:
        """Say how many there are to do."""
        self._total = total
        if self._progress and self._task is not None:
            self._progress.update(self._task, total=total)

    def advance(self) -> None:
        """Count one as done."""
        self._done += 1
        if self._progress and self._task is not None:
            self._progress.advance(self._task)
        elif self._plain and time.monotonic() - self._said >= _PLAIN_INTERVAL:
            self._said = time.monotonic()
            print(
                f"{self._label}: {self._done} of {self._total or '?'} {self._unit}",
                file=sys.stderr,
                flush=True,
            )


class Reporter:
    """Writes to standard error, so that what a command answers stays alone on standard output."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True, quiet=quiet)

    def line(self, text: str) -> None:
        """Say one line."""
        if self._quiet:
            return
        if self._console.is_terminal:
            self._console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)

    @contextmanager
    def bar(self, label: str, *, unit: str) -> Iterator[Bar]:
        """Show how far ``label`` is while the block runs."""
        if self._quiet or not self._console.is_terminal:
            self.line(f"{label} …")
            yield Bar(label, unit, None, plain=not self._quiet)
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True) as progress:
            yield Bar(label, unit, progress)
