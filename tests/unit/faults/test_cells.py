"""A sweep in pieces: its order, what is left out, and what is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tools.faults import cells, sweep
from tools.faults.cells import Found
from tools.faults.measured import Cell, Measured, read
from tools.faults.rules import Fault, Request, Rule
from tools.faults.stage import Outcome
from tools.faults.sweep import Row, Sweep, Trial

if TYPE_CHECKING:
    from pathlib import Path

CELL = Cell("helm4", "upgrade", "503", "all", 1)
DONE = Measured(**vars(CELL), good=3, tried=3, date="2026-11-26", version="abc", seconds=4)
GOOD = Outcome("Deployed", 1, 0, (), (), locked=False)
BAD = replace(GOOD, result="Failed")


def test_what_tells_most_for_its_time_comes_first_on_every_engine() -> None:
    found = cells.cells(["helm3", "helm4"], ["deploy", "upgrade"], [Fault.TIME_OUT, Fault.LOST], "all", 1)
    assert [(each.fault, each.engine, each.operation) for each in found][:5] == [
        ("lost", "helm3", "deploy"),
        ("lost", "helm3", "upgrade"),
        ("lost", "helm4", "deploy"),
        ("lost", "helm4", "upgrade"),
        ("time-out", "helm3", "deploy"),
    ]


def test_every_fault_has_its_place_in_that_order() -> None:
    assert len(cells.cells(["helm3"], ["deploy"], Fault, "all", 1)) == len(Fault)


def test_what_is_recorded_for_the_same_content_is_left_out(tmp_path: Path) -> None:
    record = tmp_path / "record"
    assert cells.unrecorded([CELL], record, "abc") == [CELL]
    record.write_text(f'{DONE.line}\n{{"engine": "hel')
    other = replace(CELL, every=5)
    assert cells.unrecorded([CELL, other], record, "abc") == [other]
    assert cells.unrecorded([CELL], record, "def") == [CELL]
    assert cells.unrecorded([CELL], None, "abc") == [CELL]


def test_what_is_found_is_recorded_with_what_it_was_found_of() -> None:
    row = Row("upgrade", Fault.UNAVAILABLE, 3, ("one",))
    measured = Found(CELL, row, 4.4).measured("abc")
    assert replace(measured, date=DONE.date) == replace(DONE, good=2)
    assert read(f"{measured.line}\n") == [measured]


def test_the_version_is_that_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"rev-parse": "abc", "status": ""}
    monkeypatch.setattr(cells, "_git", lambda which, *_: told[which])
    assert cells.version_of_this() == "abc"
    told["status"] = " M helm_rollback_component/errors.py"
    assert cells.version_of_this() == "abc-changed"
    told["rev-parse"] = ""
    assert cells.version_of_this() == ""


def test_cells_share_the_trial_without_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, Rule]] = []

    def try_once(how: Sweep, operation: str, rule: Rule) -> Trial:
        tried.append((how.matching, rule))
        spoiled = Request(2, "GET", "/x", fault=rule.fault) if rule.numbers == {2} else None
        return Trial(operation, spoiled, 2, BAD if spoiled and rule.fault is Fault.LOST else GOOD)

    for module in (cells, sweep):
        monkeypatch.setattr(module, "try_once", try_once)
    wanted = [CELL, replace(CELL, fault="lost")]
    found = {each.cell.fault: each.row for each in cells.run(wanted, "kubeconfig", 2)}
    assert {fault: (row.total, len(row.failures)) for fault, row in found.items()} == {
        "503": (1, 0),
        "lost": (1, 1),
    }
    assert "result" in found["lost"].failures[0]
    assert sum(rule is sweep.NO_FAULT for _, rule in tried) == 1
    assert {matching for matching, _ in tried} == {""}


@pytest.mark.parametrize(
    ("whose", "matching", "counted"),
    [("ours", sweep.OURS, False), ("watches", "", True), (" Helm/", " Helm/", False)],
)
def test_whose_requests_are_spoiled_is_told_by_a_word(
    monkeypatch: pytest.MonkeyPatch, whose: str, matching: str, *, counted: bool
) -> None:
    used: list[Sweep] = []

    def try_once(how: Sweep, operation: str, rule: Rule) -> Trial:  # noqa: ARG001  # as it is called
        used.append(how)
        return Trial(operation, None, 0, GOOD)

    for module in (cells, sweep):
        monkeypatch.setattr(module, "try_once", try_once)
    assert next(iter(cells.run([replace(CELL, whose=whose)], "kubeconfig", 1))).row.total == 0
    watch = Request(0, "GET", "/api/v1/pods?watch=1")
    assert {(how.matching, not how.skip(watch)) for how in used} == {(matching, counted)}


def test_a_trial_that_cannot_be_made_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Trial:
        raise OSError("no room")

    monkeypatch.setattr(cells, "try_once", refuse)
    with pytest.raises(OSError, match="no room"):
        list(cells.run([CELL, CELL], "kubeconfig", 1))
