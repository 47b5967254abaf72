"""Printing a result: a table for a person, JSON or YAML for a program."""

from __future__ import annotations

import json
import sys
import textwrap
import unicodedata
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, assert_never

from helm_rollback_component.cli.options import Format
from helm_rollback_component.cli.screen import Colour, Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from _typeshed import DataclassInstance

_GAP = "   "
_NARROWEST = 20
_WIDE = "WF"


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: one line.
        colour: what its colour says, if anything.
    """

    text: str
    colour: Colour | None = None


def show(output: Format, document: object, lines: Callable[[Screen], Iterable[str]]) -> None:
    """Print a result.

    Args:
        output: how.
        document: it as dictionaries, lists, strings and numbers; its keys are stable.
        lines: it as a person reads it.
    """
    screen = Screen.of_this_process()
    match output:
        case Format.JSON:
            sys.stdout.write(json.dumps(document, indent=2) + "\n")
        case Format.YAML:
            sys.stdout.write(_yaml(json.loads(json.dumps(document)), screen))
        case Format.TABLE:
            sys.stdout.writelines(f"{_showable(line, screen)}\n" for line in lines(screen))
        case _:
            assert_never(output)


def document(found: DataclassInstance, *numbers: str) -> dict[str, Any]:
    """Return what was found with stable keys; what is not known or does not apply is null.

    Args:
        found: it.
        numbers: its fields in which 0 says that.
    """
    told = {key: _known(value) for key, value in asdict(found).items()}
    return {**told, **{name: told[name] or None for name in numbers}}


def _known(value: object) -> object:
    match value:
        case "":
            return None
        case dict():
            return {key: _known(each) for key, each in value.items()}
        case tuple():
            return [_known(each) for each in value]
        case _:
            return value


def table(screen: Screen, titles: Sequence[str], rows: Iterable[Sequence[Cell | str]]) -> Iterator[str]:
    """Yield the lines of a table. On a terminal the last column is wrapped to what is left of the width."""
    cells = [[_cell(each) for each in row] for row in rows]
    widths = [
        max(_width(title), *(_width(row[index].text) for row in cells), 0)
        for index, title in enumerate(titles)
    ]
    left = _left(screen, widths[:-1])
    for row in ([Cell(title) for title in titles], *cells):
        yield from _row(screen, row, widths, left)


def fields(screen: Screen, pairs: Iterable[tuple[str, Cell | str]]) -> Iterator[str]:
    """Yield a line for each name and what it has; those without anything are left out."""
    shown = [(name, _cell(value)) for name, value in pairs]
    shown = [(f"{name}:", cell) for name, cell in shown if cell.text]
    widths = [max((len(name) for name, _ in shown), default=0), 0]
    left = _left(screen, widths[:-1])
    for name, cell in shown:
        yield from _row(screen, [Cell(name), cell], widths, left)


def one_line(text: str) -> str:
    """Return a text of others in one line, without what would control a terminal."""
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _cell(given: Cell | str) -> Cell:
    cell = given if isinstance(given, Cell) else Cell(given)
    return Cell(one_line(cell.text), cell.colour)


def _left(screen: Screen, widths: Sequence[int]) -> int:
    """Return how wide the last column may be; 0 for any width."""
    return max(_NARROWEST, screen.width - sum(widths) - len(_GAP) * len(widths)) if screen.width else 0


def _row(screen: Screen, row: Sequence[Cell], widths: Sequence[int], left: int) -> Iterator[str]:
    *first, last = row
    begin = _GAP.join(
        screen.paint(cell.text, cell.colour) + " " * (width - _width(cell.text))
        for cell, width in zip(first, widths, strict=False)
    )
    blank = " " * (sum(widths[:-1]) + len(_GAP) * (len(first) - 1))
    wrapped = textwrap.wrap(last.text, left, break_on_hyphens=False) if left else [last.text]
    for start, text in zip_longest([begin], wrapped or [""], fillvalue=blank):
        yield f"{start}{_GAP if first else ''}{screen.paint(text, last.colour)}".rstrip()


def _width(text: str) -> int:
    return sum(_columns(each) for each in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1


def _showable(line: str, screen: Screen) -> str:
    return line if screen.unicode else line.replace("→", "->").replace("…", "...")


def _yaml(document: object, screen: Screen) -> str:
    import yaml

    dumped: Any = yaml.safe_dump(document, sort_keys=False, allow_unicode=screen.unicode)
    return str(dumped)
