"""A namespace that comes with the release."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Bench, BenchMaker, skip_unless_usable
from tests.e2e.project import Project
from tests.e2e.values import GOOD
from tests.support import control_plane
from tests.support.least_rights import rules_of
from tools.ground import Ground
from tools.sandbox import CLI, LOCAL

SERVICES = [
    {
        "apiGroups": [""],
        "resources": ["services", "secrets"],
        "verbs": ["get", "list", "watch", "create", "patch", "delete"],
    }
]
"""What the root program's chart has besides."""

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


@pytest.fixture(params=[LOCAL, CLI])
def empty_bench(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Bench]:
    """A bench whose namespace is not there yet."""
    with benches(request.param, plain=False) as bench:
        bench.space.kubectl("delete", "namespace", bench.space.name)
        yield bench


def test_a_managed_namespace_comes_with_the_release_and_outlives_it(empty_bench: Bench) -> None:
    bench = empty_bench

    bench.project.deploy({"web": bench.web(values=GOOD, manageNamespace=True)})

    assert bench.space.statuses() == ["deployed"]
    assert not bench.project.destroy().failed
    assert bench.space.get("namespace", bench.space.name) is not None
    assert not bench.space.left()


def test_a_managed_namespace_goes_with_the_release_where_that_is_asked_for(empty_bench: Bench) -> None:
    bench = empty_bench
    bench.project.deploy({"web": bench.web(values=GOOD, manageNamespace=True, deleteNamespace=True)})

    outcome = bench.project.destroy()

    assert not outcome.failed, outcome.text
    assert bench.space.get("namespace", bench.space.name) is None


@pytest.mark.sweep
def test_a_release_that_stays_does_not_lose_its_namespace(empty_bench: Bench) -> None:
    bench = empty_bench
    bench.project.deploy({"web": bench.web(values=GOOD, manageNamespace=True, deleteNamespace=True)})

    outcome = bench.project.fail({"web": bench.web(values=GOOD)})

    assert "manage_namespace: without it Pulumi deletes the namespace" in outcome.text
    assert bench.space.statuses() == ["deployed"]
    bench.project.deploy({"web": bench.web(values=GOOD, manageNamespace=True)})
    bench.project.deploy({"web": bench.web(values=GOOD)})
    assert bench.space.statuses() == ["deployed"]


@pytest.mark.sweep
@pytest.mark.parametrize("engine", [LOCAL, CLI])
def test_a_managed_namespace_needs_no_more_than_its_role(engine: str, ground: Ground, tmp_path: Path) -> None:
    skip_unless_usable(engine, plain=False)
    kubeconfig = tmp_path / "kubeconfig"
    rules = rules_of("namespace", "release", "chart", "health", "volumes")
    with control_plane.place(ground) as place:
        user = place.user([])
        with place.allowed_everywhere(user, [*rules, *SERVICES]):
            kubeconfig.write_text(place.with_token(place.token(user)))
            project = Project(tmp_path / "it", engine, kubeconfig, plain=False)
            managed = {"manageNamespace": True, "deleteNamespace": True}
            name = f"{place.namespace}-managed"
            source = {"chart": "./charts/web"}
            web = {"releaseNamespace": name, "source": source, "helm": str(ground.helm(4)), "values": GOOD}
            project.deploy({"web": {**web, **managed}})
            destroyed = project.destroy()
    assert not destroyed.failed, destroyed.text
