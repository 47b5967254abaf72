"""The commands, as a whole."""

import signal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_rollback_component.cli.launch import main
from helm_rollback_component.cli.main import app
from tests.support.command_line import CommandLine

COMMANDS = [str(each.callback.__name__) for each in app.registered_commands if each.callback]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command_line: CommandLine, command: str) -> None:
    ended = command_line.run(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert "Examples:\n" in ended.out
    assert "helm-rollback " in ended.out.partition("Examples:\n")[2]


def test_the_list_of_commands_is_whole_in_80_columns(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = command_line.run("--help").out.partition("Commands:\n")[2]
    assert all(f"  {each}  " in listed for each in COMMANDS)
    assert "..." not in listed


def test_it_is_a_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["helm-rollback", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: helm-rollback ")


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_an_interrupt_is_as_it_was_once_it_runs(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    handler: Any,
) -> None:
    monkeypatch.setattr("sys.argv", ["helm-rollback", "--help"])
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(SystemExit):
            main()
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == ""


def test_the_plugin_for_helm_is_the_same_version() -> None:
    file = Path(__file__).parents[3] / "helm-plugin" / "plugin.yaml"
    plugin = yaml.safe_load(file.read_text())
    assert (plugin["name"], plugin["version"]) == ("rollback-history", version("helm-rollback-component"))
    assert plugin["command"] == "helm-rollback history"
