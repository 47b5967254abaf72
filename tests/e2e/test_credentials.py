"""Refresh, destroy and removal with the credentials that are valid now, and where the cluster is gone."""

from __future__ import annotations

import base64
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import trustme
import yaml

from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.reconcile.lost_clusters import VARIABLE
from tests.e2e.conftest import Bench, helm_named, skip_unless_usable
from tests.e2e.project import Project
from tests.e2e.space import Space
from tests.e2e.values import GOOD
from tests.support import control_plane
from tests.support.namespaces import cluster_of
from tests.support.waiting import await_that
from tools.sandbox import CLI, LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.e2e.outcome import Outcome
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

PROGRAM = """\
import pulumi

from helm_rollback_component import HelmRelease

config = pulumi.Config()
for name, inputs in config.require_object("releases").items():
    HelmRelease(name, {**inputs, "kubeconfig": config.get_secret("kubeconfig")})
"""
_ALL = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]


@dataclass(frozen=True)
class Stage:
    """A bench whose environment names a kubeconfig of its own, which is a copy of the cluster's at first."""

    bench: Bench
    kubeconfig: Path

    @property
    def project(self) -> Project:
        return self.bench.project

    def destroy(self) -> Outcome:
        return self.project.destroy()


@pytest.fixture
def stages(ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path) -> Callable[[str], Any]:
    """What makes stages, each for the length of a ``with`` block."""

    @contextmanager
    def make(engine: str) -> Iterator[Stage]:
        skip_unless_usable(engine, plain=True)
        here = tmp_path / "kubeconfig.yaml"
        here.write_text(ground.kubeconfig.read_text())
        project = Project(tmp_path / "it", engine, here, plain=True)
        project.program(PROGRAM)
        with control_plane.place(ground) as place:
            yield Stage(
                Bench(project, Space(ground, place.namespace), helm_named("helm4", helm_programs)), here
            )

    return make


@pytest.fixture(params=[LOCAL, CLI])
def stage(request: pytest.FixtureRequest, stages: Callable[[str], Any]) -> Iterator[Stage]:
    with stages(request.param) as stage:
        yield stage


def expire(stage: Stage) -> None:
    """Deploy with a user's token, which is refused from then on; the configuration still holds it."""
    ground, namespace = stage.bench.space.ground, stage.bench.space.name
    place = control_plane.Place(ground, cluster_of(ground), namespace, ground.kubeconfig.read_text())
    user = place.user(_ALL)
    old = place.with_token(place.token(user))
    stage.project.set_secret("kubeconfig", old)
    stage.project.deploy({"web": stage.bench.web(values=GOOD)})
    place.cluster.delete(paths.resource("v1", "serviceaccounts", user, namespace))
    client = Cluster.connect(old)
    await_that(lambda: is_refused(client, namespace), "the token to be refused")


def is_refused(client: Cluster, namespace: str) -> bool:
    status, _ = client._transport.send("GET", paths.secrets(namespace))  # noqa: SLF001  # what it answers
    return status == 401


def removed(stage: Stage) -> Outcome:
    stage.project.declare({})
    return stage.project.up()


ENDS: dict[str, Callable[[Stage], Outcome]] = {"destroy": Stage.destroy, "removal": removed}
LOOKS: dict[str, Callable[[Stage], Outcome]] = {
    "refresh": lambda stage: stage.project.refresh(),
    "destroy": Stage.destroy,
}
IN_TURN = pytest.mark.parametrize("look", ["destroy", pytest.param("refresh", marks=pytest.mark.sweep)])


@IN_TURN
def test_an_expired_token_is_told_with_the_way_out(stage: Stage, look: str) -> None:
    expire(stage)
    stage.kubeconfig.write_text("")

    refused = LOOKS[look](stage)

    assert refused.failed
    told = " ".join(refused.messages)
    assert f"{stage.bench.space.name}/web: the API server answered 401" in told
    assert "may have expired: run `pulumi up` first" in told
    assert "by `pulumi config set --secret pulumi-python:kubeconfig`" in told
    assert "or add --run-program" in told


