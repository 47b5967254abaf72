"""The plugin's own stories on LocalEngine, which starts it as the CLI does: no CLI is needed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pulumi.automation import CommandError, ConfigValue
from pulumi_local_engine import LocalEngine

from tests.e2e.folder import CHECKOUT
from tests.e2e.space import Space, holder
from tests.support.namespaces import fresh_namespace
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

_PROGRAM = """\
import pulumi

given = pulumi.Config()
outputs = dict.fromkeys(["phase", "revision"])
inputs = given.require_object("inputs")
release = pulumi.CustomResource("helm-rollback:index:HelmRelease", "web", {**inputs, **outputs})
for name in outputs:
    pulumi.export(name, pulumi.get(release, name))
"""
_OPERATE = Path(__file__).parents[1] / "engine" / "operate.py"
BAD = {"image": {"tag": "missing"}, "podLabels": {"ground/play": "image-pull"}}
WAITING = {"image": {"tag": "v2"}, "podLabels": {"ground/play": "never-ready"}}


@dataclass(frozen=True)
class Program:
    """A Python program whose only resource is the plugin's.

    Attributes:
        folder: where its ``Pulumi.yaml`` is.
        space: where its release goes.
        helm: a Helm program.
    """

    folder: Path
    space: Space
    helm: Path

    @property
    def state(self) -> Path:
        """The folder of the state."""
        return self.folder / "state"

    def stack(self, **inputs: Any) -> LocalEngine:
        """Return the stack with these inputs of its release."""
        given = {
            "releaseNamespace": self.space.name,
            "source": {"chart": "./charts/web"},
            "helm": str(self.helm),
            "kubeconfig": str(self.space.ground.kubeconfig),
            "health": {"imagePullGrace": 1},
            **inputs,
        }
        stack = LocalEngine("dev", self.folder, state_dir=self.state)
        stack.set_config("inputs", ConfigValue(json.dumps(given)))
        return stack


@pytest.fixture
def program(ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path) -> Iterator[Program]:
    """One whose plugin is the folder of this checkout."""
    shutil.copytree(CHECKOUT / "stacks" / "charts", tmp_path / "charts")
    plugins = {"providers": [{"name": "helm-rollback", "path": str(CHECKOUT / "plugin")}]}
    project = {"name": "shop", "runtime": "python", "plugins": plugins}
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (tmp_path / "__main__.py").write_text(_PROGRAM)
    with fresh_namespace(ground) as namespace:
        yield Program(tmp_path, Space(ground, namespace), helm_programs[4])


def refused(act: Callable[[], object]) -> str:
    """Return what is told where that must fail."""
    with pytest.raises(CommandError) as caught:
        act()
    return str(caught.value)


def test_a_bad_upgrade_is_rolled_back_repaired_and_destroyed(program: Program) -> None:
    outputs = program.stack().up().outputs
    assert (outputs["phase"].value, outputs["revision"].value) == ("Deployed", 1)
    assert program.stack().preview().change_summary == {"same": 2}
    told = refused(program.stack(values=BAD).up)
    assert "revision 1 runs again, as revision 3" in told
    assert "Traceback" not in told
    assert program.stack().up().outputs["phase"].value == "Deployed"
    program.stack().destroy()
    assert not program.space.left()


@pytest.mark.sweep
def test_one_step_adoption_is_refused(program: Program) -> None:
    space, by_it = program.space, "--field-manager=pulumi-kubernetes"
    space.helm("install", "web", str(program.folder / "charts" / "web"))
    space.kubectl("annotate", "secret", "sh.helm.release.v1.web.v1", "one=1", by_it)
    space.kubectl("annotate", "configmap", "web", "meta.helm.sh/release-name=old", "--overwrite", by_it)
    told = refused(program.stack(adopt=True, takeOwnership=True).preview)
    assert "deployed revision 1 of this release" in told
    assert "wrote to ConfigMap web" in told
    allowed = program.stack(adopt=True, takeOwnership=True)
    allowed.set_config("helm-rollback:adoptFromKubernetesProvider", ConfigValue("true"))
    assert allowed.up().outputs["phase"].value == "Deployed"
    program.stack().destroy()


@pytest.mark.sweep
def test_a_ctrl_c_restores_the_last_good_revision(program: Program) -> None:
    program.stack(values={"image": {"tag": "v1"}}).up()
    program.stack(values=WAITING)
    line = [sys.executable, str(_OPERATE), "up", str(program.folder), str(program.state)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        await_that(lambda: program.space.image().endswith(":v2"), "the upgrade to wait")
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert program.space.statuses() == ["superseded", "failed", "deployed"]
    assert program.space.image().endswith(":v1")
    assert not holder(program.space)
