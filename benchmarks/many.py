"""Many releases in one program: created, upgraded, and left as they are."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.place import CHART, place, stopwatch
from benchmarks.result import Result
from tools.sandbox import CLI, LOCAL, Sandbox, pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.place import Place
    from tools.ground import Ground

RELEASES = 50
_AT_ONCE = 8
_OURS = Path(__file__).with_name("many_program.py")
_PLUGINS = Path(__file__).with_name("many_program_of_the_plugin.py")
_OTHERS = Path(__file__).with_name("many_program_of_others.py")
_STEPS = ("created", "upgraded", "unchanged, previewed", "unchanged, updated")
_BARS_AGAINST_HELM = (1.0, 1.0, 1.0, 1.0)
_BARS_AGAINST_RELEASE = {"helm4": (0.85, 0.95, 1.25, 1.1), "embedded": (1.0, 1.0, 1.25, 1.1)}

Figures = dict[str, list[float]]


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield a case for each Helm without the Pulumi CLI, and one with it where it is there."""
    rounds = max(1, rounds // 3)
    for helm in ("helm4", "embedded"):
        yield partial(_against_helm, ground, helm, rounds)
    if obstacle := pulumi_cli.obstacle(kubernetes=True):
        print(f"kubernetes.helm.v3.Release is left out: {obstacle}")
        return
    for helm in _BARS_AGAINST_RELEASE:
        yield partial(_against_release, ground, helm, rounds)


def declared(
    places: Sequence[Place],
    count: int,
    helm: str,
    values: dict[str, Any],
) -> dict[str, Any]:
    """Return that many releases as the programs take them, dealt out to the namespaces."""
    ground = places[0].ground
    one = {
        "source": {"chart": str(CHART)},
        "helm": helm if helm == "embedded" else str(ground.helm(int(helm[-1]))),
        "values": {"replicas": 1, **values},
    }
    return {
        f"web-{number}": {**one, "releaseNamespace": places[number % len(places)].namespace}
        for number in range(count)
    }


@contextmanager
def project(engine: str, ground: Ground, program: Path = _OURS) -> Iterator[Sandbox]:
    """Give a project with a program for the length of the block."""
    with tempfile.TemporaryDirectory() as folder:
        yield Sandbox(Path(folder) / "it", engine, ground.kubeconfig, program=program.read_text())


def _against_helm(ground: Ground, helm: str, rounds: int) -> list[Result]:
    ours: Figures = {step: [] for step in _STEPS}
    theirs: Figures = {step: [] for step in _STEPS}
    for _ in range(rounds):
        _in_a_program(ground, LOCAL, _OURS, helm, ours)
        _by_hand(ground, theirs)
    against = f"{RELEASES} x helm 4 upgrade --install --wait, {_AT_ONCE} at a time"
    return _results(f"LocalEngine, {helm}", against, ours, theirs, _BARS_AGAINST_HELM)


def _against_release(ground: Ground, helm: str, rounds: int) -> list[Result]:
    figures: dict[Path, Figures] = {
        program: {step: [] for step in _STEPS} for program in (_OURS, _PLUGINS, _OTHERS)
    }
    for _ in range(rounds):
        for program, found in figures.items():
            _in_a_program(ground, CLI, program, helm, found)
    against, bars = "kubernetes.helm.v3.Release, pulumi", _BARS_AGAINST_RELEASE[helm]
    return [
        *_results(f"pulumi, {helm}", against, figures[_OURS], figures[_OTHERS], bars),
        *_results(f"pulumi, plugin, {helm}", against, figures[_PLUGINS], figures[_OTHERS], bars),
    ]


def _in_a_program(ground: Ground, engine: str, program: Path, helm: str, figures: Figures) -> None:
    with place(ground) as here, project(engine, ground, program) as sandbox:
        created, upgraded, previewed, updated = (figures[step] for step in _STEPS)
        sandbox.declare(declared([here], RELEASES, helm, {}))
        _timed(sandbox.stack.up, created)
        sandbox.declare(declared([here], RELEASES, helm, {"image": {"tag": "1.30"}}))
        _timed(sandbox.stack.up, upgraded)
        _timed(sandbox.stack.preview, previewed)
        _timed(sandbox.stack.up, updated)
        sandbox.stack.destroy()


def _by_hand(ground: Ground, figures: Figures) -> None:
    with place(ground) as here:
        created, upgraded, previewed, updated = (figures[step] for step in _STEPS)
        _timed(partial(_helm, here, "1.29"), created)
        _timed(partial(_helm, here, "1.30"), upgraded)
        _timed(partial(_helm, here, "1.30", "--dry-run=server"), previewed)
        _timed(partial(_helm, here, "1.30"), updated)


def _helm(here: Place, tag: str, *how: str) -> None:
    def deploy(number: int) -> int:
        values = {"replicas": 1, "image": {"tag": tag}}
        line = ("upgrade", f"web-{number}", str(CHART), "--install", "--wait", *how)
        return here.helm(4, *line, values=values)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        if any(pool.map(deploy, range(RELEASES))):
            raise RuntimeError("helm failed")


def _timed(operation: Callable[[], object], figures: list[float]) -> None:
    with stopwatch(figures):
        operation()


def _results(how: str, against: str, ours: Figures, theirs: Figures, bars: tuple[float, ...]) -> list[Result]:
    return [
        Result(
            work=f"{RELEASES} releases {step} ({how})",
            against=against,
            ours=tuple(ours[step]),
            theirs=tuple(theirs[step]),
            bar=bar,
        )
        for step, bar in zip(_STEPS, bars, strict=True)
    ]
