"""Credential plugins."""

import json
import ssl
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.api import exec_auth, http_client
from helm_rollback_component.kube.api.kubeconfig import Selected
from tests.support.api_server import Answer, running

PLUGIN = """
import json, os, pathlib, sys
runs = pathlib.Path(sys.argv[1])
number = len(runs.read_text().splitlines()) + 1 if runs.exists() else 1
with runs.open("a") as log:
    log.write(os.environ["KUBERNETES_EXEC_INFO"] + "\\n")
status = {"token": f"{os.environ.get('PREFIX', 'token')}-{number}"}
if len(sys.argv) > 2:
    status["expirationTimestamp"] = sys.argv[2]
version = "client.authentication.k8s.io/v1"
print(json.dumps({"kind": "ExecCredential", "apiVersion": version, "status": status}))
"""
VERSION = "client.authentication.k8s.io/v1"


class Plugin:
    """A plugin that gives a new token at each run, and remembers what it was told."""

    def __init__(self, folder: Path) -> None:
        self.runs = folder / "runs"
        self.program = folder / "plugin.py"
        self.program.write_text(PLUGIN)

    def section(self, *arguments: str, **more: Any) -> dict[str, Any]:
        return {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(self.program), str(self.runs), *arguments],
            **more,
        }

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.runs.read_text().splitlines()]


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


def auth(section: dict[str, Any], **cluster: str) -> exec_auth.ExecAuth:
    return exec_auth.ExecAuth(section, cluster, ssl.create_default_context())


def ask(auth: exec_auth.ExecAuth, *refused: str) -> httpx2.Response:
    """Send one request to a server that refuses some tokens."""

    def serve(request: httpx2.Request) -> httpx2.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return httpx2.Response(401 if token in refused else 200, text=token)

    with httpx2.Client(transport=httpx2.MockTransport(serve), auth=auth) as client:
        return client.get("http://server")


def test_a_plugin_is_asked_once(plugin: Plugin) -> None:
    credentials = auth(plugin.section())
    assert [ask(credentials).text for _ in range(3)] == ["token-1"] * 3


def test_a_refused_token_is_asked_for_anew_once(plugin: Plugin) -> None:
    credentials = auth(plugin.section())
    assert ask(credentials, "token-1").text == "token-2"
    assert ask(credentials).text == "token-2"
    assert ask(credentials, "token-2", "token-3").status_code == 401


def test_a_token_that_another_thread_replaced_is_not_asked_for_again(plugin: Plugin) -> None:
    credentials = auth(plugin.section())
    flow = credentials.auth_flow(httpx2.Request("GET", "http://server"))
    first = next(flow).headers["Authorization"]
    ask(credentials, "token-1")
    second = flow.send(httpx2.Response(401)).headers["Authorization"]
    assert (first, second) == ("Bearer token-1", "Bearer token-2")
    assert len(plugin.told()) == 2


@pytest.mark.parametrize(("ahead", "tokens"), [(-60, ["token-1", "token-2"]), (3600, ["token-1", "token-1"])])
def test_an_expired_token_is_not_sent(plugin: Plugin, ahead: int, tokens: list[str]) -> None:
    expires = datetime.now(UTC) + timedelta(seconds=ahead)
    credentials = auth(plugin.section(expires.strftime("%Y-%m-%dT%H:%M:%SZ")))
    assert [ask(credentials).text for _ in range(2)] == tokens


def test_a_plugin_is_told_what_it_needs(plugin: Plugin) -> None:
    section = plugin.section(env=[{"name": "PREFIX", "value": "mine"}])
    assert ask(auth(section, server="https://a")).text == "mine-1"
    assert ask(auth({**section, "provideClusterInfo": True}, server="https://a")).text == "mine-2"
    without, with_cluster = plugin.told()
    assert without["apiVersion"] == "client.authentication.k8s.io/v1"
    assert without["spec"] == {"interactive": False}
    assert with_cluster["spec"]["cluster"] == {"server": "https://a"}


def test_a_plugin_sees_nothing_of_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["PULUMI_CONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "AWS_PROFILE"]
    for name in names:
        monkeypatch.setenv(name, "s3cret")
    script = (
        "import json, os, sys; seen = [name for name in sys.argv[1:] if name in os.environ];"
        f"print(json.dumps({{'apiVersion': '{VERSION}', 'status': {{'token': ' '.join(seen)}}}}))"
    )
    credentials = auth({"apiVersion": VERSION, "command": sys.executable, "args": ["-c", script, *names]})
    assert ask(credentials).text == "AWS_PROFILE"


def test_what_a_plugin_gives_is_masked_from_then_on(plugin: Plugin) -> None:
    credentials = auth(plugin.section())
    early, late = Redactor(), Redactor()
    credentials.teach(early)
    ask(credentials)
    credentials.teach(late)
    ask(credentials, "token-1")
    assert [redact("token-1 and token-2") for redact in (early, late)] == ["[secret] and [secret]"] * 2


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"command": "no-such-plugin", "installHint": "install it"}, r"cannot be run: .* \(install it\)"),
        (
            {"command": sys.executable, "args": ["-c", "print('hunter2'); exit('token\\nexpired')"]},
            "failed with exit status 1: token expired",
        ),
        ({"command": sys.executable, "args": ["-c", "print('hunter2'); exit(3)"]}, r"exit status 3 \("),
        (
            {"command": sys.executable, "args": ["-c", "import os; os.write(1, b'hunter2 \\xff')"]},
            "returned no credential",
        ),
        ({"command": sys.executable, "args": ["-c", "print('hunter2')"]}, "returned no credential"),
        (
            {"command": sys.executable, "args": ["-c", "print('{\"status\": null}')"]},
            "returned no credential",
        ),
    ],
)
def test_a_plugin_that_fails_is_named_with_what_it_said_to_people(
    section: dict[str, Any], message: str
) -> None:
    with pytest.raises(OperationError, match=message) as caught:
        ask(auth(section))
    assert caught.value.reason == "CredentialPluginFailed"
    assert "hunter2" not in str(caught.value)


