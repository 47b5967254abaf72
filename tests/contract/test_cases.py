"""The document of all cases names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_DOCUMENT = (_ROOT / "docs" / "cases.md").read_text()
_NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", _DOCUMENT)))


@pytest.mark.parametrize(("file", "name"), _NAMED)
def test_every_named_test_is_there(file: str, name: str) -> None:
    path = _ROOT / file if "/" in file else Path(__file__).parent / file
    assert f"def {name}(" in path.read_text()


@pytest.mark.parametrize(
    ("heading", "cases"), [("Atomic", 29), ("Rollback", 6), ("Unlock", 6), ("Uninst", 10)]
)
def test_no_case_is_left_out(heading: str, cases: int) -> None:
    section = next(part for part in _DOCUMENT.split("\n## ") if part.startswith(f"`Test{heading}"))
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert len(rows) == cases + 1


def test_every_edge_case_has_its_number() -> None:
    section = _DOCUMENT.split("\n## Edge cases")[1]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == list(
        range(1, 42)
    )
