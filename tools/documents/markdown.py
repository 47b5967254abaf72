"""Markdown as it reads on a plain Git host and on the site."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `make docs` from the code: change it there. -->"


def page(title: str, introduction: str, *parts: str) -> str:
    """Return a page; `introduction` may be indented."""
    return "\n\n".join([MADE, f"# {title}", dedent(introduction).strip(), *map(str.strip, parts)]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells may hold several lines."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def one_line(text: str) -> str:
    """Return a docstring as one line of Markdown."""
    return " ".join(text.split()).replace("``", "`")


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
