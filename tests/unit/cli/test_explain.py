"""`helm-rollback explain`."""

import json

import pytest

from helm_rollback_component.kube.api import paths
from helm_rollback_component.operations import HelmOperations
from tests.support.command_line import CommandLine
from tests.support.fake_cluster import failure
from tests.support.helm_records import RELEASE, release, secret
from tests.unit.cli.test_status import AT_WORK, GOOD, ROLLED_BACK


def test_a_rollback_is_explained_with_its_remedy(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "superseded", "deployed")
    command_line.claim("web", "gbg", **ROLLED_BACK)
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert (found["release"], found["phase"], found["reason"]) == (
        "apps/web",
        "RolledBack",
        "ImagePullBackOff",
    )
    assert found["meaning"] == "The image of a container cannot be pulled."
    assert found["remedy"] == "check the image name, its tag, and the pull secrets"
    assert found["message"] == "no such image"
    assert found["restorable"] == "revision 1 is the last good one before what runs"
    assert found["on_failure"] == "revision 3 is restored, unless the program sets another strategy"
    shown = command_line.run("explain", "web").out
    assert "To do:             check the image name, its tag, and the pull secrets\n" in shown


def test_a_release_that_is_as_declared_needs_nothing(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    attempt = {"action": "install", "revision": 1, "desired_digest": "spec-1", "concluded": True}
    command_line.claim("web", "g", conclusion=GOOD, attempt=attempt)
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert found["same_inputs"] == "nothing: what runs is what is declared"
    assert found["runs"] == "revision 1 (web-1.2.3), known to be good"
    assert (
        found["restorable"] == "no good revision is stored with another content than revision 1, the newest"
    )
    assert (found["locked"], found["reason"]) == (None, None)


def test_a_release_that_the_inputs_hold_stays_held(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "superseded", "deployed")
    held = {"phase": "Deployed", "reason": "ManualRequest", "message": ""}
    attempt = {"action": "rollback", "revision": 3, "target": 1, "reason": "ManualRequest", "concluded": True}
    command_line.claim("web", "ggg", conclusion=held, attempt={**attempt, "desired_digest": "spec-3"})
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert found["other_inputs"] == "roll back to revision 1: ManualRequest, as long as target_revision is 1"
    assert found["on_failure"].startswith("the failure is reported, and nothing is rolled back")


def test_a_release_on_which_somebody_works_is_said(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g", conclusion=GOOD)
    command_line.edit_spec("web", {"holderIdentity": "runner/7/ab"})
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert (
        found["locked"]
        == "process 7 on runner (since an unknown time) works on it; wait until that has ended"
    )


def test_while_an_operation_is_under_way_nothing_is_concluded(command_line: CommandLine) -> None:
    command_line.store("web", "deployed", "pending-upgrade")
    command_line.claim("web", "g", conclusion=GOOD)
    command_line.edit_spec("web", AT_WORK)
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert found["phase"] == "in progress"
    assert found["locked"].startswith("process 7 on runner ")
    assert found["newest"].startswith("revision 2 (pending-upgrade): ")
    untold = ("reason", "remedy", "same_inputs", "other_inputs", "on_failure", "restorable", "changes")
    assert {found[key] for key in untold} == {None}


def test_a_release_of_helm_alone_would_not_be_taken_over(command_line: CommandLine) -> None:
    command_line.store("web", "failed")
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert (found["phase"], found["runs"]) == ("not managed", None)
    assert found["newest"].startswith("revision 1 (failed): ")
    assert (
        found["same_inputs"]
        == "a stack that declares this release refuses to take it over, unless adopt is set"
    )


def test_the_inputs_of_a_stack_count(command_line: CommandLine, tmp_path: object) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g", conclusion=GOOD)
    file = f"{tmp_path}/state.json"
    with open(file, "w") as stream:  # noqa: PTH123  # a path of any kind
        stream.write(command_line.state({"operations": {"rollback": {"enabled": False}}}))
    found = json.loads(command_line.run("explain", "web", "--stack", file, "-o", "json").out)
    assert found["on_failure"] == "the failure is reported, and nothing is rolled back"


@pytest.mark.parametrize(
    ("newest", "remedy"),
    [
        (
            "pending-upgrade",
            (
                "if nobody works on it, `helm-rollback unlock web` frees it, and "
                "`helm-rollback rollback web` restores the last good revision"
            ),
        ),
        ("failed", "`helm-rollback rollback web` restores the last good revision"),
        ("deployed", None),
    ],
)
def test_a_release_of_helm_alone_has_a_way_out_where_it_is_stuck(
    command_line: CommandLine, newest: str, remedy: str | None
) -> None:
    command_line.store("web", "superseded" if newest == "deployed" else "deployed", newest)
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert found["remedy"] == remedy
    runs = 2 if newest == "deployed" else 1
    assert found["runs"] == f"revision {runs} (web-1.2.3), by Helm's word good"
    assert found["restorable"] == "revision 1 is the last good one before what runs"


MARKED = {"helm-rollback/point-of-no-return": "true"}


def marked(command_line: CommandLine) -> None:
    """Store a release whose second revision has a chart that is a point of no return."""
    command_line.store("web", "superseded")
    metadata = {**RELEASE["chart"]["metadata"], "version": "2.0.0", "annotations": MARKED}
    content = release(2, "deployed", chart={**RELEASE["chart"], "metadata": metadata})
    command_line.cluster.create(paths.secrets("apps"), secret(content))
    command_line.claim("web", "gg", conclusion=GOOD)


def test_a_rollback_that_would_be_refused_is_told_as_the_refusal_is(command_line: CommandLine) -> None:
    marked(command_line)
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert found["restorable"] == (
        "the rollback to revision 1 would go back across revision 2, whose chart (web 2.0.0) is a point of "
        "no return; add --allow-data-loss to roll back nevertheless"
    )
    assert f"no: {found['restorable']} [PointOfNoReturn]\n" in command_line.run("validate", "web", "1").out
    assert found["restorable"] in command_line.run("rollback", "web").err


def test_what_cannot_be_known_of_a_rollback_is_said(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    command_line.store("web", "superseded", "deployed")

    def refuse(*_: object) -> None:
        raise failure("Forbidden")

    monkeypatch.setattr(HelmOperations, "validate_rollback_target", refuse)
    found = json.loads(command_line.run("explain", "web", "-o", "json").out)
    assert found["restorable"].startswith(
        "revision 1 is the last good one before what runs; whether it would be refused is not known: "
        "it is Forbidden ("
    )


@pytest.mark.parametrize("words", [("diff", "gone", "1", "2"), ("validate", "gone", "1")])
def test_what_is_not_there_has_no_answer(command_line: CommandLine, words: tuple[str, ...]) -> None:
    ended = command_line.run(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: apps/gone: there is no release of that name in that namespace (see ")
