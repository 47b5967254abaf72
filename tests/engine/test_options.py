"""Resource options, one by one."""

import json

from tests.engine.laboratory import Laboratory


def test_alias_renames_and_keeps_the_thing(lab: Laboratory) -> None:
    lab.up('Thing("old", text="x")')
    lab.notes()
    result = lab.up('Thing("new", ResourceOptions(aliases=[pulumi.Alias(name="old")]), text="x")')
    assert lab.calls("create", "update", "delete") == ["update old"]
    assert result.summary.resource_changes == {"same": 1, "update": 1}
    found = lab.resources()
    assert set(found) == {"lab-dev", "new"}
    assert found["new"]["id"] == "old-1"
    assert "aliases" not in found["new"]


def test_alias_of_a_component_reaches_its_children(lab: Laboratory) -> None:
    lab.up('Box("old", text="x")')
    lab.notes()
    lab.up('Box("new", ResourceOptions(aliases=[pulumi.Alias(name="old")]), text="x")')
    assert lab.calls("create", "delete") == []
    assert lab.resources()["new-inner"]["id"] == "old-inner-1"


def test_alias_by_urn_and_by_parent(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x")\nThing("b", text="y")')
    lab.notes()
    lab.up(f"""
        box = Box("box", text="z")
        before = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
        Thing("a", ResourceOptions(parent=box, aliases=[before]), text="x")
        Thing("c", ResourceOptions(aliases=["{lab.urn("b")}"]), text="y")
    """)
    assert lab.calls("create", "delete") == ["create box-inner"]
    found = lab.resources()
    assert found["a"]["parent"] == found["box"]["urn"]
    assert (found["a"]["id"], found["c"]["id"]) == ("a-1", "b-1")


def test_alias_can_be_claimed_once(lab: Laboratory) -> None:
    lab.up('Thing("old", text="x")')
    error = lab.fail("""
        was = ResourceOptions(aliases=[pulumi.Alias(name="old")])
        first = Thing("one", was, text="x")
        Thing("two", ResourceOptions.merge(was, ResourceOptions(depends_on=[first])), text="x")
    """)
    assert "Duplicate resource alias" in error


def test_ignored_changes_are_set_back(lab: Laboratory) -> None:
    ignoring = 'Thing("a", ResourceOptions(ignore_changes=["nested.one", "gone"]), text="x", nested={nested})'
    lab.up(ignoring.format(nested={"one": 1, "two": 2}))
    lab.notes()
    lab.up(ignoring.format(nested={"one": 9, "two": 3}))
    assert next(note for note in lab.notes() if note["call"] == "update")["news"]["nested"] == {
        "one": 1,
        "two": 3,
    }


def test_replace_on_changes(lab: Laboratory) -> None:
    watching = 'Thing("a", ResourceOptions(replace_on_changes=["text"]), text="{text}", undecided=True)'
    lab.up(watching.format(text="one"))
    result = lab.up(watching.format(text="two"))
    assert result.summary.resource_changes == {"same": 1, "replace": 1}


def test_custom_timeouts_are_in_the_state_in_seconds(lab: Laboratory) -> None:
    lab.up("""
        times = pulumi.CustomTimeouts(create="1m30s", delete="2h")
        Thing("a", ResourceOptions(custom_timeouts=times), text="x")
    """)
    assert lab.resources()["a"]["customTimeouts"] == {"create": 90, "delete": 7200}


def test_protection_is_inherited(lab: Laboratory) -> None:
    lab.up('Box("box", ResourceOptions(protect=True), text="x")')
    assert lab.resources()["box-inner"]["protect"]


def test_logs_of_a_provider_appear_at_the_resource(lab: Laboratory) -> None:
    source = (lab.work_dir / "stacks" / "things.py").read_text()
    speaking = source.replace(
        '        note("create", props["name"], props=props)\n',
        '        note("create", props["name"], props=props)\n        speak(props["urn"])\n',
    )
    (lab.work_dir / "stacks" / "things.py").write_text(
        speaking
        + """

def speak(urn):
    import sys

    import grpc
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

    stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))
    for text, ephemeral in (("in passing", True), ("for good", False)):
        stub.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=urn, ephemeral=ephemeral))
"""
    )
    events: list[tuple[str, str | None, bool]] = []

    def listen(event: object) -> None:
        told = getattr(event, "diagnostic_event", None)
        if told:
            events.append((told.message.strip(), told.urn, bool(told.ephemeral)))

    result = lab.up(f'Thing("a", text="x", urn="{lab.urn("a")}")', on_event=listen)
    assert ("in passing", lab.urn("a"), True) in events
    assert ("for good", lab.urn("a"), False) in events
    closing = result.stdout[result.stdout.index("Diagnostics:") :]
    assert "for good" in closing
    assert "in passing" not in closing


def test_numbers_are_written_as_they_were(lab: Laboratory) -> None:
    lab.up('Thing("a", text="x", whole=3, part=0.5, big=2**40)')
    inputs = lab.resources()["a"]["inputs"]
    assert json.dumps([inputs["whole"], inputs["part"], inputs["big"]]) == "[3, 0.5, 1099511627776]"
