"""What is told before an update of the definitions of custom resources in a chart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import definitions_ahead
from tests.unit.helm.charts.test_chart_texts import chart

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.kube.api.client import Cluster

OFF = "Helm also shows those of dependencies that are off, which are not to be applied"
COMMAND = "helm show crds %s | kubectl apply --server-side --force-conflicts -f -"


def definition(name: str, version: str = "v1") -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name},
        "spec": {"versions": [{"name": version}]},
    }


class StandIn:
    """A cluster with these definitions; without them, they may not be read, or nobody answers."""

    def __init__(self, *live: dict[str, Any], error: Reason | None = None) -> None:
        self._live = {each["metadata"]["name"]: each for each in live}
        self._error = error

    def object_path(self, _version: str, _kind: str, name: str, _namespace: str) -> str:
        return name

    def get(self, name: str) -> dict[str, Any] | None:
        if self._error:
            raise OperationError("no", reason=self._error)
        return self._live.get(name)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A chart with a definition, and one of a dependency."""
    files = {
        "crds__a.yaml": json.dumps(definition("a", "v2")),
        "charts__sub__Chart.yaml": "name: sub\nversion: 1.0.0\n",
        "charts__sub__crds__b.yaml": json.dumps(definition("b", "v2")),
    }
    return chart(tmp_path, **files)


def of_upgrade(web: Path, live: StandIn, **values: Any) -> list[str]:
    cluster: Cluster = live  # type: ignore[assignment]  # as far as it is needed
    return [*definitions_ahead.of_upgrade(SourceConfig(chart="./web"), cluster, web, values)]


def of_install(web: Path, live: StandIn, **values: Any) -> list[str]:
    cluster: Cluster = live  # type: ignore[assignment]  # as above
    return [*definitions_ahead.of_install(cluster, web, values)]


def test_an_upgrade_leaves_other_definitions_and_says_how_they_are_applied(web: Path) -> None:
    assert of_upgrade(web, StandIn(definition("a"), definition("b"))) == [
        "Helm does not upgrade crds/, and the cluster has other definitions than the chart:",
        "    ~ a: versions v1 → v2",
        "    ~ b: versions v1 → v2",
        "    apply them before the update:",
        f"    {COMMAND % './web'}",
    ]


def depends(web: Path) -> None:
    declared = "{name: sub, condition: sub.enabled}"
    (web / "Chart.yaml").write_text(f"name: web\nversion: 1.0.0\ndependencies: [{declared}]\n")


def test_those_of_a_dependency_that_is_switched_off_do_not_count(web: Path) -> None:
    depends(web)
    added = [f"+ CustomResourceDefinition {each} (v2), from crds/" for each in "ab"]
    assert of_install(web, StandIn()) == added
    assert of_install(web, StandIn(), sub={"enabled": False}) == added[:1]


def test_nor_are_they_to_be_applied(web: Path) -> None:
    depends(web)
    assert of_upgrade(web, StandIn(definition("a"), definition("b")), sub={"enabled": False})[1:] == [
        "    ~ a: versions v1 → v2",
        f"    apply them before the update; {OFF}:",
        "    helm show crds ./web > crds.yaml  # keep only those named above",
        "    kubectl apply --server-side --force-conflicts -f crds.yaml",
    ]


def test_one_of_a_dependency_that_may_be_off_is_told_where_it_is_another_one(web: Path) -> None:
    depends(web)
    (_, missing, *_) = of_upgrade(web, StandIn(), sub={"enabled": None})
    assert missing == "    - a (v2) is missing in the cluster"
    (_, a, b, *_) = of_upgrade(web, StandIn(definition("a"), definition("b")), sub={"enabled": None})
    assert (a, b) == ("    ~ a: versions v1 → v2", "    ~ b: versions v1 → v2")


def test_of_two_definitions_of_one_name_the_chart_s_own_counts(web: Path) -> None:
    (web / "charts" / "sub" / "crds" / "a.yaml").write_text(json.dumps(definition("a", "v3")))
    assert "    ~ a: versions v1 → v2" in of_upgrade(web, StandIn(definition("a"), definition("b")))


def test_where_the_cluster_has_them_nothing_is_told(web: Path) -> None:
    assert of_upgrade(web, StandIn(definition("a", "v2"), definition("b", "v2"))) == []


def test_who_may_not_read_them_is_told_so(web: Path) -> None:
    (line,) = of_upgrade(web, StandIn(error=Reason.FORBIDDEN))
    assert line.endswith("is not known: you may not read them")


def test_where_nobody_answers_nothing_counts_as_missing(web: Path) -> None:
    assert of_upgrade(web, StandIn(error=Reason.UNREACHABLE)) == []


def test_an_install_adds_those_that_are_missing(web: Path) -> None:
    assert of_install(web, StandIn(definition("b", "v2"))) == [
        "+ CustomResourceDefinition a (v2), from crds/"
    ]


def test_and_leaves_those_that_are_there(web: Path) -> None:
    assert of_install(web, StandIn(definition("a", "v2"), definition("b", "v2"))) == []
    assert of_install(web, StandIn(definition("a"), definition("b", "v2"))) == [
        "Helm leaves definitions alone that are there already, and the chart has others:",
        "    ~ a: versions v1 → v2",
    ]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ({"chart": "./my chart"}, "'./my chart'"),
        ({"chart": "oci://r.example/web", "version": "1.2.3"}, "oci://r.example/web --version=1.2.3"),
        (
            {"chart": "web", "repository": "https://r.example", "version": "1.2.3"},
            "web --repo=https://r.example --version=1.2.3",
        ),
    ],
)
def test_the_command_names_the_chart(web: Path, source: dict[str, str], named: str) -> None:
    cluster: Cluster = StandIn()  # type: ignore[assignment]  # as above
    *_, command = definitions_ahead.of_upgrade(SourceConfig.model_validate(source), cluster, web, {})
    assert command == f"    {COMMAND % named}"
