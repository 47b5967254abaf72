"""Completion in shells."""

import pytest

from tests.support.command_line import CommandLine
from tests.support.fake_cluster import failure


def completed(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, words: str) -> list[str]:
    monkeypatch.setenv("_HELM_ROLLBACK_COMPLETE", "complete_fish")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", words)
    ended = command_line.run()
    assert ended.err == ""
    return [line.partition("\t")[0] for line in ended.out.splitlines()]


def test_commands_are_completed(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(command_line, monkeypatch, "helm-rollback h") == ["history"]


@pytest.mark.parametrize(
    "words", ["helm-rollback history w", "helm-rollback status w", "helm-rollback diff w"]
)
def test_releases_are_completed(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    for name in ("web", "worker", "api"):
        command_line.store(name, "superseded", "deployed")
    command_line.store("wiki", "deployed", namespace="other")
    assert completed(command_line, monkeypatch, words) == ["web", "worker"]
    assert command_line.cluster.asked[-1] == ("list", "/api/v1/namespaces/apps/secrets")


def test_those_of_another_namespace_are(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    command_line.store("wiki", "deployed", namespace="other")
    for place in ("-n other history", "history -n other", "history --namespace=other"):
        words = f"helm-rollback {place} w"
        assert completed(command_line, monkeypatch, words) == ["wiki"]


def test_nothing_is_said_where_they_cannot_be_had(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    command_line.cluster.before = lambda *_: (_ for _ in ()).throw(failure("Forbidden"))
    assert completed(command_line, monkeypatch, "helm-rollback history w") == [""]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(command_line: CommandLine, shell: str) -> None:
    ended = command_line.run("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert "_HELM_ROLLBACK_COMPLETE=complete_fish" in ended.out
    assert ended.out.startswith("#compdef helm-rollback\n") == (shell == "zsh")


def test_another_shell_is_wrong_usage(command_line: CommandLine) -> None:
    assert command_line.run("completion", "cmd").code == 2
