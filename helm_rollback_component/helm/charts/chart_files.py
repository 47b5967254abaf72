"""Charts on this machine: their metadata and their content. No Helm is needed."""

from __future__ import annotations

import functools
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.helm.charts import archives
from helm_rollback_component.inputs.chart_source import marks_point_of_no_return
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHART_FILE = "Chart.yaml"
_REQUIREMENTS_FILE = "requirements.yaml"
"""Where a chart of the first API version names its dependencies."""
LOCK_FILES = ("Chart.lock", "requirements.lock")
NOT_SIGNED = "a folder has no signature; use a packaged chart, or remove source.verify"
_READ = (_CHART_FILE, _REQUIREMENTS_FILE, *LOCK_FILES)
_LOCAL = "file://"
_NO_NAMES = (".", "..")
_NOT_IN_A_NAME = re.compile(r"[/\\\x00-\x1f\x7f]")
_LONGEST_CHART_FILE = 1024 * 1024
_CHARTS_KEPT = 16
_LARGEST_KEPT = 4 * 1024 * 1024
"""In bytes, of an archive whose metadata is remembered: the archive is as well."""


@dataclass(frozen=True)
class ChartMetadata:
    """The metadata of a chart.

    Attributes:
        name: its name.
        version: its semantic version.
        dependencies: the repositories of its dependencies, one each; may be empty strings.
        locked: whether a lock file says which versions of them.
        point_of_no_return: whether it is marked as one that nothing rolls back across.
    """

    name: str
    version: str
    dependencies: tuple[str, ...] = ()
    locked: bool = False
    point_of_no_return: bool = False


def read_metadata(path: Path) -> ChartMetadata:
    """Read the metadata of the chart folder or archive at `path`; the same content is parsed once.

    Raises:
        ValidationError: there is no chart, or it has no name or version.
    """
    files = _from_folder(path) if path.is_dir() else _from_archive(path)
    if _CHART_FILE not in files:
        raise refusal(
            f"there is no {_CHART_FILE} in {path}; set source.chart to the folder or archive of a chart"
        )
    try:
        said, required = (_parsed(files.get(name, b"")) for name in (_CHART_FILE, _REQUIREMENTS_FILE))
    except ValueError as error:
        raise refusal(f"the {_CHART_FILE} in {path} cannot be read: {error}") from None
    name, version = (_text(said, key) for key in ("name", "version"))
    if not name or not version:
        raise refusal(f"the {_CHART_FILE} in {path} does not contain the chart's name and version")
    if name in _NO_NAMES or _NOT_IN_A_NAME.search(name):
        raise refusal(f"the {_CHART_FILE} in {path} names the chart {name!r}, which is no name of a folder")
    listed = [chart for each in (said, required) for chart in _dependencies(each)]
    needed = tuple(_text(each, "repository") for each in listed)
    locked = any(name in files for name in LOCK_FILES)
    return ChartMetadata(name, version, needed, locked, marks_point_of_no_return(said))


def local_dependencies(chart: Path) -> dict[str, Path]:
    """Return the dependencies of a chart that are on this machine: each one's path, by what the chart says.

    A packed chart has its dependencies in it: it names no files of this machine.

    Raises:
        ValidationError: there is no chart.
    """
    if not chart.is_dir():
        return {}
    local = (url for url in read_metadata(chart).dependencies if url.startswith(_LOCAL))
    ways = (url.removeprefix(_LOCAL) for url in local)
    return {way: Path(os.path.normpath(chart / way)) for way in ways}


def content_digest(path: Path) -> str:
    """Return the SHA-256 of a chart: of an archive's bytes, or of a folder's files, their names and contents.

    Every file counts, even one that ``.helmignore`` names: the digest changes at least when the chart does.

    Raises:
        ValidationError: there is nothing at `path`.
    """
    digest = hashlib.sha256()
    if path.is_dir():
        for name, file in sorted(_files(str(path))):
            content = _content(file)
            digest.update(f"{len(name)}:{name}:{len(content)}:".encode())
            digest.update(content)
    elif path.is_file():
        digest.update(path.read_bytes())
    else:
        raise refusal(f"there is no chart at {path}")
    return digest.hexdigest()


def refusal(message: str) -> ValidationError:
    """Return the error that says what is wrong with the source's chart."""
    return ValidationError([Problem("source.chart", message)], reason=Reason.CHART_NOT_FOUND)


def _from_folder(path: Path) -> dict[str, bytes]:
    files = (path / name for name in _READ)
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def _from_archive(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        raise refusal(f"there is no chart at {path}")
    try:
        content = path.read_bytes()
        return _unpacked(content) if len(content) <= _LARGEST_KEPT else _top_files(content)
    except (archives.ArchiveError, OSError) as error:
        raise refusal(f"{path} is not a chart archive: {error}") from None


@functools.lru_cache(_CHARTS_KEPT)
def _parsed(chart_file: bytes) -> Any:
    from helm_rollback_component.inputs import go_yaml  # noqa: PLC0415  # an unchanged release needs no reader

    return go_yaml.first_document(chart_file)


@functools.lru_cache(_CHARTS_KEPT)
def _unpacked(content: bytes) -> dict[str, bytes]:
    return _top_files(content)


def _top_files(packed: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in archives.files(packed, archives.Room(), _READ.__contains__):
        if name in found or len(content) > _LONGEST_CHART_FILE:
            raise archives.ArchiveError(f"it has {name} twice, or it is larger than it can be")
        found[name] = content
    return found


def _files(folder: str) -> Iterator[tuple[str, str]]:
    """Yield name and path of each file; paths as texts, because a chart may have thousands of files.

    Links are followed, as Helm does it.

    Raises:
        ValidationError: a link leads to a folder that it is in.
    """
    above = len(folder) + 1
    around: dict[str, frozenset[str]] = {folder: frozenset({os.path.realpath(folder)})}
    for parent, folders, names in os.walk(folder, followlinks=True):
        _go_in(parent, folders, around)
        for file in (f"{parent}{os.sep}{name}" for name in names):
            if os.path.isfile(file):  # noqa: PTH113  # see above
                yield file[above:].replace(os.sep, "/"), file


def _go_in(parent: str, folders: list[str], around: dict[str, frozenset[str]]) -> None:
    """Note which folders are around each one in `parent`, by their real paths."""
    outer = around.pop(parent)
    for folder in (f"{parent}{os.sep}{name}" for name in folders):
        real = os.path.realpath(folder)
        if real in outer:
            raise refusal(f"the link {folder} leads to a folder that it is in")
        around[folder] = outer | {real}


def _content(file: str) -> bytes:
    with open(file, "rb") as opened:  # noqa: PTH123  # as above
        return opened.read()


def _dependencies(said: Any) -> list[Any]:
    listed = said.get("dependencies") if isinstance(said, dict) else None
    return listed if isinstance(listed, list) else []


def _text(said: Any, key: str) -> str:
    """Return a text; a number where one is wanted is the text that Go makes of it."""
    value = said.get(key) if isinstance(said, dict) else None
    if value is None or isinstance(value, str):
        return value or ""
    from helm_rollback_component.inputs import go_scalars  # noqa: PLC0415  # as the reader

    try:
        return go_scalars.key_text(value)
    except ValueError:
        return ""
