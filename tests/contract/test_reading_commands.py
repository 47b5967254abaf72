"""The commands of `helm-rollback` that read, on a release that was rolled back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.cli.main import app
from tests.contract.laboratory import BAD_IMAGE
from tests.contract.obstacles import kubeconfig_of
from tests.support.least_rights import rules_of

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep]

PLUGIN = Path(__file__).parents[2] / "helm-plugin"


@pytest.fixture
def rolled_back(one_engine_lab: Laboratory) -> Laboratory:
    """A release whose second revision failed, and whose first one runs again as the third."""
    one_engine_lab.deploy(values={"tag": "old"})
    one_engine_lab.upgrade(values=BAD_IMAGE)
    return one_engine_lab


@pytest.fixture
def reader(rolled_back: Laboratory, tmp_path: Path) -> Path:
    """The kubeconfig of a user who may only read."""
    file = tmp_path / "reader"
    rules: list[Any] = [*rules_of("reader")]
    file.write_text(kubeconfig_of(rolled_back.space, rules))
    return file


def test_who_may_only_read_is_told_everything(
    rolled_back: Laboratory, reader: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str, code: int = 0) -> Any:
        where = ("-n", rolled_back.space.namespace, "--kubeconfig", str(reader))
        with pytest.raises(SystemExit) as ended:
            app([*arguments, *where, "-o", "json"], prog_name="helm-rollback")
        assert ended.value.code == code
        return json.loads(capsys.readouterr().out)

    status = run("status", "web")
    assert (status["phase"], status["rollback_status"]["target_revision"]) == ("RolledBack", 1)
    assert [each["release_name"] for each in run("status")] == ["web"]
    told = [(each["verdict"], each["restores"], each["instead_of"]) for each in run("history", "web")]
    assert told == [("good", None, None), ("bad", None, None), ("good", 1, 2)]
    assert run("explain", "web")["reason"] == "ImagePullBackOff"
    changed = run("diff", "web", "1", "2", code=1)["objects"]
    assert ("Deployment", "web") in [(each["key"]["kind"], each["key"]["name"]) for each in changed]
    run("diff", "web", "1", "3", code=0)
    assert run("validate", "web", "2", code=1)["reason"] == "NotGood"
    assert run("validate", "web", "1")["valid"]
    rights = {each["feature"]: each for each in run("permissions", "web", code=1)}
    assert {"verb": "update", "resource": "secrets", "group": "", "name": ""} in rights["release"]["lacking"]


def test_with_a_stack_the_chart_that_it_declares_is_rendered(
    rolled_back: Laboratory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = rolled_back.declared(values={"tag": "newer"}, source=rolled_back.chart("1.1.0"))
    owner = {"organization": "a", "project": "b", "stack": "c", "urn": "urn:pulumi:c::b::Release::web"}
    found = {**declared, "owner": owner, "secret_paths": []}
    release = {
        "type": "pulumi-python:dynamic/helm-rollback:Release",
        "urn": owner["urn"],
        "inputs": found,
        "outputs": {**found, "phase": "Failed", "revision": 3, "content": ""},
    }
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"deployment": {"resources": [release]}}))
    with pytest.raises(SystemExit):
        app(["explain", "web", "--stack", str(file), "-o", "json"], prog_name="helm-rollback")
    told = json.loads(capsys.readouterr().out)
    assert told["same_inputs"].startswith("upgrade 1.0.0 → 1.1.0; against revision 3: ")
    assert "        + registry.example/web:newer" in told["changes"]


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_helm_has_the_history_as_a_plugin(
    rolled_back: Laboratory, ground: Ground, tmp_path: Path, helm: str
) -> None:
    shutil.copytree(PLUGIN, tmp_path / "plugins" / "rollback-history")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    places = {"HELM_PLUGINS": str(tmp_path / "plugins"), "KUBECONFIG": str(ground.kubeconfig), "PATH": path}
    done = subprocess.run(
        [
            str(ground.bin_dir / helm),
            "rollback-history",
            "web",
            "-n",
            rolled_back.space.namespace,
            "-o",
            "json",
        ],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [each["verdict"] for each in json.loads(done.stdout)] == ["good", "bad", "good"]
