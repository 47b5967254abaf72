"""Credential plugins."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import exec_auth

PLUGIN = """
import json, os, pathlib, sys
runs = pathlib.Path(sys.argv[1])
number = len(runs.read_text().splitlines()) + 1 if runs.exists() else 1
with runs.open("a") as log:
    log.write(os.environ["KUBERNETES_EXEC_INFO"] + "\\n")
status = {"token": f"{os.environ.get('PREFIX', 'token')}-{number}"}
if len(sys.argv) > 2:
    status["expirationTimestamp"] = sys.argv[2]
print(json.dumps({"kind": "ExecCredential", "status": status}))
"""


class Plugin:
    """A plugin that gives a new token at each run, and remembers what it was told."""

    def __init__(self, folder: Path) -> None:
        self.runs = folder / "runs"
        self.program = folder / "plugin.py"
        self.program.write_text(PLUGIN)

    def section(self, *arguments: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # settings of any kind
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


def ask(auth: exec_auth.ExecAuth, *refused: str) -> httpx2.Response:
    """Send one request to a server that refuses some tokens."""

    def serve(request: httpx2.Request) -> httpx2.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return httpx2.Response(401 if token in refused else 200, text=token)

    with httpx2.Client(transport=httpx2.MockTransport(serve), auth=auth) as client:
        return client.get("http://server")


def test_a_plugin_is_asked_once(plugin: Plugin) -> None:
    credentials = exec_auth.ExecAuth(plugin.section(), {})
    assert [ask(credentials).text for _ in range(3)] == ["token-1"] * 3


def test_a_refused_token_is_asked_for_anew_once(plugin: Plugin) -> None:
    credentials = exec_auth.ExecAuth(plugin.section(), {})
    assert ask(credentials, "token-1").text == "token-2"
    assert ask(credentials).text == "token-2"
    assert ask(credentials, "token-2", "token-3").status_code == 401


def test_a_token_that_another_thread_replaced_is_not_asked_for_again(plugin: Plugin) -> None:
    credentials = exec_auth.ExecAuth(plugin.section(), {})
    flow = credentials.auth_flow(httpx2.Request("GET", "http://server"))
    first = next(flow).headers["Authorization"]
    ask(credentials, "token-1")
    second = flow.send(httpx2.Response(401)).headers["Authorization"]
    assert (first, second) == ("Bearer token-1", "Bearer token-2")
    assert len(plugin.told()) == 2


@pytest.mark.parametrize(("ahead", "tokens"), [(-60, ["token-1", "token-2"]), (3600, ["token-1", "token-1"])])
def test_an_expired_token_is_not_sent(plugin: Plugin, ahead: int, tokens: list[str]) -> None:
    expires = datetime.now(UTC) + timedelta(seconds=ahead)
    credentials = exec_auth.ExecAuth(plugin.section(expires.strftime("%Y-%m-%dT%H:%M:%SZ")), {})
    assert [ask(credentials).text for _ in range(2)] == tokens


def test_a_plugin_is_told_what_it_needs(plugin: Plugin) -> None:
    section = plugin.section(env=[{"name": "PREFIX", "value": "mine"}])
    assert ask(exec_auth.ExecAuth(section, {"server": "https://a"})).text == "mine-1"
    assert (
        ask(exec_auth.ExecAuth({**section, "provideClusterInfo": True}, {"server": "https://a"})).text
        == "mine-2"
    )
    without, with_cluster = plugin.told()
    assert without["apiVersion"] == "client.authentication.k8s.io/v1"
    assert without["spec"] == {"interactive": False}
    assert with_cluster["spec"]["cluster"] == {"server": "https://a"}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"command": "no-such-plugin", "installHint": "install it"}, r"cannot be run: .* \(install it\)"),
        ({"command": sys.executable, "args": ["-c", "exit('hunter2')"]}, "failed with exit status 1"),
        ({"command": sys.executable, "args": ["-c", "print('hunter2')"]}, "returned no token"),
        ({"command": sys.executable, "args": ["-c", "print('{\"status\": null}')"]}, "returned no token"),
    ],
)
def test_a_plugin_that_fails_is_named_and_not_quoted(section: dict[str, Any], message: str) -> None:
    with pytest.raises(OperationError, match=message) as caught:
        ask(exec_auth.ExecAuth(section, {}))
    assert caught.value.reason == "CredentialPluginFailed"
    assert "hunter2" not in str(caught.value)


def test_a_plugin_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_auth, "_TIMEOUT", 0.1)
    section = {"command": sys.executable, "args": ["-c", "import time; time.sleep(60)"]}
    with pytest.raises(OperationError, match="took longer"):
        ask(exec_auth.ExecAuth(section, {}))
