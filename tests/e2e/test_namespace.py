"""A namespace that comes with the release."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.values import GOOD
from tools.sandbox import CLI, LOCAL

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
