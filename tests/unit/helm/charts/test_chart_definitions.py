"""The definitions of custom resources in a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.helm.charts.chart_definitions import of_dependencies, own
from tests.unit.helm.charts.test_chart_texts import archived, chart

if TYPE_CHECKING:
    from pathlib import Path

_CRD = "kind: CustomResourceDefinition\nmetadata: {name: %s}\n"


def test_those_of_a_folder_are_in_crds(tmp_path: Path) -> None:
    files = {
        "crds__two.yaml": f"{_CRD % 'a'}---\n{_CRD % 'b'}---\nkind: Other\n---\n- 1\n",
        "crds__deep__one.json": '{"kind": "CustomResourceDefinition", "metadata": {"name": "c"}}',
        "crds__README.md": _CRD % "read me",
        "crds__broken.yml": "a: [",
        "templates__one.yaml": _CRD % "templated",
        "charts__sub__crds__one.yaml": _CRD % "d",
    }
    web = chart(tmp_path, **files)
    (web / "charts" / "packed.tgz").write_bytes(archived({"web/crds/e.yaml": (_CRD % "e").encode()}))
    assert {each["metadata"]["name"] for each in own(web)} == {"a", "b", "c"}
    assert {each["metadata"]["name"] for each in of_dependencies(web)} == {"d", "e"}


def test_an_archive_has_them_too_and_so_have_those_in_it(tmp_path: Path) -> None:
    inner = archived({"sub/crds/one.yaml": (_CRD % "inner").encode()})
    packed = tmp_path / "web.tgz"
    packed.write_bytes(
        archived({"web/crds/one.yaml": (_CRD % "outer").encode(), "web/charts/sub.tgz": inner, "web/a": b""})
    )
    assert [each["metadata"]["name"] for each in own(packed)] == ["outer"]
    assert [each["metadata"]["name"] for each in of_dependencies(packed)] == ["inner"]


@pytest.mark.parametrize(
    ("place", "counts"),
    [("sub", False), ("sub-1.2.3.tgz", False), ("sub-v1.tar.gz", False), ("sub-api-1.0.0.tgz", True)],
)
def test_those_of_a_dependency_can_be_left_out(tmp_path: Path, place: str, *, counts: bool) -> None:
    packed = archived({"sub/crds/one.yaml": (_CRD % "inner").encode()})
    web = chart(tmp_path, **({"charts__sub__crds__one.yaml": _CRD % "inner"} if place == "sub" else {}))
    if place != "sub":
        (web / "charts").mkdir()
        (web / "charts" / place).write_bytes(packed)
    assert bool(of_dependencies(web, {"sub"})) is counts


def test_dependencies_are_not_followed_for_ever(tmp_path: Path) -> None:
    packed = archived({"web/crds/one.yaml": (_CRD % "deepest").encode()})
    for _ in range(9):
        packed = archived({"web/charts/sub.tgz": packed})
    file = tmp_path / "web.tgz"
    file.write_bytes(packed)
    assert of_dependencies(file) == []


def test_what_cannot_be_read_has_none(tmp_path: Path) -> None:
    broken = tmp_path / "web.tgz"
    broken.write_bytes(b"no archive")
    assert own(broken) == []
    assert own(tmp_path / "absent.tgz") == []
