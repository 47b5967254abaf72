"""A release that moves from the Kubernetes provider to the plugin, which is not told what the state holds."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.languages import copied, skip_unless_there
from tests.e2e.space import Space
from tests.support.namespaces import fresh_namespace
from tools.sandbox.sandbox import NO_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(600)]

_HEAD = """\
name: helm-rollback-yaml
runtime: yaml
packages: {helm-rollback: ../../../plugin}
config:
  namespace: {type: string}
  helm: {type: string}
resources:
"""
OF_THE_KUBERNETES_PROVIDER = """\
import pulumi

values = pulumi.Config()
pulumi.CustomResource(
    "kubernetes:helm.sh/v3:Release",
    "old",
    {
        "name": "web",
        "namespace": values.require("namespace"),
        "chart": "../../charts/web",
        "values": {"replicas": 1},
    },
    pulumi.ResourceOptions(retain_on_delete=values.get_bool("retained")),
)
"""
"""In Python, as only some builds of that provider have the schema that YAML needs."""
OF_A_CHART = """\
import pulumi
from pulumi_kubernetes.helm.v4 import Chart

values = pulumi.Config()
Chart(
    "web",
    namespace=values.require("namespace"),
    chart="../../charts/web",
    values={"replicas": 1},
    opts=pulumi.ResourceOptions(retain_on_delete=values.get_bool("retained")),
)
"""
IN_PYTHON = f"""\
name: helm-rollback-yaml
runtime: {{name: python, options: {{toolchain: uv, virtualenv: {sys.prefix}}}}}
"""
EMPTY = _HEAD.replace("resources:", "resources: {}")
NEW = f"""{_HEAD}\
  web:
    type: helm-rollback:HelmRelease
    properties:
      releaseNamespace: "${{namespace}}"
      source: {{chart: ../../charts/web}}
      values: {{replicas: 1}}
      helm: "${{helm}}"
      TAKING: true
"""
SETTING = "helm-rollback:adoptFromKubernetesProvider"
BACK_TO_THE_KUBERNETES_PROVIDER = OF_THE_KUBERNETES_PROVIDER.replace("../../charts/web", "web").replace(
    'retain_on_delete=values.get_bool("retained")',
    'import_=values.require("namespace") + "/web", ignore_changes=["timeout"]',
)
"""An import without any difference: Helm's record has the chart's name, and no timeout."""
CONTINUING = ("up", "--yes", "--continue-on-error")
"""What goes on with what does not depend on a failure."""


@pytest.mark.parametrize(
    ("old", "taking"), [(OF_THE_KUBERNETES_PROVIDER, "adopt"), (OF_A_CHART, "takeOwnership")]
)
def test_it_is_taken_over_only_when_the_other_resource_has_let_go(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path, old: str, taking: str
) -> None:
    skip_unless_there("pulumi-language-yaml", kubernetes=True)
    program = copied("yaml", tmp_path, ground.kubeconfig)
    new = NEW.replace("TAKING", taking)
    with fresh_namespace(ground) as namespace:
        space = Space(ground, namespace)

        def declare(text: str) -> None:
            (program.folder / "Pulumi.yaml").write_text(text)

        def pods() -> set[str]:
            return {name for name in space.objects() if name.startswith("pod/")}

        (program.folder / "__main__.py").write_text(old)
        (program.folder / "uv.lock").write_text(NO_PACKAGES)
        declare(IN_PYTHON)
        program.configure(namespace=namespace, helm=str(helm_programs[4]))
        program.up()
        before, listed = pods(), space.helm("list", "-o", "json")
        declare(new)
        for line in (["preview"], ["up", "--yes", "--skip-preview"], [*CONTINUING, "--skip-preview"]):
            told = program.pulumi(*line, fails=True)
            assert "set retainOnDelete on that resource" in told
            assert SETTING in told
            assert "Traceback" not in told
            assert (space.helm("list", "-o", "json"), pods()) == (listed, before)
        declare(IN_PYTHON)
        program.configure(retained="true")
        program.up()
        declare(EMPTY)
        program.up()
        declare(new)
        assert SETTING in program.pulumi("preview", fails=True)
        program.configure(**{SETTING: "true"})
        program.pulumi("preview")
        program.up()
        program.pulumi("config", "rm", SETTING)
        program.up()
        program.pulumi("preview", "--expect-no-changes")
        assert pods() == before != set()
        program.pulumi("destroy", "--yes", "--skip-preview")
        assert not pods()


def test_on_the_way_back_an_import_alone_keeps_the_release(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path
) -> None:
    skip_unless_there("pulumi-language-yaml", kubernetes=True)
    program = copied("yaml", tmp_path, ground.kubeconfig)
    with fresh_namespace(ground) as namespace:
        space = Space(ground, namespace)
        (program.folder / "Pulumi.yaml").write_text(NEW.replace("TAKING: true", 'releaseName: "web"'))
        program.configure(namespace=namespace, helm=str(helm_programs[4]))
        program.up()
        before = set(space.objects())
        shutil.copytree(program.folder / "../../charts/web", program.folder / "web")
        (program.folder / "__main__.py").write_text(BACK_TO_THE_KUBERNETES_PROVIDER)
        (program.folder / "uv.lock").write_text(NO_PACKAGES)
        (program.folder / "Pulumi.yaml").write_text(IN_PYTHON)
        assert "the release stays in the cluster" in program.up()
        assert space.statuses() == ["deployed"]
        assert {each for each in before if each.startswith("pod/")} <= set(space.objects())
        program.pulumi("preview", "--expect-no-changes")
        program.pulumi("destroy", "--yes", "--skip-preview")
        assert json.loads(space.helm("list", "-o", "json")) == []
