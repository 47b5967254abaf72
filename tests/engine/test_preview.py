"""Previews: what they ask, what they know, and that they leave no trace."""

from tests.engine.laboratory import Laboratory

PROGRAM = """
    a = Thing("a", text="hello")
    b = Thing("b", text=a.size, nested={"list": [a.size, 1]})
    pulumi.export("known", a.text)
    pulumi.export("unknown", a.size)
"""


def test_asks_for_checks_only_and_knows_inputs_alone(lab: Laboratory) -> None:
    lab.program(PROGRAM)
    result = lab.stack().preview()
    notes = [note for note in lab.notes() if note["call"] != "configure"]
    assert [note["call"] for note in notes] == ["check", "check"]
    assert notes[1]["news"] == {"name": "b", "text": "<Unknown>", "nested": {"list": ["<Unknown>", 1]}}
    assert result.change_summary == {"create": 3}
    assert lab.resources() == {}


def test_update_is_foreseen_and_not_made(lab: Laboratory) -> None:
    lab.up(PROGRAM)
    before = lab.resources()
    lab.notes()
    lab.program(PROGRAM.replace("hello", "goodbye"))
    result = lab.stack().preview()
    assert lab.calls() == ["check a", "diff a", "check b", "diff b"]
    assert result.change_summary == {"same": 1, "update": 2}
    assert lab.resources() == before


def test_outputs_of_what_stays_are_known(lab: Laboratory) -> None:
    lab.up(PROGRAM)
    lab.notes()
    lab.program(PROGRAM)
    assert lab.stack().preview().change_summary == {"same": 3}
    assert "<Unknown>" not in str(lab.notes())


def test_replacement_is_foreseen(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", key="1")')
    lab.notes()
    lab.program('Thing("a", text="x", key="2")')
    assert lab.stack().preview().change_summary == {"same": 1, "replace": 1}
    assert lab.calls() == ["check a", "diff a", "check a"]


def test_deletion_is_foreseen(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x")')
    lab.notes()
    lab.program("")
    assert lab.stack().preview().change_summary == {"same": 1, "delete": 1}
    assert lab.calls() == []
