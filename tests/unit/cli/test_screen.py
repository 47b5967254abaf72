"""What the reader of the output can show."""

import io
import os
import sys
from collections.abc import Mapping

import pytest

from helm_rollback_component.cli.screen import Colour, Screen


class Stream(io.TextIOWrapper):
    """A stream that may be a terminal."""

    def __init__(self, encoding: str, *, terminal: bool) -> None:
        """Write nowhere."""
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def shown(
    monkeypatch: pytest.MonkeyPatch,
    encoding: str = "utf-8",
    variables: Mapping[str, str] | None = None,
    *,
    terminal: bool = True,
) -> Screen:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", "COLUMNS": "100", **(variables or {})}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", Stream(encoding, terminal=terminal))
    return Screen.of(sys.stdout)


def test_a_terminal_has_a_width_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch) == Screen(width=100, colours=True, unicode=True)


def test_a_pipe_has_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False) == Screen(width=0, colours=False, unicode=True)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert not shown(monkeypatch, variables={name: value}).colours


@pytest.mark.parametrize("columns", ["", "0", "wide"])
def test_a_terminal_that_tells_no_width_has_the_usual_one(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    assert shown(monkeypatch, variables={"COLUMNS": columns}).width == 80


def test_a_terminal_tells_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((132, 40)))
    monkeypatch.setattr(Stream, "fileno", lambda _: 1)
    assert shown(monkeypatch, variables={"COLUMNS": ""}).width == 132


def test_a_terminal_may_lack_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not shown(monkeypatch, "ascii").unicode


def test_colours_are_shown_only_where_they_are_wanted() -> None:
    assert Screen(colours=True).paint("x", Colour.BAD) == "\x1b[31mx\x1b[0m"
    assert Screen(colours=True).paint("", Colour.BAD) == ""
    assert Screen(colours=True).paint("x", None) == "x"
    assert Screen().paint("x", Colour.BAD) == "x"
