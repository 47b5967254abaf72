"""What the plugin refuses to take over: what the Kubernetes provider deployed last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulumi.output import Unknown
from pulumi.runtime.proto import provider_pb2

from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.manifests.takeover import TakenOver
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.errors import OperationError
from helm_rollback_component.plugin.marshalling import marshal
from helm_rollback_component.reasons import Reason
from tests.support.hosted import URN, RequestError, ask
from tests.unit.plugin.test_host import INPUTS

if TYPE_CHECKING:
    from helm_rollback_component.plugin.host import PluginHost
    from tests.unit.test_provider import Cluster

DECLARED = {key: value for key, value in INPUTS.items() if key != "content"}
ADOPTING = {**DECLARED, "adopt": True}
ALLOWED = marshal({"adoptFromKubernetesProvider": "true"})


@pytest.fixture(autouse=True)
def of_another(cluster: Cluster) -> None:
    """Have the release deployed last by that provider."""
    cluster.of_kubernetes_provider = 2


def checked(news: dict[str, Any], olds: dict[str, Any] | None = None, name: str = "adopt") -> list[str]:
    """Return what a check finds wrong with an input."""
    request = provider_pb2.CheckRequest(urn=URN, news=marshal(news), olds=marshal(olds) if olds else None)
    found = (each.reason.partition(": ") for each in ask("Check", request).failures)
    return [message for path, _, message in found if path == name]


def test_a_check_refuses_it_and_says_what_to_do() -> None:
    (refusal,) = checked(ADOPTING)
    assert "deployed revision 2 of this release" in refusal
    assert "set retainOnDelete on that resource and update" in refusal
    assert "helm-rollback:adoptFromKubernetesProvider" in refusal


@pytest.mark.parametrize(
    ("news", "olds", "refused"),
    [
        (DECLARED, None, False),
        ({**ADOPTING, "adopt": False}, None, False),
        (ADOPTING, ADOPTING, False),
        (ADOPTING, DECLARED, False),
        ({**ADOPTING, "plan": "q"}, ADOPTING, False),
        ({**ADOPTING, "releaseName": "shop"}, ADOPTING, True),
        ({**ADOPTING, "context": Unknown()}, None, False),  # type: ignore[no-untyped-call]  # not typed
        ({**ADOPTING, "kubeconfig": Unknown()}, None, False),  # type: ignore[no-untyped-call]  # as above
        ({**ADOPTING, "source": Unknown()}, None, False),  # type: ignore[no-untyped-call]  # as above
    ],
)
def test_a_check_looks_where_a_release_is_to_be_taken_over_and_only_there(
    news: dict[str, Any], olds: dict[str, Any] | None, *, refused: bool
) -> None:
    assert bool(checked(news, olds)) is refused


def test_what_another_client_deployed_last_is_taken_over(cluster: Cluster) -> None:
    cluster.of_kubernetes_provider = 0
    assert checked(ADOPTING) == []
    ask("Create", provider_pb2.CreateRequest(urn=URN, properties=marshal(ADOPTING)))
    assert "deploy" in cluster.asked


@pytest.mark.parametrize("name", ["adopt", "takeOwnership"])
def test_a_check_refuses_what_it_cannot_see(cluster: Cluster, name: str) -> None:
    """A refusal of the creation would be too late where Pulumi goes on after an error, and then deletes."""
    cluster.unreachable = OperationError("it does not answer", reason=Reason.UNREACHABLE)
    (refusal,) = checked({**DECLARED, name: True}, None, name)
    assert "it cannot be seen whether" in refusal
    assert "it does not answer" in refusal
    assert "helm-rollback:adoptFromKubernetesProvider" in refusal


OWNING = {**DECLARED, "takeOwnership": True}
KEYS = [Key("", kind, "apps", "web") for kind in ("ConfigMap", "Service", "Deployment", "Secret")]
WRITTEN = tuple(TakenOver(key, by_kubernetes_provider=True) for key in KEYS)
SHOP = Owner("acme", "shop", "prod", "urn:pulumi:prod::shop::helm-rollback:index:HelmRelease::old")
OF_ANOTHER = tuple(TakenOver(key, release=("old", "apps"), owner=SHOP) for key in KEYS[:2])
OF_NOBODY = (TakenOver(KEYS[0]), TakenOver(KEYS[1], release=("plain", "apps")))


@pytest.mark.parametrize(
    ("found", "told"), [(WRITTEN[:2], "ConfigMap web, Service web"), (WRITTEN, "1 more")]
)
def test_a_check_refuses_objects_that_such_a_resource_may_have(
    cluster: Cluster, found: tuple[TakenOver, ...], told: str
) -> None:
    cluster.there_already = (*OF_NOBODY, *found)
    (refusal,) = checked(OWNING, None, "takeOwnership")
    assert "Kubernetes provider wrote to ConfigMap web, Service web" in refusal
    assert told in refusal
    assert "set retainOnDelete on that resource" in refusal


@pytest.mark.parametrize("let_go", [True, False])
def test_a_check_refuses_objects_of_a_release_that_a_stack_declares(
    host: PluginHost, cluster: Cluster, *, let_go: bool
) -> None:
    """What the setting says is of the Kubernetes provider alone."""
    cluster.there_already = (*OF_NOBODY, *OF_ANOTHER)
    if let_go:
        host.Configure(provider_pb2.ConfigureRequest(id="1", args=ALLOWED), None)
    request = provider_pb2.CheckRequest(urn=URN, news=marshal(OWNING))
    (refusal,) = (each.reason for each in host.Check(request, None).failures)
    assert "takes over ConfigMap web, Service web, which belongs to the release apps/old" in refusal
    assert str(SHOP) in refusal
    assert "delete the Lease helm-rollback.old" in refusal
    assert "helm.sh/resource-policy: keep" in refusal


def test_what_nobody_would_delete_is_taken_over(cluster: Cluster) -> None:
    cluster.there_already = OF_NOBODY
    assert checked(OWNING, None, "takeOwnership") == []
    ask("Create", provider_pb2.CreateRequest(urn=URN, properties=marshal(OWNING)))
    assert "deploy" in cluster.asked


@pytest.mark.parametrize(
    ("news", "olds", "refused"),
    [
        (DECLARED, None, False),
        (OWNING, OWNING, False),
        ({**OWNING, "plan": "q"}, OWNING, False),
        (OWNING, DECLARED, True),
        ({**OWNING, "values": {"more": True}}, OWNING, True),
        ({**OWNING, "values": {"more": Unknown()}}, None, False),  # type: ignore[no-untyped-call]  # as above
    ],
)
def test_a_check_looks_where_objects_may_be_taken_over_and_only_there(
    cluster: Cluster, news: dict[str, Any], olds: dict[str, Any] | None, *, refused: bool
) -> None:
    cluster.there_already = WRITTEN
    assert bool(checked(news, olds, "takeOwnership")) is refused


def test_a_creation_looks_at_the_objects_again(cluster: Cluster) -> None:
    cluster.there_already = WRITTEN
    with pytest.raises(RequestError, match="takeOwnership: Pulumi's Kubernetes") as caught:
        ask("Create", provider_pb2.CreateRequest(urn=URN, properties=marshal(OWNING)))
    assert "set retainOnDelete on that resource" in str(caught.value)
    assert cluster.asked == []


@pytest.mark.parametrize("answers", [True, False])
def test_a_creation_looks_again_and_changes_nothing(cluster: Cluster, *, answers: bool) -> None:
    if not answers:
        cluster.unreachable = OperationError("it does not answer", reason=Reason.UNREACHABLE)
    with pytest.raises(RequestError, match="adopt: Pulumi's Kubernetes" if answers else "does not answer"):
        ask("Create", provider_pb2.CreateRequest(urn=URN, properties=marshal(ADOPTING)))
    assert cluster.asked == []


def test_the_setting_says_that_the_other_resource_has_let_go(
    host: PluginHost,
    cluster: Cluster,
) -> None:
    cluster.there_already = WRITTEN
    host.Configure(provider_pb2.ConfigureRequest(id="1", args=ALLOWED), None)
    news = marshal({**OWNING, "adopt": True})
    assert not host.Check(provider_pb2.CheckRequest(urn=URN, news=news), None).failures
    host.Create(provider_pb2.CreateRequest(urn=URN, properties=news), None)
    assert "deploy" in cluster.asked
