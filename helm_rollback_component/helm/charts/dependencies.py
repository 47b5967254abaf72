"""A chart's dependencies, fetched into a copy: the user's own folder is not changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.helm.charts import reproducible
from helm_rollback_component.helm.charts.cache import keep_folder, scratch_folder
from helm_rollback_component.helm.charts.chart_files import (
    LOCK_FILES,
    content_digest,
    local_dependencies,
    read_metadata,
    refusal,
)
from helm_rollback_component.helm.engines.engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.helm.engines.engine import ChartTools

_OUT_OF_SYNC = "out of sync"
_CHARTS = "charts"


def with_dependencies(chart: Path, tools: ChartTools) -> Path:
    """Return a copy of the folder `chart` that has its dependencies in it; itself, if it names none.

    The versions are those of its lock file, unless there is none, or it does not match. The same dependencies
    always make the same copy, byte by byte.

    Raises:
        EngineError: a dependency cannot be fetched.
    """
    metadata = read_metadata(chart)
    if not metadata.dependencies or not chart.is_dir():
        return chart
    with scratch_folder() as folder:
        copy = _copied(chart, metadata.name, folder)
        _build(copy, tools, locked=metadata.locked)
        _without_times(copy, chart)
        return keep_folder(copy)


def _copied(chart: Path, name: str, folder: Path) -> Path:
    """Copy a chart so deep into a folder that the relative URLs in it lead to the same charts as before."""
    local = local_dependencies(chart)
    ways = {os.path.normpath(way): path for way, path in local.items() if not Path(way).is_absolute()}
    depth = max((Path(way).parts.count(os.pardir) for way in ways), default=0)
    copy = folder.joinpath(*map(str, range(depth)), name)
    content_digest(chart)  # refuses links without end
    try:
        shutil.copytree(chart, copy)
    except OSError as error:
        raise refusal(f"the chart {chart} cannot be copied: {error}") from None
    for way in sorted(ways, key=len):
        _link(Path(os.path.normpath(copy / way)), ways[way], copy)
    return copy


def _link(place: Path, chart: Path, copy: Path) -> None:
    """Make what is at `chart` be at `place` too, unless it is there already as a part of something else."""
    if chart.is_dir() and not place.exists() and not place.is_relative_to(copy):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(chart.resolve(), target_is_directory=True)


def _build(chart: Path, tools: ChartTools, *, locked: bool) -> None:
    try:
        tools.build_dependencies(chart, locked=locked)
    except EngineError as error:
        if not locked or _OUT_OF_SYNC not in error.output:
            raise
        tools.build_dependencies(chart, locked=False)


def _without_times(copy: Path, chart: Path) -> None:
    """Remove the time from what Helm has just written into the copy of a chart."""
    for archive in _new((copy / _CHARTS).glob("*.tgz"), copy, chart):
        archive.write_bytes(reproducible.archive(archive.read_bytes()))
    for lock in _new((copy / name for name in LOCK_FILES), copy, chart):
        lock.write_bytes(reproducible.lock(lock.read_bytes()))


def _new(files: Iterable[Path], copy: Path, chart: Path) -> list[Path]:
    def is_new(file: Path) -> bool:
        before = chart / file.relative_to(copy)
        return file.is_file() and not (before.is_file() and before.read_bytes() == file.read_bytes())

    return list(filter(is_new, files))
