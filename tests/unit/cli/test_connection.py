"""From the common options to a cluster and a namespace."""

from pathlib import Path

import pytest

from helm_rollback_component.cli.connection import Connection
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.operations import HelmOperations
from tests.support.command_line import KUBECONFIG, TOKEN, CommandLine


@pytest.fixture(autouse=True)
def cluster(command_line: CommandLine) -> CommandLine:
    """A kubeconfig in the environment."""
    return command_line


def test_the_namespace_is_that_of_the_context() -> None:
    assert Connection.of().namespace == "apps"


def test_without_one_it_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "other"
    file.write_text(KUBECONFIG.replace("namespace: apps", "namespace: ''"))
    assert Connection.of(kubeconfig=str(file)).namespace == "default"


def test_variables_count_as_for_helm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "theirs")
    monkeypatch.setenv("HELM_KUBECONTEXT", "there")
    found = Connection.of()
    assert (found.namespace, found.context) == ("theirs", "there")
    found = Connection.of(namespace="mine", kube_context="here")
    assert (found.namespace, found.context) == ("mine", "here")


def test_a_stacks_kubeconfig_has_its_own_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_KUBECONTEXT", "there")
    assert Connection.of("apps", content=KUBECONFIG).context is None


def test_a_kubeconfig_is_a_path(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="there is no file") as caught:
        Connection.of(kubeconfig=str(tmp_path / "missing"))
    assert caught.value.reason == "KubeconfigMissing"


def test_its_credentials_are_masked() -> None:
    found = Connection.of()
    assert TOKEN not in found.redact(f"a message with {TOKEN}")
    assert TOKEN not in repr(found)


def test_a_release_is_what_is_declared_of_it() -> None:
    found = Connection.of()
    config = found.config("web", timeouts={"rollback": 7})
    assert (config.label, config.timeouts.rollback) == ("apps/web", 7)
    assert isinstance(found.operations(config), HelmOperations)


def test_a_name_that_no_release_has_is_refused(command_line: CommandLine) -> None:
    ended = command_line.run("status", "not/a/name")
    assert (ended.code, ended.out) == (1, "")
    assert "[InvalidInput]" in ended.err


def test_options_may_stand_before_the_command(command_line: CommandLine) -> None:
    command_line.store("web", "deployed", namespace="theirs")
    assert "Namespace:    theirs" in command_line.run("-n", "theirs", "status", "web").out
    assert command_line.run("-n", "theirs", "status", "web", "-n", "apps").code == 1
