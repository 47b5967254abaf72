"""What a check finds in the files that the inputs name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulumi.output import Unknown

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.pulumi_adapter.check import computed_inputs, parsed, problems_of_files

if TYPE_CHECKING:
    from pathlib import Path

LATER: Any = Unknown()  # type: ignore[no-untyped-call]  # what a preview does not know yet
OCI = {"chart": "oci://registry.example/web", "version": "1.2.3"}
KUBECONFIG = """
current-context: dev
clusters: [{name: dev, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: dev, context: {cluster: dev}}]
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart's folder."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "Chart.yaml").write_text("name: web\nversion: 0.3.0\n", encoding="utf-8")
    return folder


@pytest.fixture
def values(tmp_path: Path) -> Path:
    """A value file."""
    path = tmp_path / "values.yaml"
    path.write_text("replicas: 2", encoding="utf-8")
    return path


def config(**inputs: Any) -> HelmConfig:
    return HelmConfig.parse({"release_name": "web", "release_namespace": "apps", "source": OCI, **inputs})


def content(olds: dict[str, str] | None = None, **inputs: Any) -> str:
    return computed_inputs(config(**inputs), olds or {})["content"]


class TestProblemsOfFiles:
    def paths(self, **inputs: Any) -> list[str]:
        return [problem.path for problem in problems_of_files(inputs)]

    def test_files_that_are_well_have_none(self, chart: Path, values: Path) -> None:
        assert (
            self.paths(source={"chart": str(chart)}, value_files=[str(values)], kubeconfig=KUBECONFIG) == []
        )

    def test_all_that_is_wrong_is_named(self, tmp_path: Path) -> None:
        found = self.paths(
            source={"chart": str(tmp_path / "none")},
            value_files=[str(tmp_path / "none.yaml")],
            kubeconfig="text: [",
        )
        assert found == ["source.chart", "value_files[0]", "kubeconfig"]

    @pytest.mark.parametrize("key", ["ca_file", "cert_file", "key_file", "keyring"])
    def test_the_files_of_a_source_are_looked_for(self, key: str, values: Path) -> None:
        needed = {"verify": True, "cert_file": str(values)}
        for path in ("/nowhere/file", str(values.parent), "a\0b"):
            (problem,) = problems_of_files({"source": {**OCI, **needed, key: path}})
            assert (problem.path, problem.message) == (
                f"source.{key}",
                f"there is no file {path} that may be read",
            )
        assert self.paths(source={**OCI, **needed, key: str(values)}) == []
        assert self.paths(source={**OCI, **needed, key: LATER}) == []

    def test_a_folder_cannot_be_verified(self, chart: Path) -> None:
        assert self.paths(source={"chart": str(chart), "verify": True}) == ["source.verify"]

    @pytest.mark.parametrize("kubeconfig", [{}, {"kubeconfig": None}])
    def test_the_usual_kubeconfig_is_not_looked_at(self, kubeconfig: dict[str, None]) -> None:
        assert self.paths(source=OCI, **kubeconfig) == []

    def test_a_context_must_be_there(self) -> None:
        assert self.paths(source=OCI, kubeconfig=KUBECONFIG, context="prod") == ["context"]

    @pytest.mark.parametrize(
        "inputs",
        [
            {},
            {"source": LATER},
            {"source": {"chart": LATER}},
            {"source": OCI, "value_files": [LATER]},
            {"source": OCI, "value_files": LATER},
            {"source": OCI, "kubeconfig": LATER},
            {"source": {"sauce": 1}, "value_files": 7, "kubeconfig": 7},
        ],
    )
    def test_what_cannot_be_read_yet_is_left_to_others(self, inputs: dict[str, Any]) -> None:
        assert self.paths(**inputs) == []


