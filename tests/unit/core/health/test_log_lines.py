"""The last lines of a container's log."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.health.log_lines import last_lines, shortened


def test_the_last_ten_lines_that_are_not_blank_are_kept() -> None:
    text = "\n".join([*map(str, range(12)), "", "  ", "12", ""])
    assert last_lines(text) == tuple(map(str, range(3, 13)))


def test_an_empty_log_has_none() -> None:
    assert last_lines("") == ()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred\x1b[0m and \x1b[38;5;12mblue\x1b[m", "red and blue"),
        ("\x1b]0;a title\x07one", "one"),
        ("\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;a title without an end", ""),
        ("\x1b(Bone\x1b7\x1bctwo", "onetwo"),
        ("a lone \x1b", "a lone"),
        ("10 %\r20 %\r100 %", "100 %"),
        ("of Windows\r", "of Windows"),
        ("\tat shop.Main", "    at shop.Main"),
        ("a\0b\x07c\x7fd", "a b c d"),
        ("next\u2028line, \u202eright to left", "next line,  right to left"),
        ("wide 宽, é", "wide 宽, é"),
    ],
)
def test_nothing_in_a_line_controls_a_terminal(written: str, shown: str) -> None:
    assert last_lines(f"{written}\nend") == tuple(filter(None, (shown, "end")))


def test_a_long_line_is_its_beginning() -> None:
    assert shortened("x" * 400) == "x" * 400
    assert shortened("x" * 400 + "yyy") == "x" * 400 + "… (3 characters more)"
