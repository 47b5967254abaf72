"""A release through its life behind every kubeconfig that kubectl takes: our requests, and Helm's.

Where one of both went another way, the one half of a deployment would be made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.helm.engines import selection
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.results import Phase
from tests.contract.laboratory import CRASHING
from tests.contract.ways_to_a_cluster import WAYS, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def scene(lab: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A way to the cluster that is yet to be laid; the embedded Helm begins in the environment of the way."""
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    embedded = EmbeddedEngine()
    monkeypatch.setattr(selection, "_embedded", lambda: embedded)
    folder = tmp_path / "way"
    folder.mkdir()
    yield Scene(lab.space.ground, folder, monkeypatch)
    embedded.close()


def live_through(lab: Laboratory, scene: Scene, way: str) -> None:
    """Deploy, be rolled back, and be deleted."""
    with WAYS[way](scene) as inputs:
        assert lab.deploy(**inputs).phase is Phase.DEPLOYED
        bad = lab.upgrade(values=CRASHING, **inputs)
        assert (bad.phase, bad.rollback_status.reason) == (Phase.ROLLED_BACK, "CrashLoopBackOff")
        assert lab.image().endswith(":1")
        lab.delete(**inputs)
    assert lab.leftovers() == []


@pytest.mark.sweep
@pytest.mark.every_engine
@pytest.mark.parametrize("way", WAYS)
def test_helm_goes_every_way_that_we_go(lab: Laboratory, scene: Scene, way: str) -> None:
    live_through(lab, scene, way)


@pytest.mark.parametrize("way", ["all_proxy_socks", "plugin_with_certificate"])
def test_helm_goes_the_ways_that_python_and_go_know_differently(
    lab: Laboratory, scene: Scene, way: str
) -> None:
    live_through(lab, scene, way)
