"""`helm-rollback diff`."""

import json

import pytest

from helm_rollback_component.kube.api import paths
from tests.support.command_line import CommandLine
from tests.support.helm_records import release, secret

MAP = "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\ndata:\n  colour: {colour}\n"
HIDDEN = "kind: Secret\napiVersion: v1\nmetadata:\n  name: b\nstringData:\n  password: {password}\n"


@pytest.fixture
def compared(command_line: CommandLine) -> CommandLine:
    """Two revisions that differ in a colour, in a password, and in values."""
    for revision, colour, password in ((1, "red", "hunter2-of-old"), (2, "blue", "hunter2-of-new")):
        content = release(
            revision,
            "deployed" if revision == 2 else "superseded",
            manifest=f"---\n{MAP}---\n{HIDDEN}".format(colour=colour, password=password),
            hooks=[],
            config={"colour": colour, "login": password},
        )
        command_line.cluster.create(paths.secrets("apps"), secret(content))
    return command_line


def test_objects_are_compared_and_secrets_are_not_told(compared: CommandLine) -> None:
    ended = compared.run("diff", "web", "1", "2")
    assert ended.code == 1
    assert "~ data.colour: red → blue" in ended.out
    assert "values (shown with --show-values):\n    colour: changed\n    login: changed\n" in ended.out
    assert "hunter2" not in ended.out


def test_values_are_told_on_demand_but_for_what_secrets_hold(compared: CommandLine) -> None:
    ended = compared.run("diff", "web", "1", "2", "--show-values", "--whole")
    assert "~ colour: red → blue" in ended.out
    assert "~ login: changed (secret)" in ended.out
    assert "hunter2" not in ended.out


def test_json_does_not_tell_more(compared: CommandLine) -> None:
    ended = compared.run("diff", "web", "1", "2", "-o", "json")
    found = json.loads(ended.out)
    assert found["values"] == [
        {"path": "colour", "change": "changed"},
        {"path": "login", "change": "changed"},
    ]
    assert [each["key"]["name"] for each in found["objects"]] == ["a", "b"]
    shown = json.loads(compared.run("diff", "web", "1", "2", "--show-values", "-o", "json").out)
    assert [(each["old"], each["new"]) for each in shown["values"]] == [("red", "blue"), (None, None)]


def test_the_other_one_is_the_one_that_runs(compared: CommandLine) -> None:
    assert compared.run("diff", "web", "1").out == compared.run("diff", "web", "1", "2").out


def test_nothing_differs(compared: CommandLine) -> None:
    ended = compared.run("diff", "web", "2")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_objects_alone_may_differ(command_line: CommandLine) -> None:
    for revision, colour in ((1, "red"), (2, "blue")):
        content = release(revision, manifest=MAP.format(colour=colour), hooks=[])
        command_line.cluster.create(paths.secrets("apps"), secret(content))
    assert command_line.run("diff", "web", "1", "2").out == (
        "revision 1 → revision 2: 1 changed\n~ ConfigMap a\n    ~ data.colour: red → blue\n"
    )


def long_differences(command_line: CommandLine) -> CommandLine:
    for revision, colour in ((1, "r" * 30), (2, "b" * 300)):
        content = release(revision, manifest=MAP.format(colour=colour), hooks=[])
        command_line.cluster.create(paths.secrets("apps"), secret(content))
    return command_line


@pytest.mark.parametrize(("columns", "shown"), [("60", 40), ("100", 80), ("200", 180)])
def test_a_terminal_is_used_to_its_width(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, columns: str, shown: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    found = long_differences(command_line).run("diff", "web", "1", "2").out
    assert f"{'r' * 30}\n" in found
    assert f"… {300 - shown} more characters …" in found


def test_without_a_terminal_nothing_is_shortened(command_line: CommandLine) -> None:
    compared = long_differences(command_line)
    ended = compared.run("diff", "web", "1", "2")
    assert f"{'b' * 300}\n" in ended.out
    assert ended.out == compared.run("diff", "web", "1", "2", "--whole").out


@pytest.mark.parametrize(("columns", "in_a_line"), [("60", False), ("100", True)])
def test_both_values_stand_in_a_line_where_the_terminal_holds_it(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, columns: str, *, in_a_line: bool
) -> None:
    for revision, colour in ((1, "r" * 30), (2, "b" * 30)):
        content = release(revision, manifest=MAP.format(colour=colour), hooks=[])
        command_line.cluster.create(paths.secrets("apps"), secret(content))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    found = command_line.run("diff", "web", "1", "2").out
    assert (f"{'r' * 30} → {'b' * 30}\n" in found) is in_a_line


@pytest.mark.parametrize(
    ("arguments", "reason"), [(["1", "9"], "RevisionMissing"), (["9"], "RevisionMissing")]
)
def test_a_revision_that_is_not_stored_is_an_error(
    compared: CommandLine, arguments: list[str], reason: str
) -> None:
    ended = compared.run("diff", "web", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert f"[{reason}]" in ended.err


def test_something_has_to_run_to_compare_with(command_line: CommandLine) -> None:
    command_line.store("web", "failed")
    ended = command_line.run("diff", "web", "1")
    assert ended.code == 2
    assert "[NoDeployedRelease]" in ended.err