class TestPlan:
    def test_it_names_a_local_chart_by_what_it_calls_itself(self, chart: Path) -> None:
        computed = computed_inputs(config(source={"chart": str(chart)}), {})
        assert computed["plan"] == (
            "deploy web 0.3.0; on failure remove a first deployment, else roll back to the last good revision"
        )

    def test_it_says_what_a_local_chart_is_marked_as(self, chart: Path) -> None:
        with (chart / "Chart.yaml").open("a", encoding="utf-8") as file:
            file.write("\nannotations: {helm-rollback/point-of-no-return: 'true'}\n")
        computed = computed_inputs(config(source={"chart": str(chart)}), {"chart": "web 0.2.0"})
        assert computed["plan"] == (
            "deploy web 0.3.0; on failure remove a first deployment, else report it; "
            "will not roll back across this revision: its chart is a point of no return"
        )

    def test_it_names_a_remote_one_by_what_was_declared(self) -> None:
        computed = computed_inputs(config(), {"release_name": "web"})
        assert computed["plan"].startswith("deploy oci://registry.example/web 1.2.3; ")


class TestContent:
    def test_it_stays_while_the_files_do(self, chart: Path, values: Path) -> None:
        inputs: dict[str, Any] = {"source": {"chart": str(chart)}, "value_files": [str(values)]}
        before = content(**inputs)
        assert content({"content": before}, **inputs) == before

    def test_it_changes_with_the_chart(self, chart: Path) -> None:
        before = content(source={"chart": str(chart)})
        (chart / "templates.yaml").write_text("x", encoding="utf-8")
        assert content({"content": before}, source={"chart": str(chart)}) != before

    def test_it_changes_with_a_value_file(self, values: Path) -> None:
        before = content(value_files=[str(values)])
        values.write_text("replicas: 3", encoding="utf-8")
        assert content({"content": before}, value_files=[str(values)]) != before

    def test_it_changes_with_their_order(self, values: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.yaml"
        other.write_text("a: 1", encoding="utf-8")
        before = content(value_files=[str(values), str(other)])
        assert content({"content": before}, value_files=[str(other), str(values)]) != before

    def test_the_same_files_elsewhere_are_the_same(self, values: Path, tmp_path: Path) -> None:
        copy = tmp_path / "copy.yaml"
        copy.write_bytes(values.read_bytes())
        before = content(value_files=[str(values)])
        assert content({"content": before}, value_files=[str(copy)]) == before

    def test_it_is_the_same_each_time_as_an_update_plan_needs_it(self, values: Path) -> None:
        assert content(value_files=[str(values)]) == content(value_files=[str(values)])

    def test_equal_files_of_two_releases_cannot_be_told_to_be_equal(self, values: Path) -> None:
        declared = config(value_files=[str(values)])
        one, other = (computed_inputs(declared, {}, urn)["content"] for urn in ("urn:a", "urn:b"))
        assert one.partition(":")[2] != other.partition(":")[2]

    def test_a_text_is_as_good_as_a_file_that_holds_it(self, values: Path) -> None:
        before = content(value_files=[str(values)])
        assert content({"content": before}, value_files=[{"text": values.read_text()}]) == before
        assert content({"content": before}, value_files=[{"text": "replicas: 3"}]) != before

    def test_charts_beside_a_chart_count_where_its_dependencies_are_fetched(self, chart: Path) -> None:
        lib = chart.parent / "lib"
        listed = "[{name: lib, repository: 'file://../lib'}, {name: no, repository: 'file://../no'}]"
        with (chart / "Chart.yaml").open("a") as file:
            file.write(f"dependencies: {listed}\n")
        for update in (True, False):
            source = {"chart": str(chart), "dependency_update": update}
            lib.mkdir(exist_ok=True)
            (lib / "Chart.yaml").write_text("name: lib\nversion: 1.0.0\n")
            before = content(source=source)
            (lib / "Chart.yaml").write_text("name: lib\nversion: 1.0.1\n")
            assert (content({"content": before}, source=source) != before) is update


@pytest.mark.parametrize("path", ["labels.team", "post_renderer[1]", "labels"])
def test_a_secret_is_no_argument_of_helm(path: str) -> None:
    _, problems = parsed({"source": OCI, "secret_paths": [path, "values.labels"]})
    assert [problem.path for problem in problems if "argument of Helm" in problem.message] == [path]


def test_windows_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Windows")
    inputs = {"release_name": "web", "release_namespace": "apps", "source": OCI}
    _, problems = parsed(inputs)
    assert [problem.path for problem in problems] == ["helm"]
    assert "WSL" in problems[0].message
    assert HelmConfig.parse(inputs)
