"""However a release came to rest, a preview, an update and a refresh that follow change nothing.

One stack has a release for each way to come to rest; `--expect-no-changes` of the CLI counts the same steps.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Bench
from tests.e2e.values import AT_ONCE, BAD, BETTER, GOOD
from tools.sandbox import CLI

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(600)]

PROGRAM = """
import pulumi
from helm_rollback_component import HelmRelease

for name, inputs in pulumi.Config().require_object("releases").items():
    aliases = [pulumi.Alias(name=each) for each in inputs.pop("aliases", [])]
    release = HelmRelease(name, inputs, pulumi.ResourceOptions(aliases=aliases))
    pulumi.export(name, release.phase)
"""
OLDER = "./charts/older"
RESTS: dict[str, list[dict[str, Any]]] = {
    "deployed": [{"values": GOOD}, {"values": GOOD}, {"values": GOOD}],
    "upgraded": [{"values": GOOD}, {"values": BETTER}, {"values": BETTER}],
    "warned": [{"values": GOOD}, {"values": BAD, "rollback": {"onRollback": "warn"}}],
    "pinned": [
        {"values": GOOD},
        {"values": BETTER},
        {"values": BETTER, "rollback": {"strategy": "manual", "targetRevision": 1}},
    ],
    "lowered": [
        {"values": GOOD, "rollback": {"strategy": "version-based"}, "chart": chart}
        for chart in (OLDER, "./charts/web", OLDER)
    ],
    "renamed": [{"values": GOOD}, {"values": GOOD}, {"values": GOOD, "aliases": ["renamed"]}],
    "adopted": [{"values": GOOD, "adopt": True}],
}


def _write_older_chart(charts: Path) -> None:
    shutil.copytree(charts / "web", charts / "older")
    path = charts / "older" / "Chart.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "version": "0.9.0"}))


def _release(
    bench: Bench, name: str, *, chart: str = "./charts/web", rollback: object = None, **inputs: object
) -> dict[str, Any]:
    return bench.web(
        releaseName=name,
        source={"chart": chart},
        health=AT_ONCE,
        operations={"rollback": rollback or {}},
        **inputs,
    )


def _declared(bench: Bench, stage: int) -> dict[str, Any]:
    found = {name: stages[min(stage, len(stages) - 1)] for name, stages in RESTS.items()}
    return {
        f"{name}-since" if "aliases" in inputs else name: _release(bench, name, **inputs)
        for name, inputs in found.items()
    }


def test_what_is_settled_is_quiet(bench: Bench) -> None:
    charts = bench.project.work_dir / "stacks" / "charts"
    _write_older_chart(charts)
    bench.project.program(PROGRAM)
    bench.space.helm("install", "adopted", str(charts / "web"), "--set=replicas=1", "--wait")
    for stage in range(3):
        outcome = bench.project.deploy(_declared(bench, stage))
    assert outcome.outputs == {
        **dict.fromkeys(_declared(bench, 2), "Deployed"),
        "warned": "RolledBack",
    }

    strictly = {"expect_no_changes": True} if bench.project.engine == CLI else {}
    for each in (bench.project.preview(), bench.project.up(**strictly), bench.project.refresh()):
        assert not each.failed, each.text
        assert each.unchanged, each.text
    assert bench.project.preview().unchanged
    assert bench.space.statuses("pinned") == ["superseded", "superseded", "deployed"]
    assert bench.space.statuses("lowered") == ["superseded", "superseded", "deployed"]
    assert bench.space.statuses("renamed") == ["deployed"]
