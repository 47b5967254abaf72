"""`helm-rollback prune`: which revisions go."""

import json

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def web(command_line: CommandLine) -> CommandLine:
    """A release with four revisions."""
    command_line.store("web", "superseded", "superseded", "superseded", "deployed")
    command_line.claim("web", "gggg")
    return command_line


def left(web: CommandLine) -> list[int]:
    return [each["revision"] for each in json.loads(web.run("history", "web", "-o", "json").out)]


def test_a_dry_run_lists_them(web: CommandLine) -> None:
    ended = web.run("prune", "web", "--keep", "2", "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split()[0] for line in ended.out.splitlines()] == ["REVISION", "1", "2", "2"]
    assert ended.out.endswith("2 revisions would be deleted.\n")
    assert left(web) == [1, 2, 3, 4]


def test_they_are_deleted_and_told(web: CommandLine) -> None:
    ended = web.run("prune", "web", "--keep", "3", "--yes")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 revision deleted.")
    assert left(web) == [2, 3, 4]


def test_it_can_be_read_by_a_program(web: CommandLine) -> None:
    found = json.loads(web.run("prune", "web", "--keep", "2", "--yes", "-o", "json").out)
    assert [each["revision"] for each in found] == [1, 2]


def test_without_a_terminal_it_asks_for_yes(web: CommandLine) -> None:
    ended = web.run("prune", "web", "--keep", "2")
    assert (ended.code, ended.out) == (1, "")
    assert "add --yes" in ended.err
    assert left(web) == [1, 2, 3, 4]


def test_the_user_may_decline(web: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def decline(question: str, *, yes: bool) -> bool:
        asked.append(question)
        return yes

    monkeypatch.setattr("helm_rollback_component.cli.acting.confirmed", decline)
    assert web.run("prune", "web", "--keep", "2").code == 1
    assert asked == ["Delete 2 revisions of web (1, 2)?"]
    assert left(web) == [1, 2, 3, 4]


def test_where_none_can_go_that_is_told(web: CommandLine) -> None:
    ended = web.run("prune", "web", "--keep", "4")
    assert (ended.code, ended.out) == (0, "No revision can go; nothing to do.\n")


@pytest.mark.parametrize("arguments", [("web",), ("web", "--keep", "0")])
def test_how_many_stay_has_to_be_said(web: CommandLine, arguments: tuple[str, ...]) -> None:
    assert web.run("prune", *arguments).code == 2
