"""The pages of `docs/` that are made from the code say what the code says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import ReleaseStatus
from tools.documents import __main__ as command
from tools.documents.advice import ADVICE
from tools.documents.pages import FOLDER, PAGES
from tools.documents.reason_page import what_to_do

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", PAGES)
def test_a_committed_page_is_what_the_code_makes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_the_command_writes_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    command.main()
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        name: made() for name, made in PAGES.items()
    }


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_meaning_and_something_to_do(reason: Reason) -> None:
    assert reason.meaning
    assert re.fullmatch(r"[A-Z`].*\.", what_to_do(reason))


def test_advice_is_only_given_where_a_reason_has_no_remedy() -> None:
    assert [reason for reason in ADVICE if reason.remedy] == []


def test_the_page_of_reasons_has_each_once_under_a_heading() -> None:
    headings = re.findall(r"^### (\w+)$", PAGES["reasons.md"](), re.MULTILINE)
    assert headings == [reason.value for reason in Reason]


def test_the_page_of_inputs_has_a_row_for_each() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGES["inputs.md"](), re.MULTILINE)
    assert rows[: len(HelmConfig.model_fields)] == [*HelmConfig.model_fields]
    assert {"target_revision", "crash_loop_restarts", "insecure_skip_tls_verify"} < {*rows}


def test_the_page_of_outputs_has_a_row_for_each() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGES["outputs.md"](), re.MULTILINE)
    names = [*ReleaseStatus.__dataclass_fields__]
    assert rows[: len(names)] == names


def test_an_or_in_a_type_does_not_end_the_cell_of_a_table() -> None:
    assert "### `plan_rollback(revision: int | None = None) -> RollbackPlan`" in PAGES["scripts.md"]()
    assert all(line.count(" | ") == 2 for line in PAGES["inputs.md"]().splitlines() if line.startswith("| `"))


def test_the_readme_is_short() -> None:
    assert len((FOLDER.parent / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
