"""`helm-rollback validate`."""

import json
from typing import Any

import pytest

from helm_rollback_component.cli.target import Answer
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.reasons import Reason
from tests.support.command_line import CommandLine
from tests.support.fake_cluster import failure
from tests.unit.cli.test_status import GOOD


def test_a_good_revision_can_be_rolled_back_to(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "deployed")
    command_line.claim("web", "gg", conclusion=GOOD)
    ended = command_line.run("validate", "web", "1")
    assert (ended.code, ended.out) == (0, "yes: web can be rolled back to revision 1\n")


def test_a_bad_one_cannot_and_why_is_told(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "superseded", "deployed")
    command_line.claim("web", "gbg", conclusion=GOOD)
    ended = command_line.run("validate", "web", "2")
    assert ended.code == 1
    assert ended.out.startswith("no: revision 2 is not known to be good (ImagePullBackOff) [NotGood]\n")
    found = json.loads(command_line.run("validate", "web", "2", "-o", "json").out)
    assert (found["valid"], found["reason"]) == (False, "NotGood")


def test_what_to_do_is_told_where_there_is_something(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "deployed")
    path = "/api/v1/namespaces/apps/secrets/sh.helm.release.v1.web.v1"
    command_line.cluster.edit(path, lambda found: found.update(data={"release": "AAAA"}))
    command_line.claim("web")
    ended = command_line.run("validate", "web", "1")
    assert (ended.code, len(ended.out.splitlines())) == (1, 2)
    assert "To do: " in ended.out


def test_what_has_nothing_to_do_with_the_revision_is_no_answer() -> None:
    class Refusing:
        """Refuses whatever is asked."""

        def validate_rollback_target(self, _: int) -> None:
            """Refuse."""
            raise ValidationError([Problem("context", "there is none")], reason=Reason.KUBECONFIG_MISSING)

    operations: Any = Refusing()
    with pytest.raises(ValidationError, match="there is none"):
        Answer.of(operations, "web", 1)


def test_a_question_that_cannot_be_answered_is_neither(command_line: CommandLine) -> None:
    command_line.cluster.before = lambda *_: (_ for _ in ()).throw(failure("Unreachable"))
    assert command_line.run("validate", "web", "1").code == 2
    assert command_line.run("validate", "not/a/name", "1").code == 2
    assert command_line.run("validate", "web", "one").code == 2
