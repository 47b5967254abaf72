"""A release of this checkout, built and tried for real, from a clone that has notes for its version."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.folder import CHECKOUT
from tools.release import build, versions
from tools.sandbox import pulumi_cli

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]


def test_all_that_is_released_is_built_and_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", pulumi_cli.search_path())
    version, clone = versions.current(CHECKOUT), tmp_path / "clone"
    run(tmp_path, "git", "clone", "--quiet", str(CHECKOUT), str(clone))
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## [Unreleased]\n", f"## [{version}]\n", 1))
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com")
    run(clone, "git", *identity, "commit", "--quiet", "--all", "--message=Release")
    said = run(clone, sys.executable, "-m", "tools.release", "build")
    assert "the wheel alone: imported" in said
    assert ("the plugin: installed" in said) is not bool(pulumi_cli.obstacle(kubernetes=False))
    built = clone / "dist" / version
    run(built, "sha256sum", "--check", "--strict", build.SUMS)
    assert len((built / build.SUMS).read_text().splitlines()) == 6
    assert "### Added" in (built / "RELEASE_NOTES.md").read_text()


def run(folder: Path, *command: str) -> str:
    """Run a command, which must go well, and return what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout
