"""What the program tests share: the engines, projects with a namespace of their own, and Helm by name."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from helm_rollback_component.inputs.secret_values import credentials_in
from tests.e2e import canary
from tests.e2e.folder import CHECKOUT
from tests.e2e.project import Project
from tests.e2e.space import Space
from tests.support.namespaces import fresh_namespace
from tools.ground import Ground
from tools.sandbox import CLI, LOCAL, pulumi_cli


@dataclass(frozen=True)
class Bench:
    """A project, and the namespace that its releases go to."""

    project: Project
    space: Space
    helm: str

    def web(self, **inputs: Any) -> dict[str, Any]:
        """Return the inputs of a release of the root project's chart."""
        return {
            "releaseNamespace": self.space.name,
            "source": {"chart": "./charts/web"},
            "helm": self.helm,
            **inputs,
        }


BenchMaker = Callable[..., Any]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built wheels."""
    folder = tmp_path_factory.mktemp("wheels")
    uv = shutil.which("uv", path=pulumi_cli.search_path())
    if uv is None:
        pytest.skip("uv is not installed, so nothing can be built")
    build = [uv, "--quiet", "build", "--all-packages", "--wheel", "--out-dir", str(folder), str(CHECKOUT)]
    subprocess.run(build, check=True)
    return folder


def helm_named(name: str, programs: Mapping[int, Path]) -> str:
    """Return the ``helm`` input for ``helm3``, ``helm4`` or ``embedded``."""
    return name if name == "embedded" else str(programs[int(name[-1])])


def skip_unless_usable(engine: str, *, plain: bool) -> None:
    """Skip a test on the CLI where that is not there, or not what it needs."""
    obstacle = pulumi_cli.obstacle(kubernetes=not plain) if engine == CLI else ""
    if obstacle:
        pytest.skip(f"this half of the program tests is left out: {obstacle}")


def no_secret_escaped(project: Project, kubeconfig: Path) -> None:
    """Look for the secrets of a project's releases in all that it showed, wrote and left."""
    credentials = enumerate(map(canary.middle, credentials_in(kubeconfig.read_text())))
    hidden = {**project.hidden, **{f"credential {number}": found for number, found in credentials}}
    assert canary.escaped(project.places(), hidden) == []


@pytest.fixture(scope="session")
def benches(
    ground: Ground, helm_programs: Mapping[int, Path], tmp_path_factory: pytest.TempPathFactory
) -> BenchMaker:
    """What makes benches, each for the length of a ``with`` block."""

    @contextmanager
    def make(engine: str, *, helm: str = "helm4", plain: bool = True) -> Iterator[Bench]:
        skip_unless_usable(engine, plain=plain)
        with fresh_namespace(ground) as namespace:
            space = Space(ground, namespace)
            folder = tmp_path_factory.mktemp("e2e") / "it"
            project = Project(folder, engine, ground.kubeconfig, plain=plain, records=space.leases)
            yield Bench(project, space, helm_named(helm, helm_programs))
        no_secret_escaped(project, ground.kubeconfig)

    return make


@pytest.fixture(params=[LOCAL, CLI])
def bench(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Bench]:
    """A bench with a program that has no Kubernetes objects of its own, on either engine, with Helm 4."""
    with benches(request.param) as bench:
        yield bench


@pytest.fixture(params=[LOCAL, CLI])
def root_bench(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Bench]:
    """A bench with the root program, on either engine, with Helm 4."""
    with benches(request.param, plain=False) as bench:
        yield bench
