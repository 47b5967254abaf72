"""Archives whose bytes depend on nothing but their content."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(path: Path, files: Mapping[str, bytes], *, at: int) -> None:
    """Write a ``.tar.gz``.

    Args:
        path: the archive.
        files: the content by the path in the archive.
        at: the time of all files, in seconds since 1970.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(files[name]), at, 0o644
            archive.addfile(member, io.BytesIO(files[name]))
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=at))
