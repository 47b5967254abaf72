"""What a person sees: headings, what is going on, what was found, and how it all ended."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.rule import Rule
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

WIDTH = 100
_INDENT = 3
_DONE, _WRONG = "✓", "✗"
_FETCHED_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class Activity:
    """Something that goes on: what it is at now, and what else there is to see of it."""

    def __init__(self, what: str, say: Callable[[str], None], picture: Callable[[], Sequence[Text]]) -> None:
        """Begin; `say` takes what it is at, `picture` gives lines to show below."""
        self._started = time.monotonic()
        self._say = say
        self._picture = picture
        self._spinner = Spinner("dots", style="cyan")
        self.now = what

    def progress(self, what: str) -> None:
        """Take note of what it is at now."""
        if what != self.now:
            self.now = what
            self._say(what)

    def __rich__(self) -> RenderableType:
        """Render it as it is now."""
        seconds = f"{time.monotonic() - self._started:5.1f} s"
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(width=1)
        line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        line.add_column(justify="right", width=8)
        line.add_row(self._spinner, Text(self.now), Text(seconds, "dim"))
        return _indented(Group(line, *self._picture()))


class Screen:
    """Writes to standard output: live on a terminal, line by line elsewhere."""

    def __init__(self, *, recorded: bool = False) -> None:
        """Use the terminal's width, up to a hundred columns; if `recorded`, an act can be drawn."""
        console = Console(highlight=False)
        self._console = Console(
            highlight=False,
            width=min(WIDTH, console.width) if console.is_terminal else WIDTH,
            record=recorded,
        )
        self._acts = 0
        self._after_gap = False
        self._wrong = 0

    def title(self) -> None:
        """Say what this is."""
        self._gap()
        self._print(Text("Helm releases that come back by themselves", "bold"))
        self._gap()

    def facts(self, facts: Mapping[str, str]) -> None:
        """Say what everything runs on."""
        table = Table.grid(padding=(0, 2))
        for name, value in facts.items():
            table.add_row(Text(name, "dim"), value)
        self._print(_indented(table))

    @contextmanager
    def drawn(self, path: Path | None, title: str = "make demo") -> Iterator[None]:
        """Draw what is shown while the block runs into an SVG file, if there is a path."""
        if path is None:
            yield
            return
        self._console.export_text()  # forget what was before
        yield
        picture = self._console.export_svg(title=title, unique_id=path.stem)
        picture = _FETCHED_FONTS.sub("", picture)
        path.write_text(picture.replace("<text ", '<text xml:space="preserve" '))

    def act(self, title: str, what: str) -> None:
        """Begin an act."""
        self._acts += 1
        self._gap()
        self._print(Rule(Text(f"{self._acts}  {title}", "bold"), align="left", style="dim"))
        self._print(_indented(Text(what, "dim")))
        self._gap()

    @contextmanager
    def busy(self, what: str, picture: Callable[[], Sequence[Text]] = tuple) -> Iterator[Activity]:
        """Show what goes on while the block runs."""
        if not self._console.is_terminal:
            self._say(what)
            yield Activity(what, self._say, picture)
            return
        activity = Activity(what, lambda _: None, picture)
        with Live(activity, console=self._console, refresh_per_second=10, transient=True):
            yield activity

    def check(self, what: str, *, good: bool, aside: str = "") -> None:
        """Say that something is as it should be, or that it is not."""
        self._wrong += not good
        mark = Text(_DONE, "bold green") if good else Text(_WRONG, "bold red")
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(width=1)
        line.add_column(ratio=1)
        line.add_column(justify="right", no_wrap=True)
        line.add_row(mark, what if good else Text(f"this should be so, and is not: {what}", "red"), aside)
        self._print(_indented(line))

    def quote(self, text: str) -> None:
        """Show what a program said."""
        self._gap()
        self._print(_indented(Text(text, "yellow"), _INDENT + 2))
        self._gap()

    def typed(self, command: str, said: str) -> None:
        """Show a command, and what it said on a terminal."""
        self._gap()
        self._print(Text(f"$ {command}", "bold"))
        for line in said.splitlines():
            self._print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
        self._gap()

    def picture(self, lines: Sequence[Text]) -> None:
        """Show a drawing."""
        self._gap()
        for line in lines:
            self._print(_indented(line), no_wrap=True, overflow="ellipsis")
        self._gap()

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
        """Show a table."""
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row)
        self._gap()
        self._print(_indented(Group(Text(f"$ {title}", "bold"), table)))

    def stopped(self, why: str) -> None:
        """Say why it could not go on."""
        self._wrong += 1
        self._gap()
        self._print(Text(f"{_WRONG} {why}", "bold red"))

    def conclude(self, seconds: float) -> int:
        """Say how it all ended; return the exit code."""
        self._gap()
        if self._wrong:
            self._print(Text(f"{self._wrong} of the findings are not what they should be.", "bold red"))
            return 1
        self._print(Text(f"Everything went as it should, in {seconds:.0f} s.", "bold green"))
        return 0

    def _say(self, what: str) -> None:
        self._print(_indented(Text(f"· {what}", "dim")))

    def _print(self, what: RenderableType, **how: Any) -> None:
        self._console.print(what, **how)
        self._after_gap = False

    def _gap(self) -> None:
        """Leave one line free, not two."""
        if not self._after_gap:
            self._console.print()
        self._after_gap = True


def _indented(what: RenderableType, by: int = _INDENT) -> Padding:
    return Padding(what, (0, 0, 0, by), expand=not isinstance(what, Text))