@pytest.mark.parametrize("end", ["destroy", pytest.param("removal", marks=pytest.mark.sweep)])
@pytest.mark.parametrize("stage", [LOCAL, pytest.param(CLI, marks=pytest.mark.sweep)], indirect=True)
def test_the_configurations_token_takes_the_place_of_one_that_expired(stage: Stage, end: str) -> None:
    """An engine tells a provider the values of now under the name of its package alone."""
    expire(stage)
    stage.kubeconfig.write_text("")
    stage.project.set_secret("pulumi-python:kubeconfig", stage.bench.space.ground.kubeconfig.read_text())

    refreshed = stage.project.refresh()
    ended = ENDS[end](stage)

    assert not refreshed.failed, refreshed.text
    assert not ended.failed, ended.text
    assert not stage.bench.space.left()
    assert "web-release" not in stage.project.resources()


@pytest.mark.sweep
@pytest.mark.parametrize("stage", [CLI], indirect=True)
def test_with_the_program_the_configuration_is_that_of_now(stage: Stage) -> None:
    expire(stage)
    stage.kubeconfig.write_text("")
    stage.project.set_secret("kubeconfig", stage.bench.space.ground.kubeconfig.read_text())

    refused = stage.project.refresh()
    refreshed = stage.project.refresh(run_program=True)
    ended = stage.project.destroy(run_program=True)

    assert refused.failed
    assert not refreshed.failed, refreshed.text
    assert not ended.failed, ended.text
    assert not stage.bench.space.left()


@pytest.mark.sweep
def test_an_expired_token_gives_way_to_the_environments(stage: Stage) -> None:
    expire(stage)

    ended = stage.destroy()

    assert not ended.failed, ended.text
    assert not stage.bench.space.left()


def leading_to(stage: Stage, server: str) -> None:
    config = yaml.safe_load(stage.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = server
    stage.kubeconfig.write_text(yaml.safe_dump(config))


def trusting_another(stage: Stage) -> None:
    """Have the kubeconfig name another authority than the server's."""
    config = yaml.safe_load(stage.kubeconfig.read_text())
    other = base64.b64encode(trustme.CA().cert_pem.bytes()).decode()
    config["clusters"][0]["cluster"]["certificate-authority-data"] = other
    stage.kubeconfig.write_text(yaml.safe_dump(config))


LOSSES: dict[str, Callable[[Stage], object]] = {
    "emptied": lambda stage: stage.kubeconfig.write_text(""),
    "gone": lambda stage: stage.kubeconfig.unlink(),
    "refused": lambda stage: leading_to(stage, "https://127.0.0.1:1"),
    "unresolvable": lambda stage: leading_to(stage, "https://cluster.invalid"),
    "of another authority": trusting_another,
}


@IN_TURN
@pytest.mark.parametrize(
    "loss",
    ["emptied", *(pytest.param(each, marks=pytest.mark.sweep) for each in LOSSES if each != "emptied")],
)
def test_a_cluster_that_is_gone_is_told_and_its_releases_are_let_go(
    stage: Stage, loss: str, look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    stage.project.deploy({"web": stage.bench.web(values=GOOD)})
    LOSSES[loss](stage)

    told = LOOKS[look](stage)
    monkeypatch.setenv(VARIABLE, "true")
    vars(stage.project).pop("stack")  # an engine that keeps the environment with which it began
    let_go = LOOKS[look](stage)

    assert told.failed
    said = " ".join(told.messages)
    assert f"{stage.bench.space.name}/web" in said
    assert f"run again with {VARIABLE}=true" in said
    assert not let_go.failed, let_go.text
    assert "nothing was deleted" in " ".join(let_go.messages)
    assert "web-release" not in stage.project.resources()
