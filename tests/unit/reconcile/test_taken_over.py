"""What a release would take over from Pulumi's Kubernetes provider, in a cluster in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.manifests.takeover import TakenOver
from helm_rollback_component.core.records.owner import NOBODY, Identity, Owner
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.reconcile.session import Session
from tests.support.control_plane import write_chart
from tests.support.fake_cluster import FakeCluster
from tests.support.helm_records import release, secret

if TYPE_CHECKING:
    from pathlib import Path

_Object = dict[str, Any]
_Looking = Callable[..., list[TakenOver]]

SHOP = Owner("acme", "shop", "prod", "urn:web")
ANOTHER = Owner("acme", "shop", "prod", "urn:old")
WEB = Key("", "ConfigMap", "apps", "web")
ROLE = Key("rbac.authorization.k8s.io", "ClusterRole", "", "web")

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
def look(
    cluster: FakeCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[TakenOver]]:
    """Return what would be taken over by a release that renders so, where these objects are there."""

    def looking(rendering: Rendering, *there: _Object) -> list[TakenOver]:
        for each in there:
            cluster.create("/api/v1/namespaces/apps/configmaps", each)
        for name, found in {"cluster": cluster, "engine": rendering, "records": rendering}.items():
            monkeypatch.setattr(Session, name, found)
        monkeypatch.setattr(Session, "target", None)
        source = {"chart": str(write_chart(tmp_path / "web", version="1.0.0"))}
        config = {"release_name": "web", "release_namespace": "apps", "source": source}
        return [*HelmOperations(HelmConfig.parse(config), identity=Identity(SHOP)).taken_over()]

    return looking


@pytest.mark.parametrize(
    ("managers", "expected"),
    [
        (["pulumi-kubernetes"], True),
        (["pulumi-kubernetes-ebc98082"], True),
        (["pulumi-kubernetes", "kubectl-annotate"], True),
        (["pulumi-resource-kubernetes"], True),
        (["kubectl-create"], False),
        (["pulumi-kubernetesque"], False),
    ],
)
def test_an_object_tells_who_wrote_to_it(look: _Looking, managers: list[str], *, expected: bool) -> None:
    (found,) = look(Rendering(config_map("web")), config_map("web", *managers, "helm"))
    assert found == TakenOver(WEB, frozenset(managers), by_kubernetes_provider=expected)


def test_the_releases_own_is_not_taken_over(look: _Looking) -> None:
    assert look(Rendering(config_map("web")), config_map("web", "pulumi-kubernetes", "helm", **OURS)) == []


def test_what_is_not_there_and_hooks_and_unknown_kinds_are_not_taken_over(look: _Looking) -> None:
    unknown = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "web"}}
    rendering = Rendering(unknown, config_map("absent"), config_map("hook", **HOOK))
    assert look(rendering, config_map("hook", "pulumi-kubernetes")) == []


OF_NO_NAMESPACE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web}
"""


def of_another(cluster: FakeCluster, owner: Owner | None, *statuses: str, manifest: str = MANIFEST) -> None:
    """Store the release `old`, which somebody declares."""
    for number, status in enumerate(statuses, start=1):
        record = release(number, status, name="old", manifest=manifest if number == 1 else "")
        cluster.create("/api/v1/namespaces/apps/secrets", secret(record, "old"))
    if owner:
        lease = lease_codec.owned(lease_codec.new("helm-rollback.old", "apps"), owner, "one")
        cluster.create("/apis/coordination.k8s.io/v1/namespaces/apps/leases", lease)


@pytest.mark.parametrize(
    ("owner", "expected"),
    [(ANOTHER, ANOTHER), (None, NOBODY), (SHOP, NOBODY)],
    ids=["another resource", "nobody", "the resource whose release it replaces"],
)
@pytest.mark.parametrize("statuses", [["deployed"], ["deployed", "failed"]])
def test_another_release_has_what_its_newest_or_its_deployed_revision_has(
    look: _Looking, cluster: FakeCluster, statuses: list[str], owner: Owner | None, expected: Owner
) -> None:
    of_another(cluster, owner, *statuses)
    role = {**OF_NO_NAMESPACE, "metadata": {"name": "web", "annotations": OF_ANOTHER}}
    cluster.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", role)
    found = look(Rendering(config_map("web"), role), config_map("web", "helm", **OF_ANOTHER))
    wanted = [TakenOver(key, release=("old", "apps"), owner=expected) for key in (WEB, ROLE)]
    assert found == wanted


@pytest.mark.parametrize(
    "statuses",
    [[], ["superseded", "deployed"], ["uninstalled"]],
    ids=["none", "later ones", "gone"],
)
def test_a_release_has_not_what_its_records_lack(
    look: _Looking, cluster: FakeCluster, statuses: list[str]
) -> None:
    of_another(cluster, ANOTHER, *statuses)
    assert look(Rendering(config_map("web")), config_map("web", "helm", **OF_ANOTHER)) == [TakenOver(WEB)]


def test_a_chart_that_cannot_be_rendered_is_an_error(look: _Looking) -> None:
    rendering = Rendering()
    rendering.error = "execution error at (web/templates/a.yaml:1:1): no"
    with pytest.raises(OperationError, match="the chart cannot be rendered: ") as caught:
        look(rendering)
    assert caught.value.reason == "RenderFailed"
