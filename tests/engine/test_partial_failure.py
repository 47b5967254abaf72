"""An operation that failed and yet changed the resource: the state says what is there, and why it failed."""

import pytest
from pulumi.automation import CommandError, ConfigValue

from tests.engine.laboratory import Laboratory

PROGRAM = """
    a = Thing("a", text="{text}", partial="{partial}")
    Thing("b", text=a.text)
    pulumi.export("text", a.text)
"""


def _program(text: str, partial: str = "") -> str:
    return PROGRAM.format(text=text, partial=partial)


def _changed_partially(lab: Laboratory) -> None:
    """Deploy well, then fail partially on the way to another text."""
    lab.up(_program("one"))
    lab.fail(_program("three", "update"))
    lab.notes()


def test_a_creation_leaves_the_resource_and_the_reasons(lab: Laboratory) -> None:
    lab.fail('Thing("a", text="one", partial="create", reasons=["first", "second"])')
    found = lab.resources()["a"]
    assert found["id"] == "a-1"
    assert found["inputs"]["text"] == found["outputs"]["text"] == "one"
    assert found["outputs"]["size"] == 3
    assert found["initErrors"] == ["first", "second"]


def test_an_update_leaves_the_new_outputs_beside_the_old_inputs(lab: Laboratory) -> None:
    _changed_partially(lab)
    found = lab.resources()["a"]
    assert (found["id"], found["outputs"]["text"], found["outputs"]["size"]) == ("a-1", "three", 5)
    assert (found["inputs"]["text"], found["inputs"]["partial"]) == ("one", "")
    assert found["initErrors"] == ["not ready"]


def test_dependants_and_stack_outputs_are_not_touched(lab: Laboratory) -> None:
    lab.up(_program("one"))
    lab.notes()
    lab.fail(_program("three", "update"))
    assert lab.calls() == ["check a", "diff a", "update a"]
    assert lab.resources()["b"]["inputs"]["text"] == "one"
    assert lab.stack().outputs()["text"].value == "one"


def test_the_row_says_what_failed_and_the_diagnostics_say_why_once(lab: Laboratory) -> None:
    lab.up('Thing("a", text="one")')
    told = lab.fail('Thing("a", text="two", partial="update", reasons=["it is late", "it is dark"])')
    assert "**updating failed**" in told
    assert (
        "  pulumi-python:dynamic/things:Thing (a):\n"
        "    error: 2 errors occurred:\n    \t* it is late\n    \t* it is dark\n\n"
    ) in told
    assert told.count("it is late") == 1
    assert "RuntimeError" not in told


@pytest.mark.parametrize(
    ("reasons", "expected"), [(["one"], "error: 1 error occurred:"), ([], "error: resource init failed")]
)
def test_reasons_are_counted(lab: Laboratory, reasons: list[str], expected: str) -> None:
    assert expected in lab.fail(f'Thing("a", text="one", partial="create", reasons={reasons})')
    assert lab.resources()["a"].get("initErrors", []) == reasons


def test_a_creation_without_an_id_leaves_nothing(lab: Laboratory) -> None:
    told = lab.fail('Thing("a", text="one", partial="create", nameless=True)')
    assert f"plugin returned empty resource.ID from create '{lab.urn('a')}'" in told
    assert set(lab.resources()) == {"lab-dev"}


def test_the_next_update_tries_again_although_nothing_differs(lab: Laboratory) -> None:
    program = 'Thing("a", text="one", partial="create")'
    lab.fail(program)
    lab.notes()
    lab.program(program)
    assert lab.stack().preview().change_summary == {"same": 1, "update": 1}
    lab.notes()
    result = lab.up(program)
    assert lab.calls() == ["check a", "diff a", "update a"]
    assert result.summary.resource_changes == {"same": 1, "update": 1}
    assert "initErrors" not in lab.resources()["a"]
    assert lab.up(program).summary.resource_changes == {"same": 2}


def test_a_failure_that_lasts_fails_again(lab: Laboratory) -> None:
    _changed_partially(lab)
    before = lab.resources()["a"]
    assert "not ready" in lab.fail(_program("three", "update"))
    after = lab.resources()["a"]
    assert lab.calls() == ["check a", "diff a", "update a"]
    assert [after[key] for key in ("inputs", "outputs", "initErrors")] == [
        before[key] for key in ("inputs", "outputs", "initErrors")
    ]


def test_the_next_update_is_told_the_new_outputs(lab: Laboratory) -> None:
    _changed_partially(lab)
    lab.up(_program("three"))
    check, diff, update = lab.notes()[1:4]
    assert check["olds"]["text"] == "one"
    assert diff["olds"]["text"] == update["olds"]["text"] == "three"


