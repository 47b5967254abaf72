"""A chart's dependencies, fetched into a copy: the user's own folder is not changed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from helm_rollback_component.helm.charts.cache import keep_folder, scratch_folder
from helm_rollback_component.helm.charts.chart_files import read_metadata
from helm_rollback_component.helm.engines.engine import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.helm.engines.engine import ChartTools

_OUT_OF_SYNC = "out of sync"


def with_dependencies(chart: Path, tools: ChartTools) -> Path:
    """Return a copy of the folder `chart` that has its dependencies in it; itself, if it names none.

    The versions are those of its lock file, unless there is none, or it does not match.

    Raises:
        EngineError: a dependency cannot be fetched.
    """
    metadata = read_metadata(chart)
    if not metadata.dependencies or not chart.is_dir():
        return chart
    with scratch_folder() as folder:
        copy = folder / metadata.name
        shutil.copytree(chart, copy)
        _build(copy, tools, locked=metadata.locked)
        return keep_folder(copy)


def _build(chart: Path, tools: ChartTools, *, locked: bool) -> None:
    try:
        tools.build_dependencies(chart, locked=locked)
    except EngineError as error:
        if not locked or _OUT_OF_SYNC not in error.output:
            raise
        tools.build_dependencies(chart, locked=False)
