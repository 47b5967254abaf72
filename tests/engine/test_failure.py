"""What happens when a step fails: to what depends on it, to what does not, and to the state."""

import pytest

from tests.engine.laboratory import Laboratory


def test_dependants_of_a_failure_are_not_reached(lab: Laboratory) -> None:
    error = lab.fail("""
        a = Thing("a", text="x", fail="create")
        Thing("b", text=a.text)
    """)
    assert "no create today" in error
    assert lab.calls() == ["check a", "create a"]
    assert set(lab.resources()) == {"lab-dev"}


def test_what_is_in_flight_ends_and_is_recorded(lab: Laboratory) -> None:
    lab.fail("""
        Thing("slow", text="x", sleep=2)
        Thing("bad", text="x", fail="create", wait=Thing("before", text="y", sleep=1).text)
    """)
    assert {"slow", "before"} <= set(lab.resources())


def test_failed_update_keeps_the_old_truth(lab: Laboratory) -> None:
    lab.up('Thing("a", text="one")')
    error = lab.fail('Thing("a", text="two", fail="update")')
    assert "no update today" in error
    found = lab.resources()["a"]
    assert found["inputs"]["text"] == found["outputs"]["text"] == "one"
    lab.up('Thing("a", text="two")')
    assert lab.resources()["a"]["outputs"]["text"] == "two"


def test_nothing_is_deleted_after_a_failure(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x")\nThing("gone", text="x")')
    lab.notes()
    lab.fail('Thing("a", text="y", fail="update")')
    assert "delete gone" not in lab.calls()
    assert "gone" in lab.resources()


def test_stack_outputs_keep_their_last_values(lab: Laboratory) -> None:
    lab.up('pulumi.export("text", Thing("a", text="one").text)')
    lab.fail('pulumi.export("text", Thing("a", text="two", fail="update").text)')
    assert lab.stack().outputs()["text"].value == "one"


def test_refused_input_stops_before_anything_is_done(lab: Laboratory) -> None:
    error = lab.fail('Thing("a", text="bad")')
    assert "property text value {bad} has a problem: it is bad" in error
    assert lab.calls() == ["check a"]


def test_exception_in_the_program_deletes_nothing_and_is_shown(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x")')
    lab.notes()
    error = lab.fail('raise ValueError("out of ideas")')
    assert "ValueError: out of ideas" in error
    assert "__main__.py" in error
    assert lab.calls("delete") == []


def test_exit_code_of_the_program_counts(lab: Laboratory) -> None:
    lab.fail("raise SystemExit(3)")


def test_failed_deletion_keeps_what_it_needs(lab: Laboratory) -> None:
    lab.up("""
        a = Thing("a", text="x")
        Thing("b", text=a.text, fail="delete")
    """)
    lab.notes()
    with pytest.raises(Exception, match="no delete today"):
        lab.stack().destroy()
    assert lab.calls() == ["delete b"]
    assert set(lab.resources()) == {"lab-dev", "a", "b"}


def test_twice_the_same_name_is_refused(lab: Laboratory) -> None:
    assert "Duplicate resource URN" in lab.fail('Thing("a", text="x")\nThing("a", text="y")')


def test_what_is_left_out_is_said(local: Laboratory) -> None:
    cases = {
        'pulumi.StackReference("other")': "stack references",
        'pulumi.runtime.invoke("test:index:f", {})': "invokes",
        'Thing("a", ResourceOptions(import_="x"), text="x")': "import_",
        'Thing("a", ResourceOptions(transforms=[lambda args: None]), text="x")': "transforms",
    }
    for program, what in cases.items():
        assert what in local.fail(program), program
