"""The page on reliability is made of what was measured."""

from __future__ import annotations

from dataclasses import replace

from tools.faults.measured import Measured, read
from tools.reliability import page

ONE = Measured("helm4", "upgrade", "503", "all", 1, 38, 39, "2026-11-26")


def test_what_is_measured_is_read_as_it_was_written() -> None:
    assert read(f"{ONE.line}\n{ONE.line}\n") == [ONE, ONE]


def test_the_newest_figures_count_in_the_order_of_the_table() -> None:
    newer, older = replace(ONE, good=39), replace(ONE, engine="helm3")
    first = replace(ONE, operation="deploy")
    assert page.newest([older, ONE, newer, first]) == [first, newer, older]


def test_the_table_has_a_column_for_each_fault_and_a_cell_for_each_figure() -> None:
    lost = replace(ONE, operation="delete", fault="lost", every=5)
    made = page.text(page.newest([lost, ONE]))
    assert "| Engine | Operation | 503 | lost |" in made
    assert "| Helm 4 | upgrade | 38/39 |  |" in made
    assert "| Helm 4 | delete |  | 38/39 * |" in made
    assert "Together 76 of 78 operations" in made


def test_the_commands_measure_the_same_again() -> None:
    refresh = replace(ONE, operation="refresh")
    made = page.text(page.newest([ONE, refresh, replace(ONE, engine="helm3", whose="ours", every=5)]))
    asked = '--helm helm4 --operation "upgrade" --operation "refresh" --fault 503 --requests \'\''
    assert f"$ python -m tools.faults sweep {asked}  # 2026-11-26\n" in made
    assert '--helm helm3 --operation "upgrade" --fault 503 --every 5  # 2026-11-26\n' in made


def test_watches_have_a_table_of_their_own() -> None:
    watches = replace(ONE, whose="watches", fault="silent", good=9, tried=9)
    made = page.text(page.newest([watches, ONE, replace(watches, fault="503", good=8)]))
    assert "| Engine | Operation | 503 |\n" in made
    assert "| Helm 4 | upgrade | 38/39 |\n" in made
    assert "| Engine | Operation | 503 | silent |\n" in made
    assert "| Helm 4 | upgrade | 8/9 | 9/9 |\n" in made
    assert '--operation "upgrade" --fault 503 --fault silent --watches' in made


def test_the_command_names_whose_requests_were_spoiled() -> None:
    assert "--requests ' Helm/'  #" in page.text([replace(ONE, whose=" Helm/")])


def test_the_page_that_is_kept_has_what_was_measured() -> None:
    assert page.PAGE.read_text() == page.text(read(page.MEASURED.read_text()))
