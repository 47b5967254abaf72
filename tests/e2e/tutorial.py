"""The tutorial as a person reads it: files to write, commands to type, and what is to be seen then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANYTHING = "…"


@dataclass(frozen=True)
class File:
    """A file to write: its first line names it."""

    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command to type, and what is to be seen, where an ellipsis stands for anything."""

    typed: str
    seen: str

    @property
    def fails(self) -> bool:
        """Whether the page means it to fail."""
        return self.typed.startswith("pulumi up") and "the upgrade failed" in self.seen

    @property
    def pattern(self) -> str:
        """What the output must match in whole, its spaces made one."""
        return re.escape(_plain(self.seen)).replace(re.escape(_ANYTHING), "(?s:.*)")

    def shows(self, output: str) -> bool:
        """Whether an output is what the page says; it says nothing of commands without one."""
        return not self.seen or bool(re.fullmatch(self.pattern, _plain(output)))


def steps(page: str) -> Iterator[File | Command]:
    """Yield what the page has one do, in order."""
    for language, text in _BLOCK.findall(page):
        if language == "console":
            yield from _commands(text)
        else:
            first, _, _ = text.partition("\n")
            yield File(first.removeprefix("# "), text)


def _commands(block: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        typed, _, seen = part.partition("\n")
        yield Command(typed, seen)


def _plain(text: str) -> str:
    return " ".join(text.split())
