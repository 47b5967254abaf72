"""Destruction, and what is spared from it."""

import pytest
from pulumi.automation import CommandError

from tests.engine.laboratory import Laboratory


def test_destroys_in_reverse_order(lab: Laboratory) -> None:
    lab.up("""
        a = Thing("a", text="x")
        b = Thing("b", text=a.text)
        Thing("c", ResourceOptions(depends_on=[b]), text="z")
        Box("box", ResourceOptions(depends_on=[b]), text="y")
    """)
    lab.notes()
    result = lab.stack().destroy()
    calls = lab.calls()
    assert sorted(calls[:2]) == ["delete box-inner", "delete c"]
    assert calls[2:] == ["delete b", "delete a"]
    assert result.summary.resource_changes == {"delete": 6}
    assert lab.resources() == {}


def test_delete_gets_the_outputs(lab: Laboratory) -> None:
    lab.up('Thing("a", text="hello")')
    lab.notes()
    lab.stack().destroy()
    deletion = lab.notes()[-1]
    assert deletion["id"] == "a-1"
    assert deletion["props"] == {"name": "a", "text": "hello", "checked": True, "size": 5}


def test_protected_resources_are_not_deleted_nor_what_they_need(lab: Laboratory) -> None:
    lab.up("""
        a = Thing("a", text="x")
        Thing("b", ResourceOptions(protect=True), text=a.text)
        Thing("c", text="y")
    """)
    lab.notes()
    with pytest.raises(CommandError, match="protected"):
        lab.stack().destroy()
    assert lab.calls() == ["delete c"]
    assert set(lab.resources()) == {"lab-dev", "a", "b"}


def test_protected_resources_are_not_replaced(lab: Laboratory) -> None:
    protected = 'Thing("a", ResourceOptions(protect=True), text="x", key="{key}")'
    lab.up(protected.format(key="1"))
    lab.notes()
    assert "marked for protection" in lab.fail(protected.format(key="2"))
    assert lab.calls("create", "delete") == []
    lab.program(protected.format(key="2"))
    with pytest.raises(CommandError, match="marked for protection"):
        lab.stack().preview()


def test_retained_resources_are_only_forgotten(lab: Laboratory) -> None:
    lab.up('Box("box", ResourceOptions(retain_on_delete=True), text="x")')
    lab.notes()
    lab.up("")
    assert lab.calls("delete") == []
    assert set(lab.resources()) == {"lab-dev"}
    assert (lab.world / "box-inner-1").exists()


def test_stack_can_be_removed(local: Laboratory) -> None:
    local.up('Thing("a", text="x")')
    local.stack().destroy(remove=True)
    assert [path.name for path in local.state.rglob("*") if path.is_file()] == [".gitignore"]
    stack = local.stack()
    stack.workspace.remove_stack(stack.name)
    assert [path.name for path in local.state.rglob("*") if path.is_file()] == [".gitignore"]
