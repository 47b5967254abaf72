"""The arguments of the programs, and the secrets that they get."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tools.ground import credentials
from tools.ground.control_plane import Command, ControlPlane, write_audit_policy, write_kwok_config
from tools.ground.layout import Layout
from tools.ground.supervisor import answers


@pytest.fixture
def plane(tmp_path: Path) -> ControlPlane:
    return ControlPlane(Layout(tmp_path), port=6443, kubelet_port=10250)


@pytest.fixture
def commands(plane: ControlPlane) -> dict[str, Command]:
    return {command.program: command for command in (*plane.servers(), *plane.controllers())}


def test_five_programs_make_a_control_plane(commands: dict[str, Command]) -> None:
    assert list(commands) == ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]


def test_only_loopback_is_listened_on(plane: ControlPlane, commands: dict[str, Command]) -> None:
    assert plane.server == "https://127.0.0.1:6443"
    assert {"--bind-address=127.0.0.1", "--secure-port=6443"} <= set(commands["kube-apiserver"].arguments)
    listening = [argument for argument in commands["etcd"].arguments if "-urls=" in argument]
    assert all("=unix://" in argument for argument in listening)
    assert "--server-address=127.0.0.1:10250" in commands["kwok"].arguments
    assert "--secure-port=0" in commands["kube-scheduler"].arguments
    assert "--secure-port=0" in commands["kube-controller-manager"].arguments


def test_access_is_decided_by_rbac(commands: dict[str, Command]) -> None:
    assert {"--authorization-mode=RBAC", "--anonymous-auth=false"} <= set(
        commands["kube-apiserver"].arguments
    )


def test_controllers_that_releases_need_are_on(commands: dict[str, Command]) -> None:
    (flag,) = (a for a in commands["kube-controller-manager"].arguments if a.startswith("--controllers="))
    off = flag.removeprefix("--controllers=").split(",")
    assert off[0] == "*"
    for needed in ("deployment", "job", "cronjob", "resourcequota", "disruption", "namespace", "endpoints"):
        assert f"-{needed}-controller" not in off


def test_kwok_gets_its_settings_the_stages_and_the_logs(plane: ControlPlane) -> None:
    write_kwok_config(plane.layout)
    settings, *stages, logs = yaml.safe_load_all(plane.layout.kwok_config.read_text())
    assert settings["options"]["enablePodsOnNodeSyncStreamWatch"] is True
    assert {stage["kind"] for stage in stages} == {"Stage"}
    wordy = next(each for each in logs["spec"]["logs"] if each["containers"] == ["wordy"])
    assert Path(wordy["logsFile"]).read_text().endswith(" stdout F starting again\n")
    assert Path(wordy["previousLogsFile"]).read_text().endswith(" stdout F panic: no database\n")


def test_requests_are_recorded_only_if_that_is_asked_for(
    plane: ControlPlane, commands: dict[str, Command]
) -> None:
    recording = replace(plane, audit=True).servers()[-1]
    assert f"--audit-log-path={plane.layout.audit_log}" in recording.arguments
    assert not any("audit" in argument for argument in commands["kube-apiserver"].arguments)


def test_each_request_is_recorded_once(plane: ControlPlane) -> None:
    write_audit_policy(plane.layout)
    policy = yaml.safe_load(plane.layout.audit_policy.read_text())
    stages = {"RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"}
    assert stages - set(policy["omitStages"]) == {"RequestReceived"}


def test_who_is_still_writing_its_certificate_does_not_answer(tmp_path: Path) -> None:
    certificate = tmp_path / "apiserver.crt"
    certificate.touch()
    assert not answers(certificate, 1, "token")


def test_secrets_are_for_the_owner_only(plane: ControlPlane) -> None:
    token = credentials.write_secrets(plane.layout)
    assert token in plane.layout.tokens.read_text()
    layout = plane.layout
    for secret in (layout.tokens, layout.service_account_key, layout.client_authority):
        assert secret.stat().st_mode & 0o777 == 0o600


def test_the_kubeconfig_holds_all_that_a_client_needs(plane: ControlPlane) -> None:
    plane.layout.certificates.mkdir()
    plane.layout.certificate.write_text("a certificate")
    credentials.write_kubeconfig(plane.layout, name="one", server=plane.server, token="a-token")
    written = yaml.safe_load(plane.layout.kubeconfig.read_text())
    assert plane.layout.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert written["current-context"] == "ground-one"
    assert written["users"][0]["user"] == {"token": "a-token"}
    cluster = written["clusters"][0]["cluster"]
    assert cluster["server"] == plane.server
    assert base64.b64decode(cluster["certificate-authority-data"]) == b"a certificate"


def test_signing_keys_are_pem_and_differ() -> None:
    first, second = credentials.signing_key(), credentials.signing_key()
    assert first != second
    lines = first.splitlines()
    assert (lines[0], lines[-1]) == ("-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----")
    assert len(base64.b64decode("".join(lines[1:-1]))) == 51
