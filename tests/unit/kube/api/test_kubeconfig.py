"""Where a kubeconfig comes from, and what it says."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.kube.api import kubeconfig

SECRET = "hunter2"


def config(name: str = "one", **user: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}:6443"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"token": SECRET, **user}}],
    }


def write(file: Path, content: dict[str, Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content))
    return file


def loaded(source: str | None) -> dict[str, Any]:
    found = yaml.safe_load(kubeconfig.load(source))
    assert isinstance(found, dict)
    return found


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, outside of any pod."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setattr(kubeconfig, "SERVICE_ACCOUNT", tmp_path / "account")
    return tmp_path / "home"


def problem(source: str | None, reason: str = "InvalidKubeconfig") -> str:
    with pytest.raises(ValidationError) as caught:
        kubeconfig.load(source)
    assert caught.value.reason == reason
    assert [found.path for found in caught.value.problems] == ["kubeconfig"]
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.problems[0].message


def test_content_is_taken_as_it_is() -> None:
    assert loaded(yaml.safe_dump(config())) == config()


def test_it_is_read_as_kubectl_reads_it() -> None:
    text = """\
current-context: 2026-01-01
clusters: [{name: &c dev, cluster: {server: &s "https://127.0.0.1:1"}}]
contexts: [{name: 2026-01-01, context: {cluster: *c, user: *c}}]
users:\t# all of them
- name: dev
  user: {username: &s =, password: !local text}
