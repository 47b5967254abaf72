"""What the package depends on."""

import json
from email.message import Message
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

import pytest

from tools import supply_chain
from tools.bill_of_materials import reproducible
from tools.supply_chain import ALLOWED, LICENCES, dependencies, licence, main, table


def described(**fields: str) -> Message:
    made = Message()
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    return made


@pytest.mark.parametrize("found", dependencies(), ids=lambda found: found.name)
def test_every_licence_is_known_and_allowed_and_listed(found: supply_chain.Dependency) -> None:
    assert found.licence in ALLOWED
    assert f"| {found.name} | {found.version} | {found.licence} |\n" in LICENCES.read_text()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"License_Expression": "MIT"}, "MIT"),
        ({"License": "3-Clause BSD License"}, "BSD-3-Clause"),
        ({"License": "words", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"License_Expression": "GPL-3.0-only"}, "GPL-3.0-only"),
        ({"License": "mine"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_licence_is_read_in_whichever_way_it_is_stated(fields: dict[str, str], expected: str) -> None:
    assert licence(described(**fields)) == expected  # type: ignore[arg-type]  # a message is what metadata is


def test_the_list_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supply_chain, "LICENCES", tmp_path / "licences.md")
    assert main(["licences"]) == 0
    assert (tmp_path / "licences.md").read_text() == table(dependencies())


class TestAudit:
    @pytest.mark.parametrize(
        ("answer", "expected", "said"),
        [
            ((0, ""), 0, "all is well"),
            ((1, ""), 1, "all is well"),
            ((2, "error sending request for url"), 0, "SKIPPED: "),
            ((2, "the lock is out of date"), 2, "the lock is out of date"),
        ],
    )
    def test_says_what_was_found_or_that_nothing_was_checked(
        self, answer: tuple[int, str], expected: int, said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, error = answer
        done = CompletedProcess(["uv"], status, "all is well\n", error)
        with patch.object(supply_chain, "run", return_value=done):
            assert main(["audit"]) == expected
        assert said in capsys.readouterr().out


def exported(chance: str, *, component: str = "httpx2") -> str:
    """Return a bill as uv makes it: with a time and a number that differ each time."""
    bill = {
        "serialNumber": f"urn:uuid:{chance}",
        "metadata": {"timestamp": chance, "tools": []},
        "components": [{"name": component}],
    }
    return json.dumps(bill)


class TestBillOfMaterials:
    def test_the_same_content_gives_the_same_bytes(self) -> None:
        one, again = (reproducible(exported(chance), at=0) for chance in ("one", "another"))
        assert one == again
        assert json.loads(one)["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"

    def test_another_content_is_another_bill(self) -> None:
        bills = [json.loads(reproducible(exported("x", component=name), at=0)) for name in ("a", "b")]
        assert bills[0]["serialNumber"] != bills[1]["serialNumber"]

    def test_it_is_written_twice_alike(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(supply_chain, "SBOM", tmp_path / "dist" / "sbom.cdx.json")
        written = []
        for chance in ("one", "another"):
            done = CompletedProcess(["uv"], 0, exported(chance), "")
            with patch.object(supply_chain, "_uv", return_value=done):
                assert main(["sbom"]) == 0
            written.append(supply_chain.SBOM.read_bytes())
        assert written[0] == written[1]

    def test_what_uv_refuses_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        with patch.object(supply_chain, "_uv", return_value=CompletedProcess(["uv"], 2, "", "no lock\n")):
            assert main(["sbom"]) == 2
        assert capsys.readouterr().err == "no lock\n"
