"""The examples' READMEs and CI files, followed literally on the CLI: nothing of the checkout is used."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.e2e.example import EXAMPLES, copy
from tests.e2e.folder import Folder, environment
from tests.e2e.space import Space
from tests.support.namespaces import cluster_of
from tests.support.waiting import await_that
from tools.sandbox import pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(900)]

LINE = re.compile(r"^\$ (.+?)(?:\s+# (.+))?$", re.MULTILINE)


@pytest.fixture
def folder(ground: Ground, wheels: Path, helm_programs: Mapping[int, Path], tmp_path: Path) -> Folder:
    """An empty folder, with Helm, kubectl and the wheels at hand."""
    if obstacle := pulumi_cli.obstacle(kubernetes=True):
        pytest.skip(f"the examples are not followed: {obstacle}")
    (tmp_path / "it").mkdir()
    given = environment(tmp_path, {"helm": helm_programs[4], "kubectl": ground.kubectl}, wheels)
    quiet = {"KUBECONFIG": str(ground.kubeconfig), "PULUMI_SKIP_CONFIRMATIONS": "true"}
    return Folder(tmp_path / "it", {**given, **quiet})


@pytest.fixture
def namespace(ground: Ground) -> Iterator[str]:
    """The name of a namespace that is not there yet."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield name
    cluster_of(ground).delete(f"/api/v1/namespaces/{name}")


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/requirements.txt")))
def test_the_words_of_a_readme_lead_where_it_says(name: str, folder: Folder, namespace: str) -> None:
    copy(name, folder.path)
    for command, said in LINE.findall((folder.path / "README.md").read_text()):
        line = re.sub(r"\b(apps|shop)$", namespace, command)
        told = folder.shell(line, fails=said.startswith("fails"))
        assert "Traceback" not in told, told


class Job:
    """What runs the steps of the CI files, as their runners do.

    Args:
        folder: a folder with the program and the CI files.
    """

    def __init__(self, folder: Folder) -> None:
        """Begin."""
        self.folder = folder
        self.summary = folder.path.parent / "summary"
        self._variables = folder.path.parent / "variables"
        folder.environment |= {
            "STACK": "production",
            "RUNNER_TEMP": str(folder.path.parent),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_ENV": str(self._variables),
        }
        workflow = yaml.safe_load((folder.path / ".github" / "workflows" / "deploy.yaml").read_text())
        steps = workflow["jobs"]["pulumi"]["steps"]
        self.steps: dict[str, str] = {step["name"]: step["run"] for step in steps if "run" in step}
        self.pipeline: dict[str, Any] = yaml.safe_load((folder.path / ".gitlab-ci.yml").read_text())

    def step(self, name: str, *, fails: bool = False) -> str:
        """Run a step of the workflow for GitHub."""
        said = self.folder.shell(self.steps[name], fails=fails)
        if self._variables.exists():
            told = self._variables.read_text().split()
            self.folder.environment.update(line.partition("=")[::2] for line in told)
        return said

    def script(self, job: str, part: str = "script", *, fails: bool = False, **variables: str) -> str:
        """Run a script of a job for GitLab."""
        self.folder.environment.update(variables)
        return self.folder.shell("\n".join(self.pipeline[job][part]), fails=fails)

    def lose(self, command: str, until: Callable[[], object]) -> None:
        """Run a command until something is true; then its runner is lost."""
        line = ["/bin/bash", "-eo", "pipefail", "-c", command]
        with subprocess.Popen(
            line,
            cwd=self.folder.path,
            env=self.folder.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            await_that(until, "the update to be under way")
            os.killpg(process.pid, signal.SIGKILL)


def test_the_ci_files_deploy_and_tell_and_outlive_a_lost_runner(
    ground: Ground, folder: Folder, namespace: str
) -> None:
    copy("one_release", folder.path)
    shutil.copytree(EXAMPLES / "ci", folder.path, dirs_exist_ok=True)
    (folder.path / "requirements.txt").write_text("helm-rollback-component[embedded]\n")
    job, space = Job(folder), Space(ground, namespace)
    folder.environment["CONTENT"] = Path(folder.environment.pop("KUBECONFIG")).read_text()

    def deploys(tag: str) -> None:
        folder.shell(f"pulumi config set tag {tag} --stack production")

    job.step("Write the kubeconfig")
    job.step("Install")
    folder.shell(f"kubectl create namespace {namespace} && pulumi stack init production")
    folder.shell(f"pulumi config set namespace {namespace}")
    assert "helm-rollback:index:HelmRelease" in job.step("Preview")
    job.step("Deploy")
    assert "| Deployed | 1 |" in job.step("Verdict")
    deploys("missing")
    job.step("Deploy", fails=True)
    job.step("Verdict")
    assert "| RolledBack | 3 |" in job.summary.read_text()

    deploys("slow")
    job.lose(job.steps["Deploy"], until=lambda: space.image().endswith(":slow"))
    deploys("1.30")
    assert "currently locked" in job.step("Deploy", fails=True)
    job.step("Free the lock of a killed run")
    job.step("Deploy")
    assert space.image().endswith(":1.30")

    deploys("missing")
    job.script(".pulumi", "before_script")
    job.script("preview")
    job.script("deploy", fails=True)
    assert "| RolledBack |" in job.script("deploy", "after_script", CI_JOB_STATUS="failed")
    deploys("slow")
    job.lose("\n".join(job.pipeline["deploy"]["script"]), until=lambda: space.image().endswith(":slow"))
    said = job.script("deploy", "after_script", CI_JOB_STATUS="canceled")
    assert "An operation was interrupted." in said
    deploys("1.31")
    job.script("deploy")
    assert "| Deployed |" in job.script("deploy", "after_script", CI_JOB_STATUS="success")
    job.script("unlock")
    folder.shell("pulumi destroy --stack production")
