"""Replacement, in either order, and what falls with what is replaced."""

from tests.engine.laboratory import Laboratory


def test_creates_the_replacement_before_it_deletes(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", key="1")')
    lab.notes()
    result = lab.up('Thing("a", text="x", key="2")')
    notes = lab.notes()
    assert [note["call"] for note in notes[1:]] == ["check", "diff", "check", "create", "delete"]
    assert notes[1]["olds"]["key"] == "1"
    assert notes[3]["olds"] == {}
    assert notes[5]["id"] == "a-1"
    assert result.summary.resource_changes == {"same": 1, "replace": 1}
    assert lab.resources()["a"]["id"] == "a-2"


def test_provider_may_want_the_deletion_first(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", key="1", first=True)')
    lab.notes()
    lab.up('Thing("a", text="x", key="2", first=True)')
    assert lab.calls("create", "delete") == ["delete a", "create a"]


def test_program_beats_the_provider(lab: Laboratory) -> None:
    options = "ResourceOptions(delete_before_replace={})"
    lab.up('Thing("a", text="x", key="1", first=True)')
    lab.notes()
    lab.up(f'Thing("a", {options.format("False")}, text="x", key="2", first=True)')
    assert lab.calls("create", "delete") == ["create a", "delete a"]
    lab.up(f'Thing("a", {options.format("True")}, text="x", key="3")')
    assert lab.calls("create", "delete") == ["delete a", "create a"]


def test_forced_replacement_asks_for_no_diff_and_shows_no_olds(lab: Laboratory) -> None:
    program = 'Thing("a", text="x", first=True)'
    lab.up(program)
    lab.notes()
    lab.up(program, replace=[lab.urn("a")])
    notes = lab.notes()
    assert [note["call"] for note in notes[1:]] == ["check", "create", "delete"]
    assert notes[1]["olds"] == {}


CHAIN = """
class Keyed(Thing):
    key: pulumi.Output[str]

first = ResourceOptions(delete_before_replace=True)
a = Keyed("a", first, text="x", key="{key}")
b = Keyed("b", first, text="y", key=a.key)
c = Keyed("c", text=b.text)
d = Keyed("d", ResourceOptions(depends_on=[a]), text="z")
"""


def test_dependants_that_would_be_replaced_go_first(lab: Laboratory) -> None:
    lab.up(CHAIN.format(key="1"))
    lab.notes()
    lab.up(CHAIN.format(key="2"))
    notes = lab.notes()
    changes = [
        f"{note['call']} {note['name']}" for note in notes if note["call"] in ("create", "update", "delete")
    ]
    assert changes == ["delete b", "delete a", "create a", "create b"]
    asked = [note for note in notes if note["call"] == "diff" and note["name"] == "b"]
    assert asked[0]["news"]["key"] == "<Unknown>"


def test_dependants_that_are_gone_from_the_program_are_forgotten(lab: Laboratory) -> None:
    lab.up(CHAIN.format(key="1"))
    lab.up(
        "\n".join(line for line in CHAIN.format(key="2").splitlines() if not line.startswith(("b =", "c =")))
    )
    assert set(lab.resources()) == {"lab-dev", "a", "d"}


def test_protected_dependant_stops_the_replacement(lab: Laboratory) -> None:
    protected = CHAIN.replace('b = Keyed("b", first,', 'b = Keyed("b", ResourceOptions(protect=True),')
    lab.up(protected.format(key="1"))
    lab.notes()
    assert "as part of replacing" in lab.fail(protected.format(key="2"))
    assert lab.calls("create", "delete") == []


def test_replacement_that_fails_after_the_deletion_is_taken_up_again(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", key="1", first=True)')
    lab.fail('Thing("a", text="x", key="2", first=True, fail="create")')
    assert lab.resources()["a"]["pendingReplacement"]
    lab.notes()
    lab.up('Thing("a", text="x", key="2", first=True)')
    assert lab.calls("create", "delete", "update") == ["create a"]
    assert "pendingReplacement" not in lab.resources()["a"]


def test_deletion_that_fails_after_the_replacement_is_taken_up_again(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", key="1", fail="delete")')
    lab.fail('Thing("a", text="x", key="2")')
    kept = lab.stack().export_stack().deployment["resources"]
    assert [entry["id"] for entry in kept if entry["urn"] == lab.urn("a")] == ["a-2", "a-1"]
    assert [entry.get("delete", False) for entry in kept if entry["urn"] == lab.urn("a")] == [False, True]
