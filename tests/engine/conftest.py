"""What the tests of the engine share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.laboratory import Laboratory
from tools.sandbox import pulumi_cli


@pytest.fixture(params=["local", "cli"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Laboratory:
    """A laboratory on each engine; that of the CLI needs `pulumi` on the PATH, and uv."""
    if request.param == "cli" and (obstacle := pulumi_cli.obstacle(kubernetes=False)):
        pytest.skip(f"there is no real engine to compare with: {obstacle}")
    return Laboratory(tmp_path, request.param)


@pytest.fixture
def local(tmp_path: Path) -> Laboratory:
    """A laboratory on LocalEngine alone, for what is its own."""
    return Laboratory(tmp_path, "local")


@pytest.fixture(scope="session")
def kubeconfig() -> Iterator[Path]:
    """The kubeconfig of a control plane: that of the environment, else one that this session brings up."""
    given = os.environ.get("KUBECONFIG")
    if given:
        yield Path(given)
        return
    from tools.ground import Ground  # noqa: PLC0415 - needed here alone, and not cheap

    with Ground("engine-tests") as ground:
        yield ground.kubeconfig
