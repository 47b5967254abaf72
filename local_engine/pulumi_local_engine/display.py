"""Shows a run as plain lines, in the manner of `pulumi up` without a terminal, and keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from pulumi.automation import OpType

from pulumi_local_engine.progress_rows import SIGNS, ProgressRows, Row, shown

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent

OnLine = Callable[[str], Any]
_PAST: Final = {"create": "created", "update": "updated", "delete": "deleted", "replace": "replaced"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a run printed."""

    stdout: str
    stderr: str


class Callbacks(Protocol):
    """Where lines go."""

    @property
    def on_output(self) -> OnLine | None:
        """Gets what is printed."""

    @property
    def on_error(self) -> OnLine | None:
        """Gets why it failed."""


class Display:
    """Prints a line for each thing that happens, and at the end what is worth reading twice."""

    def __init__(self, title: str, board: ProgressRows, *, preview: bool, options: Callbacks) -> None:
        """Print to the callbacks; `title` says what is being done to which stack."""
        self._board = board
        self._preview = preview
        self._on_output = options.on_output or _ignore
        self._on_error = options.on_error or _ignore
        self._lines: list[str] = []
        self._errors: list[str] = []
        self._print([f"{title}:", ""])

    def show(self, event: EngineEvent) -> None:
        """Print what an event says, unless it says that nothing changed."""
        row = self._board.apply(event)
        if row is None:
            return
        changed = row.op is not OpType.SAME or row.is_stack
        if event.diagnostic_event or (changed and not (self._preview and event.resource_pre_event)):
            self._print([self._row(row, message=bool(event.diagnostic_event))])
        if self._preview and event.res_outputs_event:
            self._print([f"      {line}" for line in row.details()])

    def end(self, error: str = "", *, outputs: bool = True) -> Rendered:
        """Print messages, outputs and counts; `error` goes to the other stream."""
        self._print(ending(self._board, preview=self._preview, outputs=outputs and not error))
        if error:
            self._errors.append(f"error: {error}")
            self._on_error(self._errors[-1])
        return Rendered(_text(self._lines), _text(self._errors))

    def _row(self, row: Row, *, message: bool) -> str:
        status = row.status(self._board.clock(), preview=self._preview)
        info = row.last_message if message else row.changes()
        return " ".join(part for part in (f" {row.sign}", row.title(), status, info) if part)

    def _print(self, lines: list[str]) -> None:
        self._lines += lines
        for line in lines:
            self._on_output(line)


def ending(board: ProgressRows, *, preview: bool, outputs: bool) -> list[str]:
    """Return the sections that close a run: diagnostics, outputs, resources, duration."""
    return [
        *_diagnostics(board),
        *(_outputs(board) if outputs else ()),
        *_resources(board, preview=preview),
        *(() if preview else ("", f"Duration: {board.seconds}s")),
    ]


def _diagnostics(board: ProgressRows) -> Iterator[str]:
    told = [row for row in board.rows.values() if row.diagnostics]
    if told:
        yield "Diagnostics:"
    for row in told:
        kind, name = row.title().split(" ", 1)
        yield f"  {kind} ({name}):"
        for diagnostic in row.diagnostics:
            prefix = "" if diagnostic.severity.startswith("info") else f"{diagnostic.severity}: "
            yield from (f"    {line}" for line in (prefix + diagnostic.message.rstrip()).splitlines())
        yield ""


def _outputs(board: ProgressRows) -> Iterator[str]:
    if board.outputs:
        yield "Outputs:"
        width = max(len(key) for key in board.outputs)
        for key, value in board.outputs.items():
            yield f"    {key:<{width}}: {shown(value)}"
        yield ""


def _resources(board: ProgressRows, *, preview: bool) -> Iterator[str]:
    changed = {op: count for op, count in board.counts.items() if op is not OpType.SAME and count}
    same = board.counts.get(OpType.SAME, 0)
    yield "Resources:"
    for op, count in changed.items():
        yield f"    {SIGNS[op]}{count} {f'to {op.value}' if preview else _PAST.get(op.value, op.value)}"
    total = sum(changed.values())
    pieces = [f"{total} changes"] if len(changed) > 1 else []
    pieces += [f"{same} unchanged"] if same else []
    if pieces:
        yield f"    {'. '.join(pieces)}"


def _ignore(line: str) -> None:
    """Take a line that nobody asked for."""


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
