"""Neither a program nor a provider that finds everything unchanged imports what only an operation needs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "helm_rollback_component"
PROGRAM = """
import asyncio
import pulumi
from helm_rollback_component import HelmRelease

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return "id", args.inputs

    def call(self, args):
        return {}

asyncio.set_event_loop(asyncio.new_event_loop())
pulumi.runtime.set_mocks(Mocks())
args = {"releaseNamespace": "apps", "source": {"chart": "./web"}, "values": {"replicas": 1}}
pulumi.runtime.test(lambda: HelmRelease("web", args).phase)()
"""
UNCHANGED = """
import pathlib, sys
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter.content import content_digest
from helm_rollback_component.package_version import version

chart = pathlib.Path(sys.argv[1], "web")
chart.mkdir()
(chart / "Chart.yaml").write_text("name: web")
values = pathlib.Path(sys.argv[1], "values.yaml")
values.write_text("replicas: 1")
inputs = {
    "release_name": "web",
    "release_namespace": "apps",
    "source": {"chart": str(chart)},
    "value_files": [str(values)],
}
olds = {
    **inputs,
    "content": content_digest(str(chart), [str(values)], ""),
    "chart": "web 0.1.0",
    "plan": "deploy web 0.1.0; on failure remove a first deployment, else report it and change nothing",
    "checked_by": version(),
}
checked = ReleaseProvider().check(olds, inputs)
assert (checked.inputs, checked.failures) == (olds, [])
found = ReleaseProvider().diff("apps/web", {**olds, "phase": "Deployed"}, checked.inputs)
assert (found.changes, found.replaces) == (False, [])
"""
OF_BOTH = {
    "args",
    "core",
    "core.cancellation",
    "errors",
    "inputs",
    "inputs.property_paths",
    "inputs.spelling",
    "inputs.tree",
    "provider",
    "pulumi_adapter",
    "pulumi_adapter.engine_log",
    "pulumi_adapter.error_text",
    "pulumi_adapter.parallelism",
    "pulumi_adapter.present_kubeconfigs",
    "pulumi_adapter.process_lifetime",
    "pulumi_adapter.replacements",
    "pulumi_adapter.run_kind",
    "pulumi_adapter.stack_settings",
    "pulumi_adapter.state",
    "pulumi_adapter.stderr",
    "reasons",
    "results",
}
OF_A_PROGRAM = {
    "component",
    "inputs.arguments",
    "inputs.chart_source",
    "inputs.chart_values",
    "outputs",
    "pulumi_adapter.adoption",
    "pulumi_adapter.assets",
    "pulumi_adapter.cluster_choice",
    "pulumi_adapter.engine_resources",
    "pulumi_adapter.holdings",
    "pulumi_adapter.interrupts",
    "pulumi_adapter.kubernetes_provider",
    "pulumi_adapter.program_inputs",
    "pulumi_adapter.resource_options",
    "pulumi_adapter.stack_id",
}
OF_THE_UNCHANGED = {
    "core",
    "core.remediation",
    "core.remediation.plan_text",
    "helm",
    "helm.charts",
    "helm.charts.archives",
    "helm.charts.chart_files",
    "inputs.chart_source",
    "inputs.file_content",
    "kube",
    "kube.api",
    "kube.api.kubeconfig",
    "package_version",
    "pulumi_adapter.content",
    "pulumi_adapter.unchanged",
}


def imported_by(program: str, *arguments: object) -> set[str]:
    """Return the modules that a program imports beyond Pulumi and the standard library."""
    script = (
        "import sys, pulumi.dynamic; pulumis = set(sys.modules)\n"
        f"{program}\n"
        "print(*(set(sys.modules) - pulumis))"
    )
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return {name for name in done.stdout.split() if name.partition(".")[0] not in sys.stdlib_module_names}


@pytest.mark.parametrize(
    ("program", "own"),
    [(PROGRAM, OF_BOTH | OF_A_PROGRAM), (UNCHANGED, OF_BOTH - {"inputs.spelling"} | OF_THE_UNCHANGED)],
    ids=["a program", "a provider with unchanged releases"],
)
def test_what_is_imported(program: str, own: set[str], tmp_path: Path) -> None:
    assert imported_by(program, tmp_path) == {PACKAGE, *(f"{PACKAGE}.{name}" for name in own)}
