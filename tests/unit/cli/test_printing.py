"""How results are printed."""

import pytest

from helm_rollback_component.cli.printing import Cell, fields, one_line, table
from helm_rollback_component.cli.screen import Colour, Screen


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


def test_the_last_column_is_wrapped_to_the_terminal() -> None:
    rows = [("web", "one two three four five six seven")]
    assert list(table(Screen(width=30), ("NAME", "MESSAGE"), rows)) == [
        "NAME   MESSAGE",
        "web    one two three four five",
        "       six seven",
    ]


def test_a_narrow_terminal_leaves_room_for_words() -> None:
    lines = list(table(Screen(width=5), ("NAME", "MESSAGE"), [("a-long-name", "one two three four five")]))
    assert lines[1:] == ["a-long-name   one two three four", "              five"]


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


@pytest.mark.parametrize("hostile", ["a\x1b[2Jb", "a\nb", "a\x9bb", "a\u202eb"])
def test_a_text_of_others_does_not_control_the_terminal(hostile: str) -> None:
    shown = one_line(hostile)
    assert shown[0] + shown[-1] == "ab"
    assert shown.isprintable()


def test_colours_are_shown_only_where_they_are_wanted() -> None:
    assert Screen(colours=True).paint("x", Colour.BAD) == "\x1b[31mx\x1b[0m"
    assert Screen(colours=True).paint("", Colour.BAD) == ""
    assert Screen(colours=True).paint("x", None) == "x"
    assert Screen().paint("x", Colour.BAD) == "x"
