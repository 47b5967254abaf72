"""The command line: build a release, or let every mention of the version follow. Nothing is published."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.release import versions
from tools.release.build import Builder
from tools.release.errors import ReleaseError
from tools.release.notes import notes
from tools.release.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
NOTES = "RELEASE_NOTES.md"


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run a command, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("command", choices=("build", "version"))
    given = parser.parse_args(arguments)
    try:
        if given.command == "version":
            versions.follow(root)
        else:
            _build(root)
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _build(root: Path) -> None:
    """Build, try, and describe the version of the commit that is checked out."""
    version = versions.current(root)
    told = _ready(root, version)
    target = root / "dist" / version
    shutil.rmtree(target, ignore_errors=True)
    uv = shutil.which("uv") or str(root / ".uv" / "bin" / "uv")
    Builder(root, uv, version, int(_git(root, "log", "-1", "--format=%ct"))).build(target)
    for line in Trial(target, uv, version).run():
        print(line)
    (target / NOTES).write_text(told, encoding="utf-8")
    print(f"{target} has:", *sorted(path.name for path in target.iterdir()), sep="\n  ")


def _ready(root: Path, version: str) -> str:
    """Return the release notes, if what is checked out may be released.

    Raises:
        ReleaseError: something is not committed, versions disagree, or there are no notes.
    """
    if changed := _git(root, "status", "--porcelain"):
        raise ReleaseError(f"these files are not committed:\n{changed}")
    if differing := list(versions.disagreements(root)):
        raise ReleaseError("\n".join(differing))
    return notes((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607  # the one on the PATH
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
