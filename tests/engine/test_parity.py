"""Both engines, side by side: the same calls with the same arguments, and the same state."""

from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import ConfigValue

from tests.engine.laboratory import Laboratory
from tools.sandbox import pulumi_cli

_OBSTACLE = pulumi_cli.obstacle(kubernetes=False)

pytestmark = pytest.mark.skipif(
    bool(_OBSTACLE), reason=f"there is no real engine to compare with: {_OBSTACLE}"
)

FIRST = """
    secret = pulumi.Config().require_secret("password")
    a = Thing("a", text=secret, nested={"deep": [secret, 1, None, True]}, none=None)
    b = Thing("b", ResourceOptions(depends_on=[a], protect=True), text=a.id, number=1.5)
    box = Box("box", ResourceOptions(retain_on_delete=True), text=b.size)
    c = Thing("c", ResourceOptions(parent=box, delete_before_replace=True), text="x", key="1")
    d = Thing("d", text=c.text, undecided=True, list=[1, 2])
    pulumi.export("a", a.text)
    pulumi.export("nested", {"size": a.size, "list": [b.id, None]})
    pulumi.export("d", d)
"""
SECOND = """
    secret = pulumi.Config().require_secret("password")
    times = pulumi.CustomTimeouts(create="5m", update="30s")
    a = Thing("a", ResourceOptions(custom_timeouts=times), text=secret, nested={"deep": [secret, 2]})
    b = Thing("b", ResourceOptions(ignore_changes=["number"]), text=a.size, number=2.5)
    box = Box("crate", ResourceOptions(aliases=[pulumi.Alias(name="box")]), text=b.size)
    c = Thing("c", ResourceOptions(parent=box, delete_before_replace=True), text="x", key="2")
    d = Thing("d", ResourceOptions(additional_secret_outputs=["size"]), text=c.text, undecided=True, list=[2])
    pulumi.export("a", a.size)
    pulumi.export("d", d.size)
"""
_VOLATILE = {"created", "modified", "sourcePosition", "stackTrace"}


def _normal(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value for key, value in entry.items() if key not in _VOLATILE and value not in ([], {}, None)
    }
    if entry["type"].startswith("pulumi:providers:"):
        kept["id"] = "an id"
    if "provider" in kept:
        kept["provider"] = kept["provider"].rsplit("::", 1)[0]
    kept["dependencies"] = sorted(kept.get("dependencies", []))
    kept["propertyDependencies"] = {
        key: sorted(urns) for key, urns in kept.get("propertyDependencies", {}).items() if urns
    }
    return kept


def _told(lab: Laboratory) -> list[dict[str, Any]]:
    """Return the calls in an order that does not depend on what happens to be first of what runs at once."""
    notes = [
        {key: value for key, value in note.items() if key not in ("made", "pid")} for note in lab.notes()
    ]
    return sorted(notes, key=lambda note: (note["name"], note["call"] != "check"))


def _lived(lab: Laboratory) -> list[Any]:
    """Take one engine through a stack's life and return all that can be seen of it."""
    seen: list[Any] = []

    def look(changes: object) -> None:
        state = stack.export_stack().deployment.get("resources", [])
        outputs = {key: (output.value, output.secret) for key, output in stack.outputs().items()}
        entries = sorted(map(_normal, state), key=lambda entry: str(entry["urn"]))
        seen.append({"changes": changes, "calls": _told(lab), "state": entries, "outputs": outputs})

    lab.program(FIRST)
    stack = lab.stack()
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    look(stack.preview().change_summary)
    look(stack.up().summary.resource_changes)
    look(stack.up().summary.resource_changes)
    lab.program(SECOND)
    look(stack.preview().change_summary)
    look(stack.up().summary.resource_changes)
    (lab.world / "d-1").unlink()
    (lab.world / "a-1").write_text('{"name": "a", "text": "drift", "size": 1}')
    look(stack.refresh().summary.resource_changes)
    look(stack.preview().change_summary)
    look(stack.up(replace=[lab.urn("a")]).summary.resource_changes)
    lab.program("")
    look(stack.preview().change_summary)
    look(stack.up().summary.resource_changes)
    look(stack.destroy().summary.resource_changes)
    return seen


@pytest.mark.timeout(600)
def test_a_life_is_the_same_on_both_engines(tmp_path: Path) -> None:
    mine = _lived(Laboratory(tmp_path / "one", "local"))
    real = _lived(Laboratory(tmp_path / "two", "cli"))
    for stage, (one, two) in enumerate(zip(mine, real, strict=True)):
        for key in two:
            assert one[key] == two[key], f"stage {stage}: {key}"
