"""Tables, lists of fields, and sentences."""

import pytest

from helm_rollback_component.cli.screen import Colour, Screen
from helm_rollback_component.cli.tables import Cell, fields, sentences, table
from helm_rollback_component.cli.wrapping import width

TITLES = ("", "NAME", "APP VERSION", "MESSAGE")
ROWS = [
    ("", "a-long-name", "1.0", ""),
    ("*", "b", "日本", "one two three four five six seven eight nine ten"),
]


def test_a_table_has_aligned_columns() -> None:
    rows: list[tuple[Cell | str, ...]] = [("web", Cell("1"), "good"), ("a-longer-name", "12", "")]
    assert list(table(Screen(), ("NAME", "REV", "VERDICT"), rows)) == [
        "NAME            REV   VERDICT",
        "web             1     good",
        "a-longer-name   12",
    ]


def test_wide_and_combining_letters_keep_the_columns_aligned() -> None:
    rows = [("日本", "x"), ("e\u0301", "y")]
    assert list(table(Screen(), ("N", "M"), rows)) == ["N      M", "日本   x", "e\u0301      y"]


def test_without_a_terminal_each_row_is_a_line() -> None:
    assert list(table(Screen(), TITLES, ROWS)) == [
        "    NAME          APP VERSION   MESSAGE",
        "    a-long-name   1.0",
        "*   b             日本          one two three four five six seven eight nine ten",
    ]


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (
            66,
            [
                "    NAME          APP VERSION   MESSAGE",
                "    a-long-name   1.0",
                "*   b             日本          one two three four five six seven",
                "                                eight nine ten",
            ],
        ),
        (
            40,
            [
                "   NAME         APP VERSION",
                "    MESSAGE",
                "   a-long-name  1.0",
                "*  b            日本",
                "    one two three four five six seven",
                "    eight nine ten",
            ],
        ),
        (
            23,
            [
                "   NAME         APP",
                "                VERSION",
                "    MESSAGE",
                "   a-long-name  1.0",
                "*  b            日本",
                "    one two three four",
                "    five six seven",
                "    eight nine ten",
            ],
        ),
        (
            22,
            [
                "NAME:          a-long-name",
                "APP VERSION:   1.0",
                "",
                "NAME:          * b",
                "APP VERSION:   日本",
                "MESSAGE:       one two three four five six",
                "               seven eight nine ten",
            ],
        ),
    ],
)
def test_the_form_of_a_table_follows_from_the_width(columns: int, lines: list[str]) -> None:
    assert list(table(Screen(width=columns), TITLES, ROWS)) == lines


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    rows = [("*", "release-" * 6 + "x", "1.2.3-rc.1+build.20260101", "registry/image:" * 20 + " 日本語" * 40)]
    found = [
        *table(Screen(width=columns), TITLES, rows),
        *fields(Screen(width=columns), [("Name", rows[0][3])]),
    ]
    assert max(map(width, found)) <= columns


def test_colours_do_not_count_as_width() -> None:
    rows = [(Cell("bad", Colour.BAD), "x")]
    assert list(table(Screen(colours=True), ("VERDICT", "M"), rows))[1] == "\x1b[31mbad\x1b[0m       x"


def test_a_list_of_nothing_has_its_titles() -> None:
    assert list(table(Screen(), ("A", "B"), [])) == ["A   B"]


def test_fields_without_anything_are_left_out() -> None:
    pairs: list[tuple[str, Cell | str]] = [
        ("Name", "web"),
        ("Namespace", ""),
        ("Phase", Cell("Deployed", Colour.GOOD)),
    ]
    assert list(fields(Screen(colours=True), pairs)) == ["Name:    web", "Phase:   \x1b[32mDeployed\x1b[0m"]


def test_fields_may_all_be_left_out() -> None:
    assert list(fields(Screen(), [("Name", "")])) == []


def test_each_sentence_begins_a_line() -> None:
    texts = ("one two\nthree four", "five")
    assert list(sentences(Screen(width=10), *texts)) == ["one two", "three four", "five"]
    assert list(sentences(Screen(), *texts)) == ["one two three four", "five"]
