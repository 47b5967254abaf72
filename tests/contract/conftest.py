"""Releases for the contract tests, on each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.helm_fixtures import ENGINES, engine_named, space_of, write_chart
from tests.contract.laboratory import Laboratory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from helm_rollback_component.helm.tools import Engine
    from tools.ground import Ground


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
    """A release that is not there yet, in a namespace of its own."""
    helm = "embedded" if engine_name == "embedded" else str(ground.helm(int(engine_name[-1])))
    with space_of(ground, release_engine, write_chart(tmp_path)) as space:
        yield Laboratory(space, helm, tmp_path)
