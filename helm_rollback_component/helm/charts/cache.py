"""Fetched charts, kept in the user's cache folder under the digest of their content."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.helm.charts.chart_files import content_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGEST = re.compile("[0-9a-f]{64}")
_SCRATCH = "fetching-"
_ABANDONED = 86400.0
"""Seconds: longer than any download takes."""
_APPLICATION = "helm-rollback-component"


def cache_dir() -> Path:
    """Return this package's folder for charts in the user's cache (``XDG_CACHE_HOME``, else ``~/.cache``)."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    root = base if base.is_absolute() else Path.home() / ".cache"
    return root / _APPLICATION / "charts"


def find_archive(digest: str) -> Path | None:
    """Return the kept archive whose SHA-256 is `digest`, if there is one and it is unchanged."""
    if not _DIGEST.fullmatch(digest):
        return None
    path = _place(digest)
    return path if path.is_file() and content_digest(path) == digest else None


def keep_archive(content: bytes) -> Path:
    """Keep an archive, and return where; one that is there already is left, unless it was damaged."""
    digest = hashlib.sha256(content).hexdigest()
    kept = find_archive(digest)
    if kept is not None:
        return kept
    with scratch_folder() as folder:
        fresh = folder / "chart.tgz"
        fresh.write_bytes(content)
        return fresh.replace(_place(digest))


def keep_folder(folder: Path) -> Path:
    """Keep a chart's folder by moving it into the cache, and return where it is now."""
    place = cache_dir() / content_digest(folder) / folder.name
    if place.is_dir() and content_digest(place) == place.parent.name:
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        return folder.rename(place)
    except OSError:
        if place.is_dir():  # another process was faster
            return place
        raise


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a private folder on the cache's own file system, gone when the block ends.

    One that a killed process left goes too, after a day.
    """
    cache_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_abandoned(time.time() - _ABANDONED)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix=_SCRATCH) as folder:
        yield Path(folder)


def _remove_abandoned(before: float) -> None:
    for folder in cache_dir().glob(f"{_SCRATCH}*"):
        with suppress(FileNotFoundError):  # its process has just removed it
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def _place(digest: str) -> Path:
    return cache_dir() / f"{digest}.tgz"
