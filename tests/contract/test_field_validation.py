"""What is wrong with a manifest is refused whether Helm reads the server's schema beforehand or not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Engine, EngineError
from tests.contract.helm_fixtures import Space, engine_named, space_of, write_chart
from tests.support.namespaces import cluster_of
from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.sweep]

_OBJECT = """\
{{ if .Values.broken }}
%s
{{ end }}
"""
_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n"
_FAULTS = {
    "an unknown field": f"{_MAP}dada: {{a: b}}",
    "a field of another type": f"{_MAP}data: {{a: [1]}}",
    "an unknown field deep inside": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: extra}\nspec: {ports: [{port: 80, prot: TCP}]}"
    ),
    "a field that is missing": "apiVersion: v1\nkind: Service\nmetadata: {name: extra}\nspec: {}",
    "a value that is out of bounds": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: extra}\nspec: {ports: [{port: 80000}]}"
    ),
    "an unknown kind": "apiVersion: v1\nkind: ConfigMop\nmetadata: {name: extra}",
    "no name": "apiVersion: v1\nkind: ConfigMap\nmetadata: {}",
}
_NO_KIND = "apiVersion: v1\nmetadata: {name: extra}"
_IN_A_LIST = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: extra}, dada: {a: b}}
"""


def test_this_control_plane_validates_fields(ground: Ground) -> None:
    assert cluster_of(ground).validates_fields()


@pytest.fixture(scope="module", params=["helm4", "embedded"])
def engine(request: pytest.FixtureRequest, ground: Ground) -> Iterator[Engine]:
    engine = engine_named(request.param, ground)
    yield engine
    if isinstance(engine, EmbeddedEngine):
        engine.close()


@pytest.mark.parametrize("fresh", [True, False], ids=["install", "upgrade"])
@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)
def test_a_fault_is_refused_either_way_in_the_same_words(
    ground: Ground,
    engine: Engine,
    tmp_path: Path,
    fault: str,
    fresh: bool,  # noqa: FBT001
) -> None:
    with_schema, without = _refusals(ground, engine, tmp_path, fault, fresh=fresh)

    assert without == with_schema


@pytest.mark.parametrize("fresh", [True, False], ids=["install", "upgrade"])
def test_an_object_of_no_kind_is_refused_either_way_before_anything_is_touched(
    ground: Ground,
    engine: Engine,
    tmp_path: Path,
    fresh: bool,  # noqa: FBT001
) -> None:
    with_schema, without = _refusals(ground, engine, tmp_path, _NO_KIND, fresh=fresh)

    assert "kind not set" in with_schema[0]
    assert "'Kind' is missing" in without[0]
    assert without[1] == with_schema[1] == ([] if fresh else ["deployed"])


def test_what_is_wrong_inside_a_list_is_refused_by_the_server_when_it_comes_to_that(
    ground: Ground, engine: Engine, tmp_path: Path
) -> None:
    with_schema, without = _refusals(ground, engine, tmp_path, _IN_A_LIST, fresh=True)

    assert with_schema[1] == []
    assert ".dada: field not declared in schema" in without[0]
    assert without[1] == ["failed"]


def _refusals(
    ground: Ground, engine: Engine, folder: Path, fault: str, *, fresh: bool
) -> list[tuple[str, list[str]]]:
    """Return what becomes of a chart with that fault: with Helm's own look at the schema, and without."""
    broken = {"templates/broken.yaml": _OBJECT % fault}
    with space_of(ground, engine, write_chart(folder, broken)) as space:
        return [_refusal(space, release, fresh=fresh) for release in ("web-a", "web-b")]


def _refusal(space: Space, release: str, *, fresh: bool) -> tuple[str, list[str]]:
    """Return what Helm says of the broken chart, and the records that it leaves."""
    target = replace(space.target(release), validates_fields=release == "web-b")
    if not fresh:
        space.engine.install(target, space.deployment(), Cancellation())
    act = space.engine.install if fresh else space.engine.upgrade
    with pytest.raises(EngineError) as failure:
        act(target, space.deployment({"broken": True}), Cancellation())
    return failure.value.output.replace(release, "web"), space.statuses(release)
