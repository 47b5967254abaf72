"""A chart of 2 MB, most of it custom resource definitions: our own CPU time for an upgrade and its rollback.

With the path of the chart `argo-cd` in `BENCHMARK_ARGO_CD` it is measured too.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks import big_release
from benchmarks.operating import Operated, operate
from benchmarks.place import place
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.place import Place
    from tools.ground import Ground

_PATH = "BENCHMARK_ARGO_CD"
_LIMIT = 1.0


@dataclass(frozen=True)
class _Chart:
    """A chart, values with which it works, and those with which it does not, by the number of the round."""

    name: str
    path: Path
    good: dict[str, Any]
    bad: Callable[[int], dict[str, Any]]


_DEFINITIONS = {"services": 20, "definitions": 3}
_STAND_IN = _Chart(
    "100 objects and 3 definitions of 550 kB, 1.9 MB",
    big_release.CHART,
    _DEFINITIONS,
    lambda number: {**_DEFINITIONS, "tag": f"bad-{number}", **big_release.odd("image-pull")},
)
_ARGO_CD = {"crds": {"keep": False}}


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield a case for the stand-in, and one for the real chart where it is there."""
    yield partial(_measure, ground, rounds, _STAND_IN)
    if _PATH not in os.environ:
        print(f"a real chart is left out: {_PATH} does not name the folder of argo-cd")
        return
    yield partial(_argo_cd, ground, rounds)


def _argo_cd(ground: Ground, rounds: int) -> list[Result]:
    with _without_dependencies(Path(os.environ[_PATH])) as path:
        return _measure(ground, rounds, _Chart("argo-cd", path, _ARGO_CD, _bad_argo_cd))


def _bad_argo_cd(number: int) -> dict[str, Any]:
    return {
        **_ARGO_CD,
        "global": {"podAnnotations": {"round": str(number)}},
        "server": {"podLabels": {"ground/play": "image-pull"}},
    }


@contextmanager
def _without_dependencies(chart: Path) -> Iterator[Path]:
    """Give a copy of a chart without the dependencies that it does not need by default."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / chart.name
        shutil.copytree(chart, copy)
        described = yaml.safe_load((copy / "Chart.yaml").read_text())
        described.pop("dependencies", None)
        (copy / "Chart.yaml").write_text(yaml.safe_dump(described))
        (copy / "Chart.lock").unlink(missing_ok=True)
        yield copy


def _measure(ground: Ground, rounds: int, chart: _Chart) -> list[Result]:
    with place(ground) as here:
        good = here.operations(big_release.HELM, **_inputs(chart, chart.good))
        good.deploy()
        found = [_roll_back(here, chart, number) for number in range(rounds)]
        good.delete()
    return [
        Result(
            f"bad upgrade and rollback of {chart.name}: our own CPU",
            "that of its Helm processes",
            tuple(operated.cpu for operated in found),
            tuple(operated.helm_cpu for operated in found),
            limit=_LIMIT,
        )
    ]


def _roll_back(here: Place, chart: _Chart, number: int) -> Operated:
    operated = operate("upgrade", here.inputs(big_release.HELM, **_inputs(chart, chart.bad(number))))
    if operated.phase != "RolledBack":
        raise RuntimeError(f"expected a rollback, found {operated.phase}")
    return operated


def _inputs(chart: _Chart, values: dict[str, Any]) -> dict[str, Any]:
    return {"source": {"chart": str(chart.path)}, "values": values}
