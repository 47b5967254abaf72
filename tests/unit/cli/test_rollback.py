"""`helm-rollback rollback`: the plan, the question, and how it ends."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from helm_rollback_component.cli import rollback_lines
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import Phase, ReleaseRevision, ReleaseStatus, RollbackPlan
from tests.support.command_line import CommandLine

STATUS = ReleaseStatus("web", "apps", 3, "1.2.3", "1.0", "deployed", Phase.ROLLED_BACK)


@pytest.fixture
def web(command_line: CommandLine) -> CommandLine:
    """A release with two good revisions."""
    command_line.store("web", "superseded", "deployed")
    command_line.claim("web", "gg")
    return command_line


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The rollbacks that were carried out."""
    found: list[dict[str, Any]] = []

    def rollback(operations: HelmOperations, revision: int, **how: Any) -> ReleaseStatus:
        config = operations._config  # noqa: SLF001  # what the options came to
        found.append({"revision": revision, "config": config, **how})
        return STATUS

    monkeypatch.setattr(HelmOperations, "rollback", rollback)
    return found


def test_a_dry_run_tells_the_plan_and_changes_nothing(web: CommandLine, made: list[dict[str, Any]]) -> None:
    ended = web.run("rollback", "web", "--dry-run")
    assert (ended.code, ended.err, made) == (0, "", [])
    assert "From:         revision 2 (deployed), chart version" in ended.out
    assert "To:           revision 1 (superseded), chart version" in ended.out
    assert "Objects:      none differs" in ended.out
    assert "Managed by:   stack acme/shop/prod" in ended.out


def test_a_plan_can_be_read_by_a_program(web: CommandLine) -> None:
    plan = json.loads(web.run("rollback", "web", "1", "--dry-run", "-o", "json").out)
    assert (plan["destroys"], plan["crosses"]) == (None, None)
    assert (plan["replaced"]["revision"], plan["target"]["revision"], plan["needed"]) == (2, 1, True)
    assert plan["changed"] == []


def test_without_a_terminal_it_asks_for_yes(web: CommandLine, made: list[dict[str, Any]]) -> None:
    ended = web.run("rollback", "web")
    assert (ended.code, ended.out, made) == (1, "", [])
    assert "From:" in ended.err
    assert "no terminal to ask on (add --yes) [Cancelled]" in ended.err


def test_it_is_made_as_it_was_planned(web: CommandLine, made: list[dict[str, Any]]) -> None:
    ended = web.run(
        "rollback", "web", "--yes", "--reason", "too slow", "--timeout", "2m", "--helm", "embedded"
    )
    assert ended.code == 0
    (done,) = made
    assert (done["revision"], done["replacing"], done["why"]) == (1, 2, "too slow")
    assert done["tool"].startswith("helm-rollback ")
    config = done["config"]
    assert (config.helm, config.timeouts.rollback, config.rollback.allow_data_loss) == (
        "embedded",
        120,
        False,
    )
    assert ended.out.splitlines()[0] == "web has the content of revision 1 again, as revision 3."
    assert "The stack acme/shop/prod declares something else." in ended.out


def test_it_prunes_nothing_that_the_stack_keeps(web: CommandLine, made: list[dict[str, Any]]) -> None:
    web.run("rollback", "web", "--yes")
    assert made[0]["config"].history.max_revisions == 0


def test_of_one_of_nobody_no_stack_is_told(command_line: CommandLine, made: list[dict[str, Any]]) -> None:
    command_line.store("web", "superseded", "deployed")
    ended = command_line.run("rollback", "web", "1", "--yes", "--allow-data-loss")
    assert ended.out == "web has the content of revision 1 again, as revision 3.\n"
    assert "Managed by:   no stack" in ended.err
    assert made[0]["config"].rollback.allow_data_loss


def test_its_result_can_be_read_by_a_program(web: CommandLine, made: list[dict[str, Any]]) -> None:
    assert json.loads(web.run("rollback", "web", "--yes", "-o", "json").out)["phase"] == "RolledBack"
    assert made


def test_the_user_may_decline(
    web: CommandLine, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def decline(question: str, *, yes: bool) -> bool:
        asked.append(question)
        return yes

    monkeypatch.setattr("helm_rollback_component.cli.acting.confirmed", decline)
    assert (web.run("rollback", "web").code, made, asked) == (1, [], ["Roll web back to revision 1?"])


def test_what_it_has_already_is_not_restored(web: CommandLine, made: list[dict[str, Any]]) -> None:
    ended = web.run("rollback", "web", "2", "--yes")
    assert ended.out == "The release already has the content of revision 2; nothing to do.\n"
    assert (ended.code, made) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("web", "7"), "apps/web: revision 7 does not exist yet; the latest is 2 [BeyondLatest]"),
        (
            ("shop",),
            "apps/shop: there is no release of that name in that namespace (see `helm list -A`; check",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_the_question(
    web: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    ended = web.run("rollback", *arguments)
    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err


def test_a_timeout_that_is_none_is_wrong_usage(web: CommandLine) -> None:
    ended = web.run("rollback", "web", "--timeout", "soon")
    assert ended.code == 2
    assert "not a duration such as 90s, 5m or 1h30m" in " ".join(ended.err.split())


def test_an_interrupted_one_ends_as_such(web: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HelmOperations, "rollback", interrupting(STATUS))
    ended = web.run("rollback", "web", "--yes")
    assert ended.code == 130
    assert "Whether all of it is ready was not waited for" in ended.err


def interrupting(status: ReleaseStatus) -> Callable[..., ReleaseStatus]:
    def rollback(operations: HelmOperations, *_: object, **__: object) -> ReleaseStatus:
        operations._session._interrupt.request()  # noqa: SLF001  # as a signal does
        return status

    return rollback


def test_a_plan_with_objects_names_the_first_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    revision = ReleaseRevision(1, "1.2.3", "", "deployed", "", "", verified=False)
    names = tuple(f"ConfigMap c{each}" for each in range(7))
    plan = RollbackPlan(revision, revision, added=("Job x",), changed=names, removed=("Secret s",))
    rollback_lines.announce(replace(plan, destroys="PersistentVolumeClaim data (its volume)"))
    told = capsys.readouterr().err
    assert "changes ConfigMap c0, ConfigMap c1, ConfigMap c2, ConfigMap c3, ConfigMap c4, 2 more; " in told
    assert "creates Job x; deletes Secret s" in told
    assert "Destroys:     PersistentVolumeClaim data (its volume)" in told
    assert "not verified" in told
