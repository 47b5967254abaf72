"""A preview names the points of no return that are not in the inputs."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.support.packages import packed
from tests.support.repository import Repository
from tools.sandbox import LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

MARKED = (
    'apiVersion: v2\nname: web\nversion: 2.0.0\nannotations: {helm-rollback/point-of-no-return: "true"}\n'
)
TEMPLATE = {"templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"}


@pytest.fixture
def bench(benches: BenchMaker) -> Iterator[Bench]:
    with benches(LOCAL) as bench:
        yield bench


def test_a_preview_names_a_marked_chart_before_and_a_marked_revision_after(bench: Bench) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0", TEMPLATE))
        repository.add("web", "2.0.0", packed("web", "2.0.0", {**TEMPLATE, "Chart.yaml": MARKED}))
        source = {"chart": "web", "repository": repository.url}
        bench.project.deploy({"web": bench.web(source={**source, "version": "1.0.0"})})
        declared = bench.web(source={**source, "version": "2.0.0"})

        bench.project.declare({"web": declared})
        to_a_marked_chart = bench.project.preview()
        bench.project.deploy({"web": declared})
        unchanged = bench.project.preview()
        bench.project.declare({"web": bench.web(source={**source, "version": "3.0.0"})})
        to_a_missing_chart = bench.project.preview()

    across_chart = (
        "a failure will be reported and not rolled back: the chart web 2.0.0 is a point of no return"
    )
    across_history = "will not roll back across revision 2: its chart, version 2.0.0, is a point of no return"
    first, second = to_a_marked_chart.information
    assert first == across_chart
    assert second.endswith("/web: upgrade 1.0.0 → 2.0.0; against revision 1: no object changes")
    assert unchanged.information == ()
    assert not to_a_missing_chart.failed
    assert to_a_missing_chart.information[0] == across_history
    assert to_a_missing_chart.information[1].startswith(
        "whether the chart is a point of no return is not known"
    )
