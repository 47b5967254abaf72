"""From a kubeconfig to an HTTP client."""

import ssl
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx2
import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.tls_socket import ClosingSocket
from helm_rollback_component.kube.api import http_client
from helm_rollback_component.kube.api.exec_auth import ExecAuth
from helm_rollback_component.kube.api.kubeconfig import Selected
from tests.support.api_server import Answer, ApiServer
from tests.support.socks import socks_proxy

PLUGIN = {"apiVersion": "client.authentication.k8s.io/v1", "command": "plugin"}


def selected(user: dict[str, Any], **cluster: Any) -> Selected:
    return Selected("here", {"server": "https://127.0.0.1:1", **cluster}, user)


def sent(api: ApiServer, user: dict[str, Any]) -> dict[str, str]:
    """The headers of one request."""
    api.queue.append(Answer({}))
    with http_client.open_client(selected(user, server=f"{api.url}/prefix")) as client:
        client.get("/api/v1/pods")
    assert api.asked[-1].path == "/prefix/api/v1/pods"
    return api.asked[-1].headers


def test_a_token_is_sent(api: ApiServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("rotating\n")
    assert sent(api, {"token": "hunter2"})["Authorization"] == "Bearer hunter2"
    assert sent(api, {"tokenFile": str(tmp_path / "token")})["Authorization"] == "Bearer rotating"
    assert sent(api, {"username": "a", "password": "b"})["Authorization"].startswith("Basic ")
    assert "Authorization" not in sent(api, {})


def test_a_plugin_is_ours() -> None:
    section = {"exec": {**PLUGIN, "interactiveMode": "Never"}}
    with http_client.open_client(selected(section)) as client:
        assert isinstance(client.auth, ExecAuth)


@pytest.mark.parametrize("login", [{"token": "a"}, {"username": "a", "password": "b"}])
def test_a_plugin_beside_another_login_does_not_count(login: dict[str, str]) -> None:
    section = {"exec": {**PLUGIN, "interactiveMode": "Never"}, **login}
    with http_client.open_client(selected(section)) as client:
        assert not isinstance(client.auth, ExecAuth)


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({"auth-provider": {"name": "gcp"}}, "use gke-gcloud-auth-plugin in the section exec instead"),
        ({"auth-provider": {"name": "azure"}}, "use kubelogin in the section exec instead"),
        ({"auth-provider": {"name": "oidc"}}, "use a credential plugin in the section exec instead"),
        ({"exec": {**PLUGIN, "interactiveMode": "Always"}}, "nobody can answer it here"),
        ({"exec": PLUGIN}, "needs interactiveMode: Never or IfAvailable"),
        ({"exec": {**PLUGIN, "interactiveMode": "Sometimes"}}, "needs interactiveMode: Never or IfAvailable"),
        ({"exec": {**PLUGIN, "command": ""}}, "has no command"),
        (
            {"exec": {**PLUGIN, "apiVersion": "client.authentication.k8s.io/v1alpha1"}},
            "apiVersion .*v1alpha1",
        ),
        (
            {"exec": {**PLUGIN, "interactiveMode": "Never"}, "auth-provider": {"name": "gcp"}},
            "remove the auth",
        ),
        ({"token": "a", "username": "b", "password": "c"}, "a token and a username"),
        ({"as-groups": ["a"]}, "not the user that it acts as"),
        ({"client-key": "a", "client-key-data": "b"}, "client-key and client-key-data"),
    ],
)
def test_a_login_that_is_not_supported_is_refused_with_the_way_out(user: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        http_client.open_client(selected(user))


@pytest.mark.parametrize(
    ("cluster", "told"),
    [
        ({"server": "127.0.0.1:1"}, "must begin with https:// or http://"),
        ({"proxy-url": "socks5h://127.0.0.1:1"}, "proxy-url must begin with http://, https:// or socks5://"),
        ({"insecure-skip-tls-verify": True, "certificate-authority": "/a"}, "insecure-skip-tls-verify"),
        ({"certificate-authority": "a", "certificate-authority-data": "YQ=="}, "certificate-authority-data"),
    ],
)
def test_a_cluster_that_kubectl_refuses_is_refused(cluster: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        http_client.open_client(selected({}, **cluster))


def test_an_auth_provider_does_not_matter_beside_a_token(api: ApiServer) -> None:
    user = {"token": "hunter2", "auth-provider": {"name": "gcp"}}
    assert sent(api, user)["Authorization"] == "Bearer hunter2"


@pytest.mark.parametrize("mode", ["Never", "IfAvailable"])
def test_a_plugin_that_asks_nobody_is_used(mode: str) -> None:
    section = {"apiVersion": "client.authentication.k8s.io/v1", "command": "p", "interactiveMode": mode}
    with http_client.open_client(selected({"exec": section})) as client:
        assert isinstance(client.auth, ExecAuth)


def test_another_user_is_impersonated(api: ApiServer) -> None:
    user = {"as": "jane", "as-uid": "7", "as-groups": ["a"], "as-user-extra": {"a.b/scope": ["b"]}}
    headers = sent(api, user)
    assert {name: value for name, value in headers.items() if name.startswith("Impersonate")} == {
        "Impersonate-User": "jane",
        "Impersonate-Uid": "7",
        "Impersonate-Group": "a",
        "Impersonate-Extra-a.b%2Fscope": "b",
    }


def test_a_proxy_may_speak_socks(api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    with socks_proxy((host, int(port))) as proxy:
        given = selected({}, server="http://cluster.test", **{"proxy-url": f"socks5://{proxy.address}"})
        from_environment = selected({}, server="http://other.test")
        monkeypatch.setenv("ALL_PROXY", f"socks5://{proxy.address}")
        for each in (given, from_environment, selected({}, server=api.url)):
            api.queue.append(Answer({}))
            with http_client.open_client(each) as client:
                assert client.get("/version").status_code == 200
        assert proxy.asked == ["cluster.test", "other.test"]


def test_a_proxy_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="the context here cannot be used"):
        http_client.open_client(selected({}, **{"proxy-url": "ftp://127.0.0.1:1"}))


@pytest.mark.parametrize("proxy", ["user:hunter2@127.0.0.1:1", "ftp://user:hunter2@127.0.0.1:1"])
def test_the_password_of_a_proxy_is_not_told(proxy: str) -> None:
    with pytest.raises(ValidationError, match="cannot be used") as refused:
        http_client.open_client(selected({}, **{"proxy-url": proxy}))
    assert "hunter2" not in str(refused.value)


def test_a_name_for_tls_goes_with_each_request() -> None:
    assert http_client.request_extensions(selected({})) == {}
    named = selected({}, **{"tls-server-name": "kubernetes"})
    assert http_client.request_extensions(named) == {"sni_hostname": "kubernetes"}


def test_certificates_are_checked_as_kubectl_does(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ssl.SSLContext] = []
    real = httpx2.Client

    def remember(**params: Any) -> httpx2.Client:
        made.append(params["verify"])
        return real(**params)

    monkeypatch.setattr(httpx2, "Client", remember)
    http_client.open_client(selected({})).close()
    http_client.open_client(selected({}, **{"insecure-skip-tls-verify": True})).close()
    strict, insecure = made
    assert strict.verify_mode is ssl.CERT_REQUIRED
    assert not strict.verify_flags & ssl.VERIFY_X509_STRICT
    assert insecure.verify_mode is ssl.CERT_NONE
    assert {strict.sslsocket_class, insecure.sslsocket_class} == {ClosingSocket}


@pytest.mark.parametrize(
    ("user", "cluster"),
    [
        ({"token": 1}, {}),
        ({"auth-provider": {"name": "gcp"}}, {}),
        ({"client-certificate": "/no/such/file", "client-key": "/no/such/file"}, {}),
        ({}, {"certificate-authority": "/no/such/file"}),
        ({}, {"certificate-authority-data": b64encode(b"hunter2").decode()}),
        ({}, {"server": "https://[::1"}),
    ],
)
def test_what_cannot_be_used_is_refused(user: dict[str, Any], cluster: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="the context here cannot be used") as caught:
        http_client.open_client(selected(user, **cluster))
    assert caught.value.problems[0].path == "kubeconfig"
    assert "hunter2" not in str(caught.value)
