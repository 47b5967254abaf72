"""Releases that move from another resource to a `HelmRelease` and back: what `docs/moving.md` says."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.outcome import Outcome
from tools.sandbox import CLI, Sandbox

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(300)]

_GUIDE = (Path(__file__).parents[2] / "docs" / "moving.md").read_text()
_PROGRAMS = re.findall(r"```python\n(.*?)```", _GUIDE, re.DOTALL)
RETAINED, EMPTY, ADOPTING, IMPORTING, KEPT = _PROGRAMS

OLD = RETAINED.replace("    opts=pulumi.ResourceOptions(retain_on_delete=True),\n", "")
NEW = KEPT.replace("    pulumi.ResourceOptions(retain_on_delete=True),\n", "")
OWNING = ADOPTING.replace("adopt", "take_ownership")
READING = IMPORTING.replace("./charts/web", "web").replace(
    'import_="apps/web"', 'import_="apps/web", ignore_changes=["timeout"]'
)
"""An import without any difference: Helm's record has the chart's name, and no timeout."""
CHART = """
import pulumi
from pulumi_kubernetes.helm.v4 import Chart

Chart("web", namespace="apps", chart="./charts/web", values={"replicas": 1}, opts=pulumi.ResourceOptions())
"""
RETAINED_CHART = CHART.replace("ResourceOptions()", "ResourceOptions(retain_on_delete=True)")


@pytest.fixture
def bench(benches: BenchMaker) -> Iterator[Bench]:
    """A bench on the CLI with the plugin for Kubernetes."""
    with benches(CLI, plain=False) as bench:
        yield bench


def _run(bench: Bench, program: str) -> Outcome:
    """Bring up a program of the guide, in the namespace of the test."""
    Sandbox.program(bench.project, re.sub(r'"apps\b', f'"{bench.space.name}', program))
    return bench.project.up()


def _up(bench: Bench, *programs: str) -> Outcome:
    """Bring up programs, one after the other, which must all go well."""
    for program in programs:
        outcome = _run(bench, program)
        assert not outcome.failed, outcome.text
    return outcome


def _pods(bench: Bench) -> set[str]:
    return {name for name in bench.space.objects() if name.startswith("pod/")}


def _is_settled(bench: Bench) -> bool:
    return bench.project.preview().unchanged


def test_the_guide_moves_a_release_here_and_back_with_the_same_pods(bench: Bench) -> None:
    _up(bench, OLD)
    before = _pods(bench)
    _up(bench, RETAINED, EMPTY, ADOPTING)
    assert _is_settled(bench)
    _up(bench, IMPORTING)
    assert bench.space.statuses()[-1] == "deployed"
    assert _pods(bench) == before != set()
    assert not bench.project.destroy().failed


def test_the_guide_moves_a_chart_here_with_the_same_pods(bench: Bench) -> None:
    _up(bench, CHART)
    before = _pods(bench)
    _up(bench, RETAINED_CHART, EMPTY, OWNING)
    assert _is_settled(bench)
    assert _pods(bench) == before != set()
    assert not bench.project.destroy().failed


@pytest.mark.parametrize(("old", "new"), [(OLD, ADOPTING), (CHART, OWNING)], ids=["release", "chart"])
def test_one_update_is_refused_before_anything_is_lost(bench: Bench, old: str, new: str) -> None:
    _up(bench, old)
    before = _pods(bench)
    outcome = _run(bench, new)
    assert outcome.failed
    assert "retain_on_delete=True" in outcome.text
    assert "Traceback" not in outcome.text
    assert _pods(bench) == before != set()
    assert not bench.project.destroy().failed


def test_a_way_back_by_way_of_another_update_has_the_same_pods(bench: Bench) -> None:
    _up(bench, NEW)
    before = _pods(bench)
    _up(bench, KEPT, IMPORTING)
    assert bench.space.statuses()[-1] == "deployed"
    assert _pods(bench) == before != set()
    assert not bench.project.destroy().failed


@pytest.mark.parametrize(("program", "revisions"), [(IMPORTING, 2), (READING, 1)], ids=["updated", "read"])
def test_a_way_back_in_one_update_leaves_the_release(bench: Bench, program: str, revisions: int) -> None:
    stacks = bench.project.work_dir / "stacks"
    shutil.copytree(stacks / "charts" / "web", stacks / "web")
    _up(bench, NEW)
    before = _pods(bench)
    outcome = _up(bench, program)
    assert any("the release stays in the cluster" in message for message in outcome.messages)
    assert len(bench.space.statuses()) == revisions
    assert bench.space.statuses()[-1] == "deployed"
    assert _pods(bench) == before != set()
    assert bench.space.get("lease", "helm-rollback.web") is None
    assert _is_settled(bench)
    assert not bench.project.destroy().failed
    assert not _pods(bench)


def test_a_way_back_without_an_import_fails_and_loses_nothing(bench: Bench) -> None:
    _up(bench, NEW)
    outcome = _run(bench, OLD)
    assert outcome.failed
    assert "cannot re-use a name" in outcome.text
    assert bench.space.statuses() == ["deployed"]