def test_a_repair_clears_the_reasons_and_reaches_dependants(lab: Laboratory) -> None:
    _changed_partially(lab)
    lab.up(_program("seven"))
    found = lab.resources()
    assert "initErrors" not in found["a"]
    assert found["a"]["inputs"]["text"] == found["b"]["inputs"]["text"] == "seven"


def test_a_plain_failure_keeps_the_reasons(lab: Laboratory) -> None:
    _changed_partially(lab)
    lab.fail('Thing("a", text="four", fail="update")')
    assert lab.resources()["a"]["initErrors"] == ["not ready"]


def test_a_refresh_clears_the_reasons(lab: Laboratory) -> None:
    _changed_partially(lab)
    lab.stack().refresh()
    found = lab.resources()["a"]
    assert "initErrors" not in found
    assert found["inputs"]["text"] == "three"
    lab.notes()
    lab.up(_program("three", "update"))
    assert lab.calls("create", "update") == ["update b"]


def test_a_refresh_that_finds_it_unwell_warns_and_records_the_reasons(lab: Laboratory) -> None:
    lab.up('Thing("a", text="one", partial="read", reasons=["it is late", "it is dark"])')
    result = lab.stack().refresh()
    assert (
        "    warning: Refreshed resource is in an unhealthy state:\n    * it is late\n    * it is dark\n"
    ) in result.stdout
    found = lab.resources()["a"]
    assert found["initErrors"] == ["it is late", "it is dark"]
    assert found["inputs"]["text"] == found["outputs"]["text"] == "one"


def test_destruction_goes_by_what_is_there(lab: Laboratory) -> None:
    _changed_partially(lab)
    lab.stack().destroy()
    deleted = [note for note in lab.notes() if note["call"] == "delete"]
    assert [(note["name"], note["props"]["text"]) for note in deleted] == [("b", "one"), ("a", "three")]
    assert lab.resources() == {}


def test_what_a_replacement_replaces_stays_until_the_next_update(lab: Laboratory) -> None:
    program = 'Thing("a", text="one", key="{key}", partial="{partial}")'
    lab.up(program.format(key=1, partial=""))
    lab.fail(program.format(key=2, partial="create"))
    entries = lab.stack().export_stack().deployment["resources"]
    things = {entry["id"]: entry for entry in entries if entry["urn"] == lab.urn("a")}
    assert things["a-1"]["delete"]
    assert things["a-2"]["initErrors"] == ["not ready"]
    lab.notes()
    lab.up(program.format(key=2, partial="create"))
    assert lab.calls("create", "update", "delete") == ["update a", "delete a"]
    assert "initErrors" not in lab.resources()["a"]


def test_what_is_deleted_before_its_replacement_is_gone(lab: Laboratory) -> None:
    program = 'Thing("a", text="one", first=True, key="{key}", partial="{partial}")'
    lab.up(program.format(key=1, partial=""))
    lab.notes()
    lab.fail(program.format(key=2, partial="create"))
    assert lab.calls("create", "delete") == ["delete a", "create a"]
    entries = lab.stack().export_stack().deployment["resources"]
    assert [entry["initErrors"] for entry in entries if entry["urn"] == lab.urn("a")] == [["not ready"]]


def test_the_failure_itself_can_call_for_a_replacement(lab: Laboratory) -> None:
    options = 'ResourceOptions(replace_on_changes=["#initerror"])'
    program = f'Thing("a", {options}, text="one", partial="{{partial}}")'
    lab.up(program.format(partial=""))
    lab.fail(program.format(partial="update"))
    lab.notes()
    lab.up(program.format(partial=""))
    assert lab.calls("create", "update", "delete") == ["create a", "delete a"]


def test_what_is_secret_stays_secret(lab: Laboratory) -> None:
    program = """
        password = pulumi.Config().require_secret("password")
        options = ResourceOptions(additional_secret_outputs=["size"])
        Thing("a", options, text=password, nested={{"deep": [password]}}, open="seen", partial="{partial}")
    """
    lab.program(program.format(partial="create"))
    stack = lab.stack()
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    for partial in ("create", "update"):
        lab.program(program.format(partial=partial))
        with pytest.raises(CommandError) as caught:
            stack.up()
        outputs = lab.resources()["a"]["outputs"]
        assert "hunter2" not in str(caught.value)
        assert outputs["text"]["plaintext"] == '"hunter2"'
        assert outputs["size"]["plaintext"] == "7"
        assert outputs["open"] == "seen"
        files = [path for path in lab.state.rglob("*") if path.is_file()]
        assert not any("hunter2" in path.read_text(errors="replace") for path in files)


def test_a_large_state_is_saved_whole(lab: Laboratory) -> None:
    lab.fail('Thing("a", text="x" * 2_000_000, partial="create")')
    assert len(lab.resources()["a"]["outputs"]["text"]) == 2_000_000
