"""Releases that a stack's state tells of."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from helm_rollback_component.cli import stacks
from helm_rollback_component.cli.stack_state import releases
from helm_rollback_component.cli.stacks import Secrets
from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.errors import ValidationError
from tests.support.command_line import KUBECONFIG, TOKEN, CommandLine
from tests.support.fake_cli import fake_cli
from tests.unit.cli.test_status import GOOD

KIND, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


def encrypted() -> dict[str, Any]:
    return {KIND: SECRET, "ciphertext": "v1:abc"}


def plain(value: object) -> dict[str, Any]:
    return {KIND: SECRET, "plaintext": json.dumps(value)}


def declared(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"deployment": {"resources": [*resources]}}


def resource(inputs: object, kind: str = "pulumi-python:dynamic/helm-rollback:Release") -> dict[str, Any]:
    return {"type": kind, "urn": "urn:pulumi:prod::shop::x::shop-release", "inputs": inputs}


def test_a_release_is_what_its_inputs_say() -> None:
    inputs = {
        "release_name": "web",
        "release_namespace": "apps",
        "kubeconfig": "/etc/kubeconfig",
        "context": "here",
        "operations": {"rollback": {"strategy": "manual", "target_revision": 3.0, "floor": None}},
    }
    (found,) = releases(declared(resource(inputs)))
    assert (found.resource, found.release, found.namespace) == ("shop", "web", "apps")
    assert (found.kubeconfig, found.context, found.encrypted) == ("/etc/kubeconfig", "here", False)
    assert found.rollback == RollbackConfig(strategy="manual", target_revision=3)


def test_the_plugins_resources_may_spell_them_otherwise() -> None:
    inputs = {"releaseName": "web", "releaseNamespace": "apps"}
    (found,) = releases(declared(resource(inputs, "helm-rollback:index:HelmRelease")))
    assert (found.release, found.namespace) == ("web", "apps")


def test_the_file_of_a_backend_can_be_read_too() -> None:
    state = {
        "checkpoint": {
            "latest": declared(resource({"release_name": "w", "release_namespace": "a"}))["deployment"]
        }
    }
    assert [each.release for each in releases(state)] == ["w"]


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"deployment": None},
        {"deployment": {"resources": "none"}},
        declared(resource({"release_name": "web"})),
        declared(resource({"release_name": encrypted(), "release_namespace": "apps"})),
        declared(resource(None)),
        declared({**resource({"release_name": "web", "release_namespace": "apps"}), "delete": True}),
        declared(resource({"release_name": "web", "release_namespace": "apps"}, "aws:s3:Bucket")),
    ],
)
def test_a_state_may_have_none(state: dict[str, Any]) -> None:
    assert releases(state) == []


def test_what_is_encrypted_is_left_out() -> None:
    inputs = {
        "release_name": "web",
        "release_namespace": "apps",
        "kubeconfig": encrypted(),
        "secret_paths": ["kubeconfig", "values.password"],
        "values": {"password": encrypted(), "names": [encrypted(), "a"]},
        "operations": {"rollback": {"strategy": encrypted(), "retries": -1}},
    }
    (found,) = releases(declared(resource(inputs)))
    assert (found.kubeconfig, found.encrypted, found.secrets) == (None, True, ())
    assert found.rollback == RollbackConfig()


def test_what_is_decrypted_is_known_to_be_secret() -> None:
    inputs = {
        "release_name": "web",
        "release_namespace": "apps",
        "kubeconfig": plain(KUBECONFIG),
        "secret_paths": ["kubeconfig", "values.password"],
        "values": {"password": plain("hunter2")},
    }
    (found,) = releases(declared(resource(inputs)))
    assert (found.kubeconfig, found.encrypted) == (KUBECONFIG, False)
    assert {TOKEN, "hunter2"} <= {*found.secrets}
    assert "hunter2" not in repr(found)


@pytest.fixture
def state(command_line: CommandLine, tmp_path: Path) -> str:
    """The state of a stack with three releases, two of which are deployed."""
    for name, namespace in (("web", "apps"), ("web", "other")):
        command_line.store(name, "deployed", namespace=namespace)
        command_line.claim(name, "g", namespace=namespace, conclusion=GOOD)
    file = tmp_path / "state.json"
    gone = {"release_name": "gone"}
    file.write_text(command_line.state({}, {"release_namespace": "other"}, gone))
    return str(file)


def test_the_releases_of_a_stack_are_listed(command_line: CommandLine, state: str) -> None:
    ended = command_line.run("status", "--stack", state)
    assert ended.code == 1
    assert [row.split()[:2] for row in ended.out.splitlines()[1:]] == [
        ["apps", "web"],
        ["other", "web"],
        ["apps", "gone"],
    ]
    assert ended.err.startswith("Error: apps/gone: there is no release")
    one = command_line.run("status", "--stack", state, "-n", "other")
    assert (one.code, len(one.out.splitlines())) == (0, 2)


def test_one_of_several_has_to_be_named(command_line: CommandLine, state: str) -> None:
    ended = command_line.run("status", "web", "--stack", state)
    assert ended.code == 1
    assert "the stack has several releases called web" in ended.err
    assert "Namespace:    other" in command_line.run("status", "web", "-n", "other", "--stack", state).out


def test_a_stack_may_not_have_it(command_line: CommandLine, state: str) -> None:
    ended = command_line.run("history", "api", "--stack", state)
    assert ended.err.startswith(
        "Error: --stack: the stack has no release called api; its releases are apps/gone, "
    )


def test_the_kubeconfig_of_a_release_counts_unless_one_is_given(
    command_line: CommandLine, tmp_path: Path
) -> None:
    command_line.store("web", "deployed")
    file = tmp_path / "state.json"
    file.write_text(command_line.state({"kubeconfig": "/nowhere/kubeconfig", "context": "there"}))
    ended = command_line.run("history", "web", "--stack", str(file))
    assert "there is no file /nowhere/kubeconfig" in ended.err
    mine = tmp_path / "mine"
    mine.write_text(KUBECONFIG)
    assert command_line.run("history", "web", "--stack", str(file), "--kubeconfig", str(mine)).code == 0


def test_an_encrypted_one_is_told(command_line: CommandLine, tmp_path: Path) -> None:
    command_line.store("web", "deployed")
    file = tmp_path / "state.json"
    file.write_text(command_line.state({"kubeconfig": encrypted()}))
    ended = command_line.run("history", "web", "--stack", str(file))
    assert ended.code == 0
    assert "apps/web: its kubeconfig is encrypted; that of the environment is used" in ended.err


def test_a_state_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(declared(resource({"release_name": "web", "release_namespace": "apps"})))
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert [each.release for each in stacks.read("-")] == ["web"]


ASKED = "stack export --non-interactive --stack dev"


@pytest.mark.parametrize(
    ("secret", "needed", "asked_for"),
    [
        (None, Secrets.MASKING, False),
        ("values", Secrets.KUBECONFIG, False),
        ("values", Secrets.MASKING, True),
        ("values", Secrets.RENDERING, True),
        ("kubeconfig", Secrets.KUBECONFIG, True),
    ],
)
def test_the_pulumi_cli_is_asked_and_secrets_only_if_they_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str | None, needed: Secrets, *, asked_for: bool
) -> None:
    inputs: dict[str, object] = {"release_name": "web", "release_namespace": "apps"}
    text = json.dumps(declared(resource(inputs | ({secret: encrypted()} if secret else {}))))
    asked = fake_cli(tmp_path, monkeypatch, f"echo '{text}'")
    assert [each.release for each in stacks.read("dev", needed)] == ["web"]
    more = [f"{ASKED} --show-secrets"] if asked_for else []
    assert asked.read_text().splitlines() == [ASKED, *more]


def test_secrets_that_cannot_be_had_end_only_what_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = {"release_name": "web", "release_namespace": "apps", "values": encrypted()}
    text = json.dumps(declared(resource(inputs)))
    refusal = 'case "$*" in *show-secrets) echo "no passphrase" >&2; exit 1;; esac'
    fake_cli(tmp_path, monkeypatch, f"{refusal}; echo '{text}'")
    (found,) = stacks.read("dev", Secrets.RENDERING)
    assert (found.hidden, found.saved) == (("values",), {})
    assert "cannot export the stack dev: no passphrase; so less is known" in capsys.readouterr().err
    with pytest.raises(ValidationError, match="no passphrase"):
        stacks.read("dev", Secrets.MASKING)


def test_what_the_cli_says_is_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cli(tmp_path, monkeypatch, "echo 'error: no stack named' >&2; exit 1")
    with pytest.raises(ValidationError, match="cannot export the stack dev: error: no stack named"):
        stacks.read("dev")


def test_a_cli_that_cannot_be_run_is_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cli(tmp_path, monkeypatch, "")
    (tmp_path / "pulumi").write_bytes(b"\x7fELF, cut off")
    with pytest.raises(ValidationError, match=r"cannot export the stack dev: .*Exec format error"):
        stacks.read("dev")


def test_without_the_cli_a_file_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValidationError, match="pulumi is not on the PATH"):
        stacks.read("dev")


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff"])
def test_a_file_may_be_no_state(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state"
    file.write_bytes(content)
    with pytest.raises(ValidationError, match=r"state of a stack|cannot be read"):
        stacks.read(str(file))
