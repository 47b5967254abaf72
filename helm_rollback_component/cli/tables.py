"""Tables, lists of fields, and sentences, laid out for the reader of the output. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from helm_rollback_component.cli.printing import one_line
from helm_rollback_component.cli.wrapping import width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.cli.screen import Colour, Screen

_GAP = 3
_TIGHT = 2
_READABLE = 32
"""In fewer columns a sentence does not read well."""
_INDENT = 4


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: one line.
        colour: what its colour says, if anything.
    """

    text: str
    colour: Colour | None = None


def table(screen: Screen, titles: Sequence[str], rows: Iterable[Sequence[Cell | str]]) -> Iterator[str]:
    """Yield the lines of a table, in the first of these forms for which a terminal is wide enough.

    Its last column is wrapped to what the others leave; it stands below them; each row is a list of fields.

    Args:
        screen: the reader.
        titles: those of the columns; a column without one marks the next.
        rows: their cells.
    """
    cells = [[*map(_cell, row)] for row in rows]
    grid = [[*map(Cell, titles)], *cells]
    *first, last = (max(map(width, column)) for column in _columns(grid))
    left = screen.width - sum(first) - _GAP * len(first)
    if not screen.width or left >= min(last, _READABLE):
        return _beside(screen, grid, [*first, max(left, 0)])
    if fitted := _fitted(screen.width, first, grid):
        return _below(screen, grid, fitted)
    return _apart(screen, titles, cells)


def fields(screen: Screen, pairs: Iterable[tuple[str, Cell | str]]) -> Iterator[str]:
    """Yield the lines for each name and what it has; those without anything are left out."""
    shown = [(f"{name}:", cell) for name, value in pairs if (cell := _cell(value)).text]
    widest = max((width(name) for name, _ in shown), default=0)
    left = max(_READABLE, screen.width - widest - _GAP) if screen.width else 0
    return _beside(screen, [[Cell(name), cell] for name, cell in shown], [widest, left])


def sentences(screen: Screen, *texts: str) -> Iterator[str]:
    """Yield the lines of texts, each of which begins a line."""
    for text in texts:
        yield from wrapped(one_line(text), screen.width)


def _cell(given: Cell | str) -> Cell:
    cell = given if isinstance(given, Cell) else Cell(given)
    return replace(cell, text=one_line(cell.text))


def _columns(grid: Sequence[Sequence[Cell]]) -> Iterator[tuple[str, ...]]:
    return (tuple(cell.text for cell in column) for column in zip(*grid, strict=True))


def _beside(screen: Screen, grid: Iterable[Sequence[Cell]], widths: Sequence[int]) -> Iterator[str]:
    for row in grid:
        yield from _row(screen, row, widths, _GAP)


def _below(screen: Screen, grid: Iterable[Sequence[Cell]], widths: Sequence[int]) -> Iterator[str]:
    for *first, last in grid:
        yield from _row(screen, first, widths, _TIGHT)
        for line in wrapped(last.text, screen.width - _INDENT) if last.text else ():
            yield " " * _INDENT + screen.paint(line, last.colour)


def _apart(screen: Screen, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    for place, row in enumerate(rows):
        if place:
            yield ""
        yield from fields(screen, _named(titles, row))


def _named(titles: Sequence[str], row: Sequence[Cell]) -> Iterator[tuple[str, Cell]]:
    mark = ""
    for title, cell in zip(titles, row, strict=True):
        if title:
            yield title, replace(cell, text=f"{mark} {cell.text}".strip())
        mark = "" if title else cell.text


def _fitted(room: int, widths: Sequence[int], grid: Sequence[Sequence[Cell]]) -> list[int]:
    """Return widths that fit into the room with no word broken, the first columns preferred; else nothing."""
    *first, _ = _columns(grid)
    narrowest = [max(width(word) for text in column for word in text.split() or [""]) for column in first]
    left = room - sum(narrowest) - _TIGHT * (len(widths) - 1)
    if left < 0:
        return []
    fitted = []
    for least, wished in zip(narrowest, widths, strict=True):
        more = min(left, wished - least)
        fitted.append(least + more)
        left -= more
    return fitted


def _row(screen: Screen, row: Sequence[Cell], widths: Sequence[int], gap: int) -> Iterator[str]:
    columns = [wrapped(cell.text, room) for cell, room in zip(row, widths, strict=True)]
    for texts in zip_longest(*columns, fillvalue=""):
        parts = (
            screen.paint(text, cell.colour) + " " * (room - width(text))
            for text, cell, room in zip(texts, row, widths, strict=True)
        )
        yield (" " * gap).join(parts).rstrip()