"""
    found = loaded(text)
    assert found["current-context"] == found["contexts"][0]["name"] == "2026-01-01"
    assert found["users"] == [{"name": "dev", "user": {"username": "=", "password": "text"}}]


def test_json_is_content_too() -> None:
    assert loaded('{"clusters": [], "contexts": [], "users": []}')["clusters"] == []


def test_a_path_is_read(tmp_path: Path, home: Path) -> None:
    file = write(tmp_path / "some.yaml", config())
    assert loaded(str(file)) == config()
    write(home / "mine", config("two"))
    assert loaded("~/mine") == config("two")


def test_none_is_the_file_in_the_home(home: Path) -> None:
    write(home / ".kube" / "config", config())
    assert loaded(None) == config()


def test_the_environment_comes_before_the_home(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / ".kube" / "config", config("home"))
    monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "other", config("other"))))
    assert loaded(None)["current-context"] == "other"


def test_of_several_files_the_first_to_name_a_thing_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {**config("one"), "current-context": ""}
    second = config("two")
    second["clusters"].append({"name": "one", "cluster": {"server": "https://never"}})
    files = (
        write(tmp_path / "a", first),
        tmp_path / "missing",
        write(tmp_path / "b", second),
        write(tmp_path / "c", config("three")),
    )
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(["", *map(str, files)]))
    merged = loaded(None)
    assert merged["current-context"] == "two"
    assert [entry["name"] for entry in merged["contexts"]] == ["one", "two", "three"]
    assert merged["clusters"][0]["cluster"]["server"] == "https://one:6443"
    assert len(merged["clusters"]) == 3


@pytest.mark.parametrize(
    ("host", "server"), [("10.0.0.1", "https://10.0.0.1:443"), ("fd00::1", "https://[fd00::1]:443")]
)
def test_in_a_pod_the_service_account_is_used(
    host: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path / "account"
    account.mkdir()
    (account / "token").write_text(SECRET)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
    selected = kubeconfig.select(kubeconfig.load(None))
    assert selected.cluster == {"server": server, "certificate-authority": str(account / "ca.crt")}
    assert selected.user == {"tokenFile": str(account / "token")}


def test_without_any_the_message_says_where_was_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no ~/.kube/config" in problem(None, "KubeconfigMissing")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    assert "$KUBECONFIG" in problem(None, "KubeconfigMissing")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert "set kubeconfig to a path or to the content" in problem(None, "KubeconfigMissing")


def test_references_to_files_become_absolute(tmp_path: Path) -> None:
    content = config("one", **{"client-certificate": "certs/a.crt", "client-key": "/etc/a.key"})
    content["users"][0]["user"] |= {"tokenFile": "token", "exec": {"command": "bin/plugin"}}
    content["clusters"][0]["cluster"]["certificate-authority"] = "../ca.crt"
    folder = tmp_path / "folder"
    selected = kubeconfig.select(kubeconfig.load(str(write(folder / "config", content))))
    assert selected.cluster["certificate-authority"] == str(folder / "../ca.crt")
    assert selected.user["client-certificate"] == str(folder / "certs/a.crt")
    assert selected.user["client-key"] == "/etc/a.key"
    assert selected.user["tokenFile"] == str(folder / "token")
    assert selected.user["exec"]["command"] == str(folder / "bin/plugin")


def test_a_plugin_on_the_path_stays_so(tmp_path: Path) -> None:
    content = config("one", exec={"command": "plugin"})
    selected = kubeconfig.select(kubeconfig.load(str(write(tmp_path / "config", content))))
    assert selected.user["exec"]["command"] == "plugin"


def test_references_in_content_are_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content = yaml.safe_dump(config("one", tokenFile="token"))
    assert loaded(content)["users"][0]["user"]["tokenFile"] == str(tmp_path / "token")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (SECRET, "neither the path of a file nor a kubeconfig"),
        ("", "neither the path of a file nor a kubeconfig"),
        (f"{SECRET}/" * 100, "neither the path of a file nor a kubeconfig"),
        (f"a: [{SECRET}\nb", "not YAML"),
        (f"- {SECRET}\n- a", "not a kubeconfig"),
        (f"clusters: {SECRET}\nusers: []", "not a kubeconfig"),
        (f"clusters: [{SECRET}]\nusers: []", "not a kubeconfig"),
        (f"users: [{{name: 1, user: {{token: {SECRET}}}}}]\nclusters: []", "not a kubeconfig"),
        (f"users: [{{name: a, user: {SECRET}}}]\nclusters: []", "not a kubeconfig"),
    ],
)
def test_what_is_none_is_refused_without_repeating_it(source: str, message: str) -> None:
    assert message in problem(source)


@pytest.mark.parametrize("source", ["/no/such/file", "missing.yaml"])
def test_a_file_that_is_gone_is_named(source: str) -> None:
    assert problem(source, "KubeconfigMissing") == f"there is no file {source}"


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_a_file_that_was_emptied_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config"
    file.write_text(text)
    assert problem(str(file), "KubeconfigMissing") == f"the file {file} is empty"


def test_files_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    assert f"the file {binary} cannot be read: the content is not text" in problem(str(binary))
    (tmp_path / "bad").write_text("a: [")
    assert f"the file {tmp_path / 'bad'} is not YAML" in problem(str(tmp_path / "bad"))

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert "cannot be read: Permission denied" in problem(str(binary))


def test_a_context_is_selected() -> None:
    content = config("one")
    content["contexts"].append({"name": "two", "context": {"cluster": "one"}})
    text = yaml.safe_dump(content)
    assert kubeconfig.select(text).user == {"token": SECRET}
    assert kubeconfig.select(text, "two") == kubeconfig.Selected("two", {"server": "https://one:6443"}, {})


@pytest.mark.parametrize(
    ("changes", "context", "path", "message"),
    [
        ({}, "nope", "context", "no context nope; it has one"),
        ({"contexts": []}, "nope", "context", "it has none"),
        ({"current-context": ""}, None, "context", "has no current context"),
        (
            {"clusters": []},
            None,
            "kubeconfig",
            "refers to a cluster or a user that the kubeconfig does not contain",
        ),
        (
            {"clusters": [{"name": "one"}]},
            None,
            "kubeconfig",
            "refers to a cluster or a user that the kubeconfig does not contain",
        ),
        (
            {"users": []},
            None,
            "kubeconfig",
            "refers to a cluster or a user that the kubeconfig does not contain",
        ),
    ],
)
def test_a_context_that_is_not_there_is_refused(
    changes: dict[str, Any], context: str | None, path: str, message: str
) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        kubeconfig.select(yaml.safe_dump({**config(), **changes}), context)
    assert caught.value.problems[0].path == path
    missing = path == "context"
    assert caught.value.reason == ("KubeconfigMissing" if missing else "InvalidKubeconfig")


def test_a_context_may_have_a_namespace() -> None:
    found = config()
    assert kubeconfig.select(yaml.safe_dump(found)).namespace == ""
    found["contexts"][0]["context"]["namespace"] = "apps"
    assert kubeconfig.select(yaml.safe_dump(found)).namespace == "apps"
