"""The id that a stack's state keeps, by which stacks of equal names are told apart."""

from pathlib import Path

from tests.engine.laboratory import Laboratory

PROGRAM = """
    from helm_rollback_component.pulumi_adapter.stack_id import stack_id
    given = pulumi.Output.from_input(stack_id())
    Thing("a", text=given)
"""


def learnt(lab: Laboratory) -> str:
    text: str = lab.resources()["a"]["inputs"]["text"]
    return text


def test_it_is_unknown_in_the_first_preview_and_stays_from_the_first_update_on(lab: Laboratory) -> None:
    lab.program(PROGRAM)
    lab.stack().preview()
    lab.up(PROGRAM)
    first, second, *others = (note for note in lab.notes() if note["call"] == "check")
    assert first["news"]["text"] == "<Unknown>"
    assert second["news"]["text"] == learnt(lab) != ""
    assert others == []
    lab.stack().preview()
    before = learnt(lab)
    lab.up(PROGRAM + '    Thing("b", text="x")\n')
    assert {learnt(lab), *(note["news"]["text"] for note in lab.notes() if note["name"] == "a")} == {before}


def test_it_is_saved_before_a_creation_fails(lab: Laboratory) -> None:
    lab.fail(PROGRAM + '    Thing("c", text=given, fail="create")\n')
    (failed,) = (note for note in lab.notes() if (note["call"], note["name"]) == ("create", "c"))
    lab.up(PROGRAM + '    Thing("c", text=given)\n')
    (done,) = (note for note in lab.notes() if (note["call"], note["name"]) == ("create", "c"))
    assert done["props"]["text"] == failed["props"]["text"] != ""


def test_backends_differ(tmp_path: Path) -> None:
    labs = [Laboratory(tmp_path / name, "local") for name in ("one", "two")]
    for lab in labs:
        lab.up(PROGRAM)
    assert learnt(labs[0]) != learnt(labs[1])


def test_only_what_is_registered_can_be_looked_up(local: Laboratory) -> None:
    error = local.fail("""
        pulumi.runtime.invoke("pulumi:pulumi:getResource", {"urn": "urn:pulumi:dev::lab::a:b:C::d"})
    """)
    assert "unknown resource urn:pulumi:dev::lab::a:b:C::d" in error


def test_no_other_function_is_served(local: Laboratory) -> None:
    assert "invokes" in local.fail('pulumi.runtime.invoke("aws:index:getZones", {})')