def given(**status: str) -> exec_auth.Credential:
    answer = {"apiVersion": VERSION, "status": status}
    return exec_auth.credential(json.dumps(answer), "plugin", VERSION)


def test_a_credential_of_another_version_is_refused_as_helm_refuses_it() -> None:
    answer = json.dumps({"apiVersion": VERSION, "status": {"token": "a"}})
    with pytest.raises(OperationError, match=r"returned apiVersion .*/v1; the kubeconfig has .*/v1beta1"):
        exec_auth.credential(answer, "plugin", f"{VERSION}beta1")


def test_a_plugin_is_told_of_the_cluster_as_kubectl_tells_it(plugin: Plugin, tmp_path: Path) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text("authority")
    cluster = {
        "server": "https://a",
        "certificate-authority": str(authority),
        "tls-server-name": "",
        "extensions": [
            {"name": "another", "extension": 1},
            {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "here"}},
        ],
    }
    given = exec_auth.ExecAuth(plugin.section(provideClusterInfo=True), cluster, ssl.create_default_context())
    ask(given)
    assert plugin.told()[0]["spec"]["cluster"] == {
        "server": "https://a",
        "certificate-authority-data": b64encode(b"authority").decode(),
        "config": {"audience": "here"},
    }


def test_a_credential_is_a_token_or_a_certificate_or_both() -> None:
    pair = {"clientCertificateData": "cert", "clientKeyData": "key"}
    assert (given(token="a").token, given(token="a").certificate) == ("a", "")
    assert (given(**pair).token, given(**pair).certificate) == ("", "cert\nkey")
    assert (given(token="a", **pair).token, given(token="a", **pair).certificate) == ("a", "cert\nkey")
    assert (given(**pair).secrets, given(token="a", **pair).secrets) == ({"key"}, {"a", "key"})
    with pytest.raises(OperationError, match="neither a token nor a client certificate"):
        given(clientCertificateData="cert")


def test_what_a_plugin_says_is_masked_before_it_is_cut() -> None:
    section = {"command": sys.executable, "args": ["-c", "exit('hunter2' + ' x' * 147)"]}
    credentials, redact = auth(section), Redactor({"hunter2"})
    credentials.teach(redact)
    with pytest.raises(OperationError) as caught:
        ask(credentials)
    assert "ter2" not in str(caught.value)
    assert "] x x" in str(caught.value)


def test_a_client_certificate_is_shown_to_the_server(tmp_path: Path) -> None:
    certificate = Path(__file__).with_name("certificate.pem")
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificate))
    server_side.load_cert_chain(certificate)
    server_side.verify_mode = ssl.CERT_REQUIRED
    cert, key = certificate.read_text().split("-----BEGIN PRIVATE", 1)
    status = {"clientCertificateData": cert, "clientKeyData": f"-----BEGIN PRIVATE{key}"}
    (tmp_path / "answer").write_text(json.dumps({"apiVersion": VERSION, "status": status}))
    section = {"command": "cat", "args": [str(tmp_path / "answer")]}
    with running(server_side) as server:
        server.queue.append(Answer({}))
        cluster = {"server": server.url, "certificate-authority": str(certificate)}
        user = {"exec": {"apiVersion": VERSION, "interactiveMode": "Never", **section}}
        with http_client.open_client(Selected("here", cluster, user)) as client:
            assert client.get("/version").status_code == 200


def test_a_certificate_that_cannot_be_used_is_told_and_not_quoted() -> None:
    status = {"status": {"clientCertificateData": "hunter2", "clientKeyData": "hunter2"}}
    section = {"command": sys.executable, "args": ["-c", f"print({json.dumps(status)!r})"]}
    with pytest.raises(OperationError, match="certificate that cannot be used") as caught:
        ask(auth(section))
    assert "hunter2" not in str(caught.value)


def test_a_plugin_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_auth, "_TIMEOUT", 0.1)
    section = {"command": sys.executable, "args": ["-c", "import time; time.sleep(60)"]}
    with pytest.raises(OperationError, match="took longer"):
        ask(auth(section))
