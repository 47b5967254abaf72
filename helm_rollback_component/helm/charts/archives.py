"""What is in a packed chart, within bounds of memory and time, under the names that Helm gives. Pure."""

from __future__ import annotations

import gzip
import io
import posixpath
import re
import tarfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOM = 128 * 1024 * 1024
"""In bytes, unpacked. Helm takes 100 MiB of files."""
_MOST_MEMBERS = 20_000
DEPENDENCIES = "charts/"
"""The folder of a chart with its dependencies, each a folder or packed."""
_OF_ARCHIVES = (".tgz", ".tar.gz")
_DEEPEST = 8
"""Dependencies of dependencies."""
_DRIVE = re.compile("[a-zA-Z]:/")


class ArchiveError(ValueError):
    """It is no archive of a chart, or one that was made to do harm."""


class Room:
    """How much may still be unpacked of one chart, the archives inside it included."""

    def __init__(self, left: int = _ROOM) -> None:
        self._left = left

    def take(self, size: int) -> None:
        """Take so many bytes of it.

        Raises:
            ArchiveError: there is not that much left.
        """
        self._left -= size
        if self._left < 0:
            raise ArchiveError("it is larger than a chart can be")


def files(
    packed: bytes, room: Room, wanted: Callable[[str], bool] = lambda _: True
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files of a chart: of those whose name is wanted.

    Names are relative to the chart's folder, as Helm makes them.

    Raises:
        ArchiveError: it cannot be unpacked, or Helm would not take one of the names.
    """
    for name, read in members(packed, room):
        inner = _inner(name)
        if wanted(inner):
            yield inner, read()


def is_packed_dependency(name: str) -> bool:
    """Return whether a file of a chart is a dependency that is packed."""
    return name.startswith(DEPENDENCIES) and name.endswith(_OF_ARCHIVES)


def nested_files(packed: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files of a chart and of its packed dependencies whose name is wanted; they share one room.

    Each is the path of the dependency, which is empty or ends with a slash, the name in it, and the content.

    Raises:
        ArchiveError: as of `files`.
    """
    return _nested(packed, wanted, Room(), _DEEPEST)


def _nested(
    packed: bytes, wanted: Callable[[str], bool], room: Room, levels: int
) -> Iterator[tuple[str, str, bytes]]:
    for name, content in files(packed, room, lambda name: wanted(name) or is_packed_dependency(name)):
        if wanted(name):
            yield "", name, content
        elif levels:
            for within, inner, text in _nested(content, wanted, room, levels - 1):
                yield f"{name}/{within}", inner, text


def members(packed: bytes, room: Room) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each file in an archive, as it stands there, and what reads its content.

    A content can be read until the next name is asked for. Folders, links and devices are passed over.

    Raises:
        ArchiveError: it cannot be unpacked.
    """
    with _errors(), gzip.GzipFile(fileobj=io.BytesIO(packed)) as plain:
        bounded = _Bounded(plain, room)
        with tarfile.open(fileobj=bounded, mode="r|") as archive:
            for number, member in enumerate(archive):
                if number >= _MOST_MEMBERS or member.size < 0 or member.issparse():
                    raise ArchiveError("it has more files than a chart can have, or one of no true size")
                if member.isfile():
                    yield member.name, lambda member=member: _content(archive, member)  # type: ignore[misc]


class _Bounded(io.RawIOBase):
    """A file that ends with an error where there is no more room."""

    def __init__(self, file: gzip.GzipFile, room: Room) -> None:
        super().__init__()
        self._file = file
        self._room = room

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._room.take(len(content))
        return content


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    with _errors():
        file = archive.extractfile(member)
        return file.read() if file else b""


@contextmanager
def _errors() -> Iterator[None]:
    """Make one error of all those that reading an archive of any content ends with."""
    try:
        yield
    except ArchiveError:
        raise
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, ArithmeticError) as error:
        raise ArchiveError(_first_line(error)) from None
    except RecursionError:
        raise ArchiveError("it has too many headers") from None


def _inner(name: str) -> str:
    """Return the name of a file in the chart's folder, by Helm's rules (``pkg/chart/loader/archive``)."""
    folder, *rest = name.split("\\" if "\\" in name else "/")
    inner = "/".join(rest)
    clean = posixpath.normpath(inner)
    outside = inner.startswith("/") or clean == "." or clean.startswith("..") or _DRIVE.match(clean)
    if outside or folder == "Chart.yaml" or "\0" in name:
        raise ArchiveError("it has a file outside the chart's folder")
    return clean


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
