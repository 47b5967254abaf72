"""Releases for the contract tests, on each engine."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from tests.contract.commands import Helm
from tests.contract.helm_fixtures import ENGINES, engine_named, helm_input, space_of, write_chart
from tests.contract.laboratory import Laboratory
from tools import one_helm
from tools.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from helm_rollback_component.helm.engines.engine import Engine
    from tests.contract.helm_fixtures import Space


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave every test on all engines but one to the sweep; the name of a test says which one that is."""
    for item in items:
        number = crc32(item.nodeid.partition("[")[0].encode())
        engines = {_parameter(item, name) for name in ("engine_name", "engine")}
        if engines - {"", ENGINES[number % len(ENGINES)]}:
            item.add_marker(pytest.mark.sweep)


def _parameter(item: pytest.Item, name: str) -> str:
    """Return which engine a parameter has a test run on; an empty string where that is to be every one."""
    if not isinstance(item, pytest.Function) or item.get_closest_marker("every_engine"):
        return ""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get(name, "")) if callspec else ""


@pytest.fixture(scope="session", autouse=True)
def helm_record() -> Iterator[Path]:
    """The folder with the record of which Helm works when."""
    with one_helm.recorded() as folder:
        yield folder


@pytest.fixture
def one_helm_at_a_time(helm_record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold that of the Helms that a test has us start no two work on one release at once."""
    found = Ground.helm
    monkeypatch.setattr(Ground, "helm", lambda *which: one_helm.program(found(*which), helm_record))
    one_helm.overlaps(helm_record)
    yield
    assert one_helm.overlaps(helm_record) == []


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Every engine in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def release_engine(engine_name: str, ground: Ground) -> Engine:
    """That engine, for what a test does by hand."""
    return engine_named(engine_name, ground)


@pytest.fixture
def lab(engine_name: str, release_engine: Engine, ground: Ground, tmp_path: Path) -> Iterator[Laboratory]:
    """A release that is not there yet, in a namespace of its own, on every engine in turn."""
    with _laboratory(engine_name, release_engine, ground, tmp_path) as laboratory:
        yield laboratory


@pytest.fixture
def one_engine_lab(ground: Ground, tmp_path: Path) -> Iterator[Laboratory]:
    """The same on Helm 4 alone, for what no engine has a part in; docs/cases.md says what that is."""
    with _laboratory("helm4", engine_named("helm4", ground), ground, tmp_path) as laboratory:
        yield laboratory


@contextmanager
def _laboratory(name: str, engine: Engine, ground: Ground, folder: Path) -> Iterator[Laboratory]:
    helm = helm_input(name, ground)
    with space_of(ground, engine, write_chart(folder)) as space:
        laboratory = Laboratory(space, helm, folder)
        yield laboratory
        laboratory.assert_coherent()


@pytest.fixture(params=[3, 4], ids=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest, ground: Ground, tmp_path: Path) -> Iterator[Helm]:
    """Each Helm's own commands in turn."""
    with space_of(ground, engine_named(f"helm{request.param}", ground), write_chart(tmp_path)) as space:
        yield Helm(request.param, space)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, ground: Ground) -> Iterator[Engine]:
    """Every engine in turn, without what is around it in the product."""
    engine = engine_named(request.param, ground)
    yield engine
    if isinstance(engine, EmbeddedEngine):
        engine.close()


@pytest.fixture
def space(ground: Ground, engine: Engine, tmp_path: Path) -> Iterator[Space]:
    """A namespace of one's own for that engine, and a chart."""
    with space_of(ground, engine, write_chart(tmp_path)) as space:
        yield space
