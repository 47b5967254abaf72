"""What a release would take over from Pulumi's Kubernetes provider, in a cluster in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.reconcile.session import Session
from tests.support.control_plane import write_chart
from tests.support.fake_cluster import FakeCluster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_Object = dict[str, Any]

OURS = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "apps"}
OF_ANOTHER = {**OURS, "meta.helm.sh/release-name": "old"}
HOOK = {"helm.sh/hook": "pre-install"}


class Rendering:
    """Helm, and the reader of what it renders."""

    def __init__(self, *rendered: _Object) -> None:
        """Render these objects."""
        self.objects = rendered
        self.error = ""

    def render(self, _target: object, _deployment: object, *, install: bool) -> None:
        """Render an install."""
        assert install
        if self.error:
            raise EngineError(self.error)

    def rendered(self, _release: object) -> tuple[_Object, ...]:
        """Return the objects."""
        return self.objects


def config_map(name: str, *managers: str, **annotations: str) -> _Object:
    """Return an object that these managers have set something of."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": "apps",
            "annotations": annotations,
            "managedFields": [{"manager": each, "operation": "Update"} for each in managers],
        },
    }


@pytest.fixture
def cluster() -> FakeCluster:
    """The only cluster that there is."""
    return FakeCluster()


@pytest.fixture
def look(cluster: FakeCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return what would be taken over by a release that renders so, where these objects are there."""

    def looking(rendering: Rendering, *there: _Object) -> list[str]:
        for each in there:
            cluster.create("/api/v1/namespaces/apps/configmaps", each)
        for name, found in {"cluster": cluster, "engine": rendering, "records": rendering}.items():
            monkeypatch.setattr(Session, name, found)
        monkeypatch.setattr(Session, "target", None)
        source = {"chart": str(write_chart(tmp_path / "web", version="1.0.0"))}
        config = {"release_name": "web", "release_namespace": "apps", "source": source}
        return HelmOperations(HelmConfig.parse(config)).taken_over_from_kubernetes_provider()

    return looking


@pytest.mark.parametrize(
    ("managers", "annotations", "expected"),
    [
        (["pulumi-kubernetes"], {}, True),
        (["pulumi-kubernetes-ebc98082"], {}, True),
        (["pulumi-kubernetes", "kubectl-annotate"], {}, True),
        (["pulumi-resource-kubernetes"], OF_ANOTHER, True),
        (["pulumi-kubernetes", "helm"], OURS, False),
        (["kubectl-create"], {}, False),
        (["pulumi-kubernetesque"], {}, False),
    ],
)
def test_it_is_what_that_provider_wrote_to_and_is_not_the_releases_own(
    look: Callable[..., list[str]], managers: list[str], annotations: dict[str, str], *, expected: bool
) -> None:
    found = look(Rendering(config_map("web")), config_map("web", *managers, **annotations))
    assert found == (["ConfigMap web"] if expected else [])


def test_what_is_not_there_and_hooks_and_unknown_kinds_are_not_taken_over(
    look: Callable[..., list[str]],
) -> None:
    unknown = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "web"}}
    rendering = Rendering(unknown, config_map("absent"), config_map("hook", **HOOK))
    assert look(rendering, config_map("hook", "pulumi-kubernetes")) == []


def test_a_chart_that_cannot_be_rendered_is_an_error(look: Callable[..., list[str]]) -> None:
    rendering = Rendering()
    rendering.error = "execution error at (web/templates/a.yaml:1:1): no"
    with pytest.raises(OperationError, match="the chart cannot be rendered: ") as caught:
        look(rendering)
    assert caught.value.reason == "RenderFailed"
