"""An update with targets: they change, and everything else stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pulumi.automation import CommandError

if TYPE_CHECKING:
    from tests.engine.laboratory import Laboratory

PROGRAM = """
    a = Thing("a", text="{text}")
    b = Thing("b", text=a.text)
    Box("box", text="{text}")
    pulumi.export("a", a.text)
"""


def _program(text: str) -> str:
    return PROGRAM.format(text=text)


def test_only_the_target_is_asked_about_and_changed(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.notes()
    result = lab.up(_program("two"), target=[lab.urn("a")])
    assert lab.calls() == ["check a", "diff a", "update a"]
    assert result.summary.resource_changes == {"same": 4, "update": 1}
    found = lab.resources()
    assert found["a"]["outputs"]["text"] == found["lab-dev"]["outputs"]["a"] == "two"
    assert found["b"]["inputs"]["text"] == found["box-inner"]["inputs"]["text"] == "one"


def test_a_target_sees_others_as_they_are(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.notes()
    lab.up(_program("two"), target=[lab.urn("b")])
    assert lab.calls() == ["check b", "diff b"]
    assert lab.resources()["b"]["inputs"]["text"] == "one"


def test_a_preview_takes_targets_too(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.program(_program("two"))
    assert lab.stack().preview(target=[lab.urn("a")]).change_summary == {"same": 4, "update": 1}


def test_what_is_no_target_is_neither_created_nor_deleted(lab: Laboratory) -> None:
    lab.up('Thing("a", text="one")\nThing("gone", text="x")')
    lab.notes()
    new = 'new = Thing("new", text="x")\npulumi.export("new", new.id)'
    lab.up(f'Thing("a", text="two")\n{new}', target=[lab.urn("a")])
    assert lab.calls("create", "update", "delete") == ["update a"]
    assert set(lab.resources()) == {"lab-dev", "a", "gone"}


def test_a_target_that_is_no_longer_declared_is_deleted(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x")\nThing("gone", text="x")\nThing("other", text="x")')
    lab.notes()
    lab.up('Thing("a", text="y")', target=[lab.urn("gone")])
    assert lab.calls("update", "delete") == ["delete gone"]
    assert set(lab.resources()) == {"lab-dev", "a", "other"}


def test_what_an_untouched_resource_needs_is_kept_before_it(lab: Laboratory) -> None:
    lab.up('base = Thing("base", text="x")\nThing("top", text=base.text)\nThing("a", text="one")')
    lab.up('Thing("top", text="y")\nThing("a", text="two")', target=[lab.urn("a")])
    names = [name for name in lab.resources() if name in ("base", "top")]
    assert names == ["base", "top"]
    assert lab.resources()["top"]["dependencies"] == [lab.urn("base")]


def test_a_target_cannot_need_what_is_not_created(lab: Laboratory) -> None:
    program = 'f = Thing("f", text="x")\nThing("g", text=f.text)'
    told = lab.fail(program, target=[lab.urn("g")])
    assert (
        f"Resource '{lab.urn('g')}' depends on '{lab.urn('f')}' which was was not specified in --target list."
    ) in told
    assert lab.calls("create") == []
    with pytest.raises(CommandError, match="not specified in --target list"):
        lab.stack().preview(target=[lab.urn("g")])


def test_a_replaced_target_is_deleted_in_the_same_update(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", key="1")\nThing("b", text="x", key="1")')
    lab.notes()
    lab.up('Thing("a", text="x", key="2")\nThing("b", text="x", key="2")', target=[lab.urn("a")])
    assert lab.calls("create", "delete") == ["create a", "delete a"]


def test_a_target_must_exist(lab: Laboratory) -> None:
    told = lab.fail('Thing("a", text="x")', target=[lab.urn("nowhere")])
    assert f"Target '{lab.urn('nowhere')}' could not be found in the stack." in told
    assert set(lab.resources()) == {"lab-dev"}
