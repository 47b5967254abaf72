"""Building all that is released, in a folder, from the files of one commit."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools import bill_of_materials
from tools.release import archive
from tools.release.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEEL = "helm_rollback_component-{version}-py3-none-any.whl"
PLUGIN = "pulumi-resource-helm-rollback-v{version}-linux-amd64.tar.gz"
SUMS = "SHA256SUMS"
_PLUGIN_FILES = ("PulumiPlugin.yaml", "__main__.py", "pyproject.toml")
_EDITABLE = '{ path = "..", editable = true }'


@dataclass(frozen=True)
class Builder:
    """Builds releases of a project.

    Attributes:
        root: the checkout.
        uv: the program.
        version: what is built.
        commit_time: of the commit that is built, in seconds since 1970.
    """

    root: Path
    uv: str
    version: str
    commit_time: int

    def build(self, target: Path) -> None:
        """Build everything twice, from two exports of the commit, and write it to a folder that is empty.

        Raises:
            ReleaseError: the second time gave other bytes.
        """
        with tempfile.TemporaryDirectory() as other:
            self._build_once(target)
            self._build_once(Path(other))
            differing = [each.name for each in _files(target) if not _same(each, Path(other) / each.name)]
        if differing:
            raise ReleaseError(f"built twice, these differ: {', '.join(differing)}")

    def _build_once(self, target: Path) -> None:
        target.mkdir(parents=True, exist_ok=True)
        with self._export() as source:
            self._packages(source, target)
            self._plugin(source, target)
            self._bill_of_materials(source, target)
        write_sums(target)

    @contextmanager
    def _export(self) -> Iterator[Path]:
        """Have the files of the commit, and nothing else, in a folder."""
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(folder, "source.tar")
            subprocess.run(
                ["git", "archive", f"--output={packed}", "HEAD"],  # noqa: S607  # the one on the PATH
                cwd=self.root,
                check=True,
            )
            with tarfile.open(packed) as files:
                files.extractall(Path(folder, "source"), filter="tar")
            yield Path(folder, "source")

    def _packages(self, source: Path, target: Path) -> None:
        self._uv(source, "build", "--all-packages", f"--out-dir={target}")
        (target / ".gitignore").unlink(missing_ok=True)

    def _plugin(self, source: Path, target: Path) -> None:
        """Pack the plugin's folder, with the wheel that its environment is made from."""
        wheel = WHEEL.format(version=self.version)
        files = {name: (source / "plugin" / name).read_bytes() for name in _PLUGIN_FILES}
        project = files["pyproject.toml"].decode()
        if _EDITABLE not in project:
            raise ReleaseError(f"plugin/pyproject.toml has no source {_EDITABLE}")
        files["pyproject.toml"] = project.replace(_EDITABLE, f'{{ path = "{wheel}" }}').encode()
        files["LICENSE"] = (source / "LICENSE").read_bytes()
        files[wheel] = (target / wheel).read_bytes()
        archive.write(target / PLUGIN.format(version=self.version), files, at=self.commit_time)

    def _bill_of_materials(self, source: Path, target: Path) -> None:
        """Write what is installed with the product."""
        exported = self._uv(source, *bill_of_materials.EXPORT)
        text = bill_of_materials.reproducible(exported, at=self.commit_time)
        (target / f"helm-rollback-component-{self.version}.cdx.json").write_text(text, encoding="utf-8")

    def _uv(self, folder: Path, *arguments: str) -> str:
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(self.commit_time)}
        environment.pop("VIRTUAL_ENV", None)
        done = subprocess.run(
            [self.uv, "--quiet", *arguments],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout


def write_sums(folder: Path) -> None:
    """Write the checksums of all files in a folder, as `sha256sum --check` reads them."""
    lines = [f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in _files(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != SUMS)


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
