"""What a release needs, and what it is made of."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

import helm_rollback_component
from helm_rollback_component.plugin.schema import schema
from tools.release import archive, build, cli, versions
from tools.release.errors import ReleaseError
from tools.release.notes import notes
from tools.release.versions import FOLLOWERS

ROOT = Path(__file__).parents[3]
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.1.0] - 2026-02-01

### Added

- More.

## [1.0.0] - 2026-01-01

### Added

- All
  of it.

[1.0.0]: https://example.com/1.0.0
"""


class TestVersions:
    def test_all_mentions_follow_the_projects(self) -> None:
        assert list(versions.disagreements(ROOT)) == []

    def test_so_do_the_package_and_the_schema(self) -> None:
        assert {helm_rollback_component.__version__, schema()["version"]} == {versions.current(ROOT)}

    def test_one_change_is_followed_by_all(self, tmp_path: Path) -> None:
        for file in {versions.SOURCE, *(mention.file for mention in FOLLOWERS)}:
            (tmp_path / file).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / file, tmp_path / file)
        source = tmp_path / versions.SOURCE
        source.write_text(
            source.read_text().replace(f'\nversion = "{versions.current(ROOT)}"', '\nversion = "7.8.9"')
        )
        assert len(list(versions.disagreements(tmp_path))) == len(FOLLOWERS)
        assert cli.main(["version"], root=tmp_path) == 0
        assert list(versions.disagreements(tmp_path)) == []
        assert (tmp_path / "uv.lock").read_text().count('version = "7.8.9"') == 2

    def test_a_mention_that_is_gone_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "uv.lock").write_text("")
        with pytest.raises(ReleaseError, match=r"uv\.lock has no version where"):
            FOLLOWERS[-1].version(tmp_path)


class TestNotes:
    @pytest.mark.parametrize(
        ("version", "expected"),
        [("1.1.0", "### Added\n\n- More.\n"), ("1.0.0", "### Added\n\n- All\n  of it.\n")],
    )
    def test_are_the_versions_section(self, version: str, expected: str) -> None:
        assert notes(CHANGELOG, version) == expected

    @pytest.mark.parametrize(
        ("version", "said"),
        [("1.2.0", "has no section"), ("Unreleased", "is empty"), ("1.1", "has no section")],
    )
    def test_are_refused_without_one(self, version: str, said: str) -> None:
        with pytest.raises(ReleaseError, match=said):
            notes(CHANGELOG, version)


class TestAnArchive:
    def test_has_the_same_bytes_each_time(self, tmp_path: Path) -> None:
        files = {"b/c": b"2", "a": b"1"}
        archive.write(tmp_path / "one", files, at=1000)
        archive.write(tmp_path / "other", dict(reversed(files.items())), at=1000)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
        with tarfile.open(tmp_path / "one") as packed:
            assert [(each.name, each.mtime, each.mode) for each in packed] == [
                ("a", 1000, 0o644),
                ("b/c", 1000, 0o644),
            ]


def test_checksums_are_those_that_sha256sum_reads(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    build.write_sums(tmp_path)
    subprocess.run(["sha256sum", "--check", "--strict", build.SUMS], cwd=tmp_path, check=True)  # noqa: S607
    assert build.SUMS not in (tmp_path / build.SUMS).read_text()


def test_what_differs_when_it_is_built_again_is_not_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_once(_: build.Builder, target: Path) -> None:
        target.mkdir(exist_ok=True)
        (target / "same").write_text("same")
        (target / "name").write_text(str(target))

    monkeypatch.setattr(build.Builder, "_build_once", build_once)
    with pytest.raises(ReleaseError, match=r"^built twice, these differ: name$"):
        build.Builder(tmp_path, "uv", "1.0.0", 0).build(tmp_path / "dist")


class TestRefused:
    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        """A checkout whose version is 1.1.0, all committed."""
        for mention in versions.FOLLOWERS:
            (tmp_path / mention.file).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / mention.file, tmp_path / mention.file)
        (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
        self.give(tmp_path, "1.1.0")
        versions.follow(tmp_path)
        self.git(tmp_path, "init", "--quiet")
        self.commit(tmp_path)
        return tmp_path

    @staticmethod
    def git(checkout: Path, *arguments: str) -> None:
        identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=checkout, check=True)  # noqa: S607

    def commit(self, checkout: Path) -> None:
        self.git(checkout, "add", "--all")
        self.git(checkout, "commit", "--quiet", "--message=All")

    @staticmethod
    def give(checkout: Path, version: str) -> None:
        """Give the project a version, which nothing follows."""
        source = checkout / versions.SOURCE
        old = f'\nversion = "{versions.current(checkout)}"'
        source.write_text(source.read_text().replace(old, f'\nversion = "{version}"'))

    def test_what_is_not_committed(self, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (checkout / "new").touch()
        assert cli.main(["build"], root=checkout) == 1
        assert capsys.readouterr().err == "error: these files are not committed:\n?? new\n"

    def test_versions_that_disagree(self, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.give(checkout, "1.0.0")
        self.commit(checkout)
        assert cli.main(["build"], root=checkout) == 1
        said = capsys.readouterr().err
        assert "plugin/pyproject.toml says 1.1.0, pyproject.toml 1.0.0: run `make version`" in said

    def test_a_version_without_notes(self, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.give(checkout, "1.2.0")
        versions.follow(checkout)
        self.commit(checkout)
        assert cli.main(["build"], root=checkout) == 1
        assert "CHANGELOG.md has no section [1.2.0]" in capsys.readouterr().err
