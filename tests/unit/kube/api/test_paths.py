"""How paths are spelled."""

from helm_rollback_component.kube.api import paths


def test_paths_of_what_this_package_keeps() -> None:
    assert paths.namespace("kube-system") == "/api/v1/namespaces/kube-system"
    assert paths.secrets("apps") == "/api/v1/namespaces/apps/secrets"
    assert paths.secrets("apps", "a.b") == "/api/v1/namespaces/apps/secrets/a.b"
    assert paths.pods("apps", "a") == "/api/v1/namespaces/apps/pods/a"
    assert paths.leases("apps", "a") == "/apis/coordination.k8s.io/v1/namespaces/apps/leases/a"


def test_paths_of_any_kind() -> None:
    assert paths.resource("v1", "pods", "a", "n") == "/api/v1/namespaces/n/pods/a"
    assert paths.resource("apps/v1", "deployments", "", "n") == "/apis/apps/v1/namespaces/n/deployments"
    assert paths.resource("v1", "nodes", "a", "") == "/api/v1/nodes/a"


def test_names_cannot_leave_their_place() -> None:
    assert paths.secrets("../x", "a/b?c") == "/api/v1/namespaces/..%2Fx/secrets/a%2Fb%3Fc"
