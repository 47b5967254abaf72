"""What the reader of the output can show."""

import io
from collections.abc import Mapping

import pytest

from helm_rollback_component.cli.screen import Screen


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
    return Screen.of_this_process()


def test_a_terminal_has_a_width_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch) == Screen(width=100, colours=True, unicode=True)


def test_a_pipe_has_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False) == Screen(width=0, colours=False, unicode=True)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert not shown(monkeypatch, variables={name: value}).colours


def test_a_terminal_may_lack_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not shown(monkeypatch, "ascii").unicode
