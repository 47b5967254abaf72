"""The definitions of custom resources in a chart, and what decides whose Helm installs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.manifests import chart_tree
from helm_rollback_component.core.manifests.chart_tree import Chart, Dependency
from helm_rollback_component.helm.charts.chart_definitions import read
from tests.unit.helm.charts.test_chart_texts import archived, chart

if TYPE_CHECKING:
    from pathlib import Path

_CRD = "kind: CustomResourceDefinition\nmetadata: {name: %s}\n"
_PACKED = {"sub/Chart.yaml": b"name: sub", "sub/crds/e.yaml": (_CRD % "e").encode()}


def named(found: Chart) -> set[str]:
    return {objects.name(each) for each, _ in chart_tree.definitions(found, {})}


def test_those_of_a_folder_are_in_crds(tmp_path: Path) -> None:
    files = {
        "crds__two.yaml": f"{_CRD % 'a'}---\n{_CRD % 'b'}---\nkind: Other\n---\n- 1\n",
        "crds__deep__one.json": '{"kind": "CustomResourceDefinition", "metadata": {"name": "c"}}',
        "crds__README.md": _CRD % "read me",
        "crds__broken.yml": "a: [",
        "templates__one.yaml": _CRD % "templated",
        "charts__sub__crds__one.yaml": _CRD % "d",
        "charts___passed__crds__one.yaml": _CRD % "passed over",
        "charts__sub__files__crds__one.yaml": _CRD % "a file",
    }
    web = chart(tmp_path, **files)
    (web / "charts" / "packed.tgz").write_bytes(archived(_PACKED))
    found = read(web)
    assert [objects.name(each) for each in found.definitions] == ["c", "a", "b"]
    assert named(found) == {"a", "b", "c", "d", "e"}


def test_an_archive_has_them_too_and_so_have_those_in_it(tmp_path: Path) -> None:
    packed = tmp_path / "web.tgz"
    outer = {"web/crds/one.yaml": (_CRD % "outer").encode(), "web/charts/sub.tgz": archived(_PACKED)}
    packed.write_bytes(archived({**outer, "web/a": b""}))
    found = read(packed)
    assert named(found) == {"outer", "e"}
    assert [each.name for each in found.charts] == ["sub"]


@pytest.mark.parametrize("file", ["Chart.yaml", "requirements.yaml"])
def test_what_switches_a_dependency_is_read(tmp_path: Path, file: str) -> None:
    text = (
        "name: web\nversion: 1.0.0\ndependencies:\n"
        "- {name: a, alias: b, condition: b.x, tags: [x, 1]}\n- text\n- {name: c, tags: no}\n"
    )
    web = chart(tmp_path, **{file: text, "values.yaml": "b: {x: false}"})
    found = read(web)
    assert found.dependencies == (Dependency("a", "b", "b.x", ("x",)), Dependency("c"))
    assert found.values == {"b": {"x": False}}


def test_no_list_of_dependencies_is_no_empty_one(tmp_path: Path) -> None:
    assert read(chart(tmp_path, **{"values.yaml": "- no mapping"})) == Chart("web")
    (tmp_path / "Chart.yaml").write_text("name: web\ndependencies: []\n")
    assert read(tmp_path).dependencies == ()


def test_dependencies_are_not_followed_for_ever(tmp_path: Path) -> None:
    packed = archived({"web/crds/one.yaml": (_CRD % "deepest").encode()})
    for _ in range(9):
        packed = archived({"web/charts/sub.tgz": packed})
    file = tmp_path / "web.tgz"
    file.write_bytes(packed)
    assert named(read(file)) == set()


def test_what_cannot_be_read_has_none(tmp_path: Path) -> None:
    broken = tmp_path / "web.tgz"
    broken.write_bytes(b"no archive")
    assert read(broken) == Chart("")
    assert read(tmp_path / "absent.tgz") == Chart("")


def test_a_file_that_is_no_yaml_tells_nothing(tmp_path: Path) -> None:
    web = chart(tmp_path, **{"Chart.yaml": "a: [", "crds__one.yaml": _CRD % "a"})
    found = read(web)
    assert (found.name, found.dependencies, named(found)) == ("", None, {"a"})
