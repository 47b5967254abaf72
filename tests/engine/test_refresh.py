"""Refresh: the state follows the world."""

import json

import pytest
from pulumi.automation import CommandError

from tests.engine.laboratory import Laboratory

PROGRAM = """
    a = Thing("a", text="hello")
    b = Thing("b", text=a.text)
"""


def test_reads_then_compares(lab: Laboratory) -> None:
    lab.up(PROGRAM)
    lab.notes()
    result = lab.stack().refresh()
    assert sorted(lab.calls()) == ["diff a", "diff b", "read a", "read b"]
    assert result.summary.resource_changes == {"same": 3}


def test_drift_becomes_inputs_and_outputs(lab: Laboratory) -> None:
    lab.up(PROGRAM)
    drifted = {"name": "a", "text": "changed", "checked": True, "size": 7}
    (lab.world / "a-1").write_text(json.dumps(drifted))
    lab.notes()
    result = lab.stack().refresh()
    found = lab.resources()["a"]
    assert (found["inputs"]["text"], found["outputs"]["text"], found["outputs"]["size"]) == (
        "changed",
        "changed",
        7,
    )
    assert result.summary.resource_changes == {"same": 2, "update": 1}
    notes = lab.notes()
    read = next(note for note in notes if note["call"] == "read" and note["name"] == "a")
    assert read["props"]["text"] == "hello"
    diff = next(note for note in notes if note["call"] == "diff" and note["id"] == "a-1")
    assert (diff["olds"]["text"], diff["news"]["text"]) == ("changed", "hello")
    lab.up(PROGRAM)
    checks = [note for note in lab.notes() if note["call"] == "check"]
    assert checks[0]["olds"]["text"] == "changed"
    assert lab.resources()["a"]["outputs"]["text"] == "hello"


def test_what_has_disappeared_is_dropped_and_made_again(lab: Laboratory) -> None:
    lab.up(PROGRAM)
    (lab.world / "a-1").unlink()
    result = lab.stack().refresh()
    found = lab.resources()
    assert result.summary.resource_changes == {"same": 2, "delete": 1}
    assert set(found) == {"lab-dev", "b"}
    assert not found["b"].get("dependencies")
    lab.notes()
    lab.up(PROGRAM)
    assert lab.calls("create", "update") == ["create a"]


def test_update_may_refresh_first(lab: Laboratory) -> None:
    lab.up(PROGRAM)
    (lab.world / "a-1").unlink()
    lab.notes()
    lab.up(PROGRAM, refresh=True)
    assert lab.calls("create") == ["create a"]


def test_failed_read_fails_the_refresh_and_keeps_the_resource(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", fail="read")\nThing("b", text="y")')
    (lab.world / "b-1").unlink()
    with pytest.raises(CommandError, match="no read today"):
        lab.stack().refresh()
    assert set(lab.resources()) == {"lab-dev", "a"}
