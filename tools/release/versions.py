"""The version: `pyproject.toml` has it, and every other mention follows."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.release.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = "pyproject.toml"


@dataclass(frozen=True)
class Mention:
    """A place where the version stands.

    Attributes:
        file: the file's path, from the project's folder.
        pattern: matches what is before the version, as its first group, and the version, as its second.
    """

    file: str
    pattern: str

    def version(self, root: Path) -> str:
        """Return the version that stands there.

        Raises:
            ReleaseError: there is none.
        """
        found = re.search(self.pattern, (root / self.file).read_text(encoding="utf-8"), re.MULTILINE)
        if not found:
            raise ReleaseError(f"{self.file} has no version where /{self.pattern}/ looks for it")
        return found[2]

    def write(self, root: Path, version: str) -> None:
        """Let this version stand there."""
        path = root / self.file
        text = re.sub(self.pattern, rf"\g<1>{version}", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")


_OWN = r'^(version = ")([^"]+)'
FOLLOWERS = (
    Mention(SOURCE, r'(pulumi-local-engine==)([^"]+)'),
    Mention("local_engine/pyproject.toml", _OWN),
    Mention("local_engine/pyproject.toml", r'(helm-rollback-component==)([^"]+)'),
    Mention("plugin/pyproject.toml", _OWN),
    Mention("docs/languages.md", r"(helm-rollback v)(\d+\.\d+\.\d+)"),
    Mention("docs/languages.md", r"(helm-rollback-v)(\d+\.\d+\.\d+)"),
    Mention("docs/languages.md", r"(helm-rollback@)(\d+\.\d+\.\d+)"),
    Mention("uv.lock", r'(name = "helm-rollback-component"\nversion = ")([^"]+)'),
    Mention("uv.lock", r'(name = "pulumi-local-engine"\nversion = ")([^"]+)'),
)


def current(root: Path) -> str:
    """Return the project's version."""
    project: str = tomllib.loads((root / SOURCE).read_text(encoding="utf-8"))["project"]["version"]
    return project


def disagreements(root: Path) -> Iterator[str]:
    """Yield a sentence for each mention that does not follow."""
    version = current(root)
    for mention in FOLLOWERS:
        if (found := mention.version(root)) != version:
            yield f"{mention.file} says {found}, {SOURCE} {version}: run `make version`"


def follow(root: Path) -> None:
    """Write the project's version wherever it stands."""
    for mention in FOLLOWERS:
        mention.write(root, current(root))
