"""Shows a run live in a terminal: a tree of resources, each with what is happening to it."""

import threading
from collections.abc import Iterator
from typing import Self

from pulumi.automation import OpType
from pulumi.automation.events import EngineEvent
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pulumi_local_engine.display import ending
from pulumi_local_engine.progress_rows import ProgressRows, Row

_STYLES = {
    OpType.CREATE: "green",
    OpType.UPDATE: "yellow",
    OpType.DELETE: "red",
    OpType.DELETE_REPLACED: "red",
    OpType.REPLACE: "magenta",
    OpType.CREATE_REPLACEMENT: "magenta",
    OpType.REFRESH: "yellow",
}


class LiveDisplay:
    """Draws the board several times a second for as long as it is entered."""

    def __init__(self, title: str, board: ProgressRows, console: Console, *, preview: bool) -> None:
        """Draw on `console`; `title` says what is being done to which stack."""
        self._title = title
        self._board = board
        self._console = console
        self._preview = preview
        self._lock = threading.Lock()
        self._over = False
        self._live = Live(self, console=console, refresh_per_second=8)

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Draw once more and stop."""
        self._over = True
        self._live.stop()

    def show(self, event: EngineEvent) -> None:
        """Take an event in."""
        with self._lock:
            self._board.apply(event)

    def end(self, error: str = "", *, outputs: bool = True) -> None:
        """Print messages, outputs and counts below the tree."""
        self._console.print()
        for line in ending(self._board, preview=self._preview, outputs=outputs and not error):
            self._console.print(Text(line), soft_wrap=True)
        if error:
            self._console.print(Text(f"error: {error}", "bold red"), soft_wrap=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the tree as it is now."""
        del console, options
        yield Text(f"{self._title}:", "bold")
        yield Text("")
        with self._lock:
            yield self._table()

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
        for column in ("", "Type", "Name", "Status"):
            table.add_column(column, no_wrap=True)
        table.add_column("Info", no_wrap=True, overflow="ellipsis", ratio=1)
        for branch, row in self._walk(self._board.root, "", ""):
            kind, name = row.title().split(" ", 1)
            style = "bold red" if row.failed else _STYLES.get(row.op, "")
            status = row.status(self._board.clock(), preview=self._preview)
            sign = Text(f" {row.sign}", style)
            table.add_row(sign, Text(branch + kind), Text(name), Text(status, style), self._info(row))
            for line in row.details() if self._preview else ():
                table.add_row("", "", "", "", Text(line, "dim"))
        return table

    def _walk(self, row: Row, branch: str, indent: str) -> Iterator[tuple[str, Row]]:
        """Yield the rows that have something to tell and those above, each with its piece of the tree."""
        yield branch, row
        below = [child for child in self._board.children(row.urn) if self._matters(child)]
        for child in below:
            own, under = ("└─ ", "   ") if child is below[-1] else ("├─ ", "│  ")
            yield from self._walk(child, indent + own, indent + under)

    def _matters(self, row: Row) -> bool:
        changed = row.op is not OpType.SAME or row.diagnostics
        return bool(changed) or any(self._matters(child) for child in self._board.children(row.urn))

    def _info(self, row: Row) -> Text:
        message = row.tally() if self._over else row.last_message
        return Text("; ".join(part for part in (row.changes(), message) if part))
