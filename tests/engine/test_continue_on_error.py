"""An update that continues on errors: what depends on a failure is skipped, and the rest goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pulumi.automation import CommandError

if TYPE_CHECKING:
    from tests.engine.laboratory import Laboratory

PROGRAM = """
    bad = Thing("bad", text="{text}", fail="{fail}", partial="{partial}")
    Thing("user", text=bad.text)
    Thing("follower", ResourceOptions(depends_on=[bad]), text="constant")
    good = Thing("good", text="{text}")
    Thing("friend", text=good.text)
    pulumi.export("bad", bad.text)
    pulumi.export("good", good.text)
"""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def _program(text: str, *, fail: str = "", partial: str = "") -> str:
    return PROGRAM.format(text=text, fail=fail, partial=partial)


def test_what_depends_on_a_failed_creation_is_not_created(lab: Laboratory) -> None:
    told = lab.fail(_program("one", fail="create"), continue_on_error=True)
    assert "no create today" in told
    assert sorted(lab.calls("create")) == ["create bad", "create friend", "create good"]
    assert set(lab.resources()) == {"lab-dev", "good", "friend"}


def test_what_depends_on_a_failed_update_stays_as_it_was(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.notes()
    lab.fail(_program("two", fail="update"), continue_on_error=True)
    assert sorted(lab.calls("update")) == ["update bad", "update friend", "update good"]
    texts = {name: entry["outputs"].get("text") for name, entry in lab.resources().items()}
    assert (texts["bad"], texts["user"], texts["good"], texts["friend"]) == ("one", "one", "two", "two")


def test_a_partial_failure_is_recorded_and_the_rest_goes_on(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.fail(_program("two", partial="update"), continue_on_error=True)
    found = lab.resources()
    assert found["bad"]["initErrors"] == ["not ready"]
    assert found["bad"]["outputs"]["text"] == found["friend"]["outputs"]["text"] == "two"
    assert found["user"]["outputs"]["text"] == "one"


def test_stack_outputs_of_a_failure_are_unknown(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.fail(_program("two", fail="update"), continue_on_error=True)
    outputs = lab.stack().outputs()
    assert (outputs["bad"].value, outputs["good"].value) == (UNKNOWN, "two")


def test_deletions_go_on_but_for_what_a_failed_resource_depends_on(lab: Laboratory) -> None:
    lab.up("""
        base = Thing("base", text="x")
        Thing("bad", text=base.text)
        Thing("gone", text="x")
    """)
    lab.notes()
    lab.fail('Thing("bad", text="y", fail="update")', continue_on_error=True)
    assert lab.calls("delete") == ["delete gone"]
    assert set(lab.resources()) == {"lab-dev", "base", "bad"}


def test_a_deletion_that_fails_spares_what_the_resource_depends_on(lab: Laboratory) -> None:
    lab.up("""
        base = Thing("base", text="x")
        Thing("stays", text=base.text, fail="delete")
        Thing("gone", ResourceOptions(depends_on=[base]), text="x")
    """)
    lab.notes()
    lab.fail("", continue_on_error=True)
    assert sorted(lab.calls("delete")) == ["delete gone", "delete stays"]
    assert set(lab.resources()) == {"lab-dev", "base", "stays"}


def test_a_component_that_is_skipped_cannot_be_completed(lab: Laboratory) -> None:
    told = lab.fail(
        """
        bad = Thing("bad", text="x", fail="create")
        Box("box", ResourceOptions(depends_on=[bad]), text="y")
        """,
        continue_on_error=True,
    )
    assert "whose registration isn't pending" in told
    assert set(lab.resources()) == {"lab-dev"}


def test_the_next_update_makes_up_for_what_was_skipped(lab: Laboratory) -> None:
    lab.fail(_program("one", fail="create"), continue_on_error=True)
    result = lab.up(_program("one"), continue_on_error=True)
    assert result.summary.resource_changes == {"create": 3, "same": 3}
    assert result.outputs["bad"].value == "one"


def test_input_that_is_refused_ends_the_update_all_the_same(lab: Laboratory) -> None:
    lab.program('a = Thing("a", text="bad")\nThing("b", ResourceOptions(depends_on=[a]), text="x")')
    with pytest.raises(CommandError, match="it is bad"):
        lab.stack().up(continue_on_error=True)
    assert lab.calls("create") == []
