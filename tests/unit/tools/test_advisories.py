"""Known vulnerabilities, by records of OSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import locked, supply_chain
from tools.advisories import GO, PYPI, Package, affects, findings

ROOT = Path(__file__).resolve().parents[3]
YAML_LOADER = Package(PYPI, "pyyaml", "5.3", "uv.lock")
SSH = Package(GO, "golang.org/x/crypto", "v0.8.0", "go.mod")


def record(package: Package, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    affected = {
        "package": {"ecosystem": package.ecosystem, "name": package.name},
        "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}, {"type": "SEMVER", "events": [*events]}],
    }
    return {"id": "X-1", "aliases": ["CVE-1"], "details": "It is bad.\nVery.", "affected": [affected], **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Records in both forms, one of another package, and something that is no record."""
    python = record(Package(PYPI, "PyYAML", "", ""), {"introduced": "0"}, {"fixed": "5.4"})
    go = record(SSH, {"introduced": "0"}, {"fixed": "0.17.0"}, id="X-2", summary="Go is bad", details="")
    other = record(Package(PYPI, "other", "", ""), {"introduced": "0"}, id="X-3")
    (tmp_path / "vulns" / "pyyaml").mkdir(parents=True)
    (tmp_path / "vulns" / "pyyaml" / "X-1.yaml").write_text(yaml.safe_dump(python))
    (tmp_path / "X-2.json").write_text(json.dumps(go, indent=2))
    (tmp_path / "X-3.json").write_text(json.dumps(other, indent=2))
    (tmp_path / "README.md").write_text("name: pyyaml")
    return tmp_path


def test_records_of_both_forms_are_read(folder: Path) -> None:
    found, count = findings([YAML_LOADER, SSH], [folder])
    assert [str(each) for each in found] == [
        "golang.org/x/crypto v0.8.0 (go.mod): X-2 = CVE-1, fixed in 0.17.0: Go is bad",
        "pyyaml 5.3 (uv.lock): X-1 = CVE-1, fixed in 5.4: It is bad.",
    ]
    assert count == 3


def test_a_withdrawn_record_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "X-1.json").write_text(
        json.dumps(record(YAML_LOADER, {"introduced": "0"}, withdrawn="2024-01-01T00:00:00Z"), indent=1)
    )
    assert findings([YAML_LOADER], [tmp_path]) == ([], 1)


@pytest.mark.parametrize(
    ("ecosystem", "version", "events", "expected"),
    [
        (PYPI, "5.3", [{"introduced": "0"}], True),
        (PYPI, "5.4", [{"introduced": "0"}, {"fixed": "5.4"}], False),
        (PYPI, "5.4rc1", [{"introduced": "0"}, {"fixed": "5.4"}], True),
        (PYPI, "5.10", [{"introduced": "5.9"}, {"last_affected": "5.10"}], True),
        (PYPI, "5.11", [{"introduced": "5.9"}, {"last_affected": "5.10"}], False),
        (PYPI, "2.5", [{"fixed": "1.2"}, {"introduced": "2"}, {"fixed": "3"}, {"introduced": "1"}], True),
        (PYPI, "1.5", [{"fixed": "1.2"}, {"introduced": "2"}, {"fixed": "3"}, {"introduced": "1"}], False),
        (PYPI, "no version", [{"introduced": "0"}], False),
        (GO, "v0.56.0", [{"introduced": "0"}, {"fixed": "0.0.0-20200220183623-bac4c82f6975"}], False),
        (
            GO,
            "v0.0.0-20190220183623-aaaaaaaaaaaa",
            [{"introduced": "0"}, {"fixed": "0.0.0-20200220183623-bac4c82f6975"}],
            True,
        ),
        (GO, "v2.0.0+incompatible", [{"introduced": "0"}, {"fixed": "2.0.1"}], True),
        (GO, "1.26.6", [{"introduced": "1.26.0-0"}, {"fixed": "1.26.7"}], True),
        (GO, "1.26", [{"introduced": "1.26.0-0"}, {"fixed": "1.26.7"}], True),
    ],
)
def test_ranges_are_those_of_osv(
    ecosystem: str, version: str, events: list[dict[str, str]], *, expected: bool
) -> None:
    affected = {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    assert affects(affected, Package(ecosystem, "web", version, "")) is expected


def test_versions_may_be_listed() -> None:
    assert affects({"versions": ["5.3"]}, YAML_LOADER)
    assert not affects({"versions": ["5.2"]}, YAML_LOADER)


class TestPackages:
    def test_what_is_locked(self) -> None:
        found = locked.packages(ROOT)
        assert {("PyPI", "pulumi"), ("PyPI", "pytest"), ("Go", "helm.sh/helm/v4")} <= {
            (each.ecosystem, each.name) for each in found
        }
        assert not any(each.name == "helm-rollback-component" for each in found)

    def test_a_replaced_module_is_what_replaces_it(self, tmp_path: Path) -> None:
        (tmp_path / "go.mod").write_text(
            "module x\n\nrequire (\n\ta.io/one v1.0.0 // indirect\n\ta.io/two v0.0.0\n)\n\n"
            "replace (\n\ta.io/two => b.io/two v2.0.0\n)\n"
        )
        found = [(each.name, each.version) for each in locked.modules(tmp_path / "go.mod")]
        assert found == [("a.io/one", "v1.0.0"), ("b.io/two", "v2.0.0")]

    def test_what_a_library_is_compiled_from(self) -> None:
        told = "lib.so: go1.26.6\n\tpath\tx\n\tdep\ta.io/one\tv1.0.0\th1:x=\n\tbuild\t-buildmode=c-shared\n"
        found = [(each.name, each.version) for each in locked.built_in(told)]
        assert found == [("stdlib", "1.26.6"), ("a.io/one", "v1.0.0")]


class TestAudit:
    @pytest.fixture(autouse=True)
    def used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locked, "packages", lambda _: [YAML_LOADER])

    def test_a_finding_ends_it_with_an_error(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert supply_chain.main(["audit", "--advisories", str(folder)]) == 1
        assert "1 packages, 3 records: 1 findings, 1 not accepted" in capsys.readouterr().out

    def test_an_accepted_finding_is_told_with_the_reason(
        self,
        folder: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        accepted = tmp_path / "accepted.toml"
        accepted.write_text('X-1 = "nothing loads such files"')
        monkeypatch.setattr(supply_chain, "ACCEPTED", accepted)
        assert supply_chain.main(["audit", "--advisories", str(folder)]) == 0
        assert "accepted: nothing loads such files" in capsys.readouterr().out

    def test_a_folder_without_records_is_no_clean_bill(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert supply_chain.main(["audit", "--advisories", str(tmp_path)]) == 2
        assert "no records of OSV are in these folders" in capsys.readouterr().out
