"""What a program is told of its stack's state: type and outputs of each resource."""

from tests.engine.laboratory import Laboratory

DECLARED = """
    Thing("a", text="x")
"""
READING = """
    import json
    from helm_rollback_component.pulumi_adapter.engine_resources import stored_resources

    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"

    async def stored():
        found = await stored_resources(stack)
        things = [(urn, each["outputs"]) for urn, each in found.items() if "Thing" in each["type"]]
        return json.dumps([[urn.rpartition("::")[2], outputs.get("text")] for urn, outputs in things])

    Thing("b", text=pulumi.Output.from_input(stored()))
"""


def test_it_is_what_was_there_before_though_the_program_declares_it_no_more(lab: Laboratory) -> None:
    lab.up(DECLARED)
    lab.up(READING)
    assert lab.resources()["b"]["outputs"]["text"] == '[["a", "x"]]'


def test_no_other_stack_is_read(local: Laboratory) -> None:
    error = local.fail("""
        name = "pulumi:pulumi:readStackResourceOutputs"
        pulumi.runtime.invoke(name, {"stackName": "organization/lab/other"})
    """)
    assert "invokes" in error
