"""Creation, change and removal, seen from the provider and from the state."""

import os

import pytest
from pulumi.automation import ConfigValue

from tests.engine.laboratory import Laboratory

TWO = """
    a = Thing("a", text="hello")
    b = Thing("b", text=a.text)
    pulumi.export("text", b.text)
    pulumi.export("size", b.size)
"""


def test_creates_in_dependency_order(lab: Laboratory) -> None:
    result = lab.up(TWO)
    assert lab.calls() == ["check a", "create a", "check b", "create b"]
    assert {key: output.value for key, output in result.outputs.items()} == {"text": "hello", "size": 5}
    assert result.summary.resource_changes == {"create": 3}


def test_state_says_what_exists(lab: Laboratory) -> None:
    lab.up(TWO)
    found = lab.resources()
    thing = {key: item for key, item in found["b"]["inputs"].items() if key != "__provider"}
    assert thing == {"name": "b", "text": "hello", "checked": True}
    assert found["b"]["outputs"]["size"] == 5
    assert found["b"]["id"] == "b-1"
    assert (
        found["b"]["parent"] == found["lab-dev"]["urn"] == "urn:pulumi:dev::lab::pulumi:pulumi:Stack::lab-dev"
    )
    assert found["b"]["urn"] == lab.urn("b")
    assert found["b"]["dependencies"] == [lab.urn("a")]
    assert found["b"]["propertyDependencies"]["text"] == [lab.urn("a")]
    assert found["lab-dev"]["outputs"] == {"text": "hello", "size": 5}


def test_same_program_changes_nothing(lab: Laboratory) -> None:
    lab.up(TWO)
    before = lab.resources()
    lab.notes()
    result = lab.up(TWO)
    assert lab.calls() == ["check a", "diff a", "check b", "diff b"]
    assert result.summary.resource_changes == {"same": 3}
    assert lab.resources() == before


def test_check_sees_old_inputs_and_diff_old_outputs(lab: Laboratory) -> None:
    lab.up('Thing("a", text="one")')
    lab.notes()
    lab.up('Thing("a", text="three")')
    check, diff, update = lab.notes()[1:]
    old_inputs = {"name": "a", "text": "one", "checked": True}
    new_inputs = {"name": "a", "text": "three", "checked": True}
    assert check["olds"] == old_inputs
    assert check["news"] == {"name": "a", "text": "three"}
    assert (diff["olds"], diff["news"], diff["id"]) == ({**old_inputs, "size": 3}, new_inputs, "a-1")
    assert (update["olds"], update["news"], update["id"]) == ({**old_inputs, "size": 3}, new_inputs, "a-1")


def test_change_reaches_dependants(lab: Laboratory) -> None:
    lab.up(TWO)
    lab.notes()
    result = lab.up(TWO.replace("hello", "goodbye"))
    assert lab.calls("update") == ["update a", "update b"]
    assert result.outputs["size"].value == 7


def test_undecided_diff_is_decided_by_comparing_inputs(lab: Laboratory) -> None:
    lab.up('Thing("a", text="one", undecided=True)')
    same = lab.up('Thing("a", text="one", undecided=True)')
    changed = lab.up('Thing("a", text="two", undecided=True)')
    assert same.summary.resource_changes == {"same": 2}
    assert changed.summary.resource_changes == {"same": 1, "update": 1}


def test_what_is_no_longer_declared_goes_after_all_else(lab: Laboratory) -> None:
    lab.up(TWO)
    lab.notes()
    lab.up('Thing("c", text="new")')
    assert lab.calls("create", "delete") == ["create c", "delete b", "delete a"]
    assert set(lab.resources()) == {"lab-dev", "c"}


def test_component_is_the_parent_of_what_it_holds(lab: Laboratory) -> None:
    lab.up('Box("box", text="hello")')
    found = lab.resources()
    assert found["box-inner"]["urn"] == (
        "urn:pulumi:dev::lab::test:index:Box$pulumi-python:dynamic/things:Thing::box-inner"
    )
    assert found["box-inner"]["parent"] == found["box"]["urn"]
    assert found["box"]["outputs"] == {"text": "hello"}
    assert not found["box"]["custom"]


def test_one_provider_process_serves_all_and_gets_the_whole_configuration(lab: Laboratory) -> None:
    lab.program('Thing("a", text="x")\nThing("b", text="y")')
    stack = lab.stack()
    stack.set_config("greeting", ConfigValue("good day"))
    stack.up()
    configured = [note for note in lab.notes() if note["call"] == "configure"]
    assert [note["greeting"] for note in configured] == ["good day"]


def test_the_provider_process_ends_with_the_run(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x")')
    pid = next(note["pid"] for note in lab.notes() if note["call"] == "configure")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
