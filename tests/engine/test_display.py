"""What is shown, line by line."""

import re
from typing import Any

import pytest
from pulumi.automation import ConfigValue

from tests.engine.laboratory import Laboratory

PROGRAM = """
    import time
    box = Box("box", text="hello", secret=pulumi.Config().require_secret("password"))
    pulumi.log.info("for good", box.thing)
    pulumi.log.warn(f"it says hunter2")
    pulumi.export("text", box.thing.text)
    pulumi.export("many", {"a": [1, 2]})
"""


def _stack(lab: Laboratory, program: str = PROGRAM) -> Any:
    lab.program(program)
    stack = lab.stack()
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    return stack


def _without_times(text: str) -> list[str]:
    return [re.sub(r"\d+(\.\d+)?s\b", "Ns", line).rstrip() for line in text.splitlines()]


def test_lines_tell_what_happens_and_end_with_what_matters(local: Laboratory) -> None:
    lines = _without_times(_stack(local).up().stdout)
    inner = "pulumi-python:dynamic/things:Thing box-inner"
    assert lines[0] == "Updating (dev):"
    assert f" +  {inner} creating (Ns)" in lines
    assert f" +  {inner} created (Ns)" in lines
    assert f" +  {inner} created (Ns) for good" in lines
    assert lines.count(" +  test:index:Box box created (Ns)") == 1
    start = lines.index("Diagnostics:")
    assert lines[start:] == [
        "Diagnostics:",
        "  pulumi:pulumi:Stack (lab-dev):",
        "    warning: it says [secret]",
        "",
        "  pulumi-python:dynamic/things:Thing (box-inner):",
        "    for good",
        "",
        "Outputs:",
        '    many: {"a": [1, 2]}',
        '    text: "hello"',
        "",
        "Resources:",
        "    + 3 created",
        "",
        "Duration: Ns",
    ]


def test_preview_shows_what_changes(local: Laboratory) -> None:
    _stack(local).up()
    lines = _stack(local, PROGRAM.replace("hello", "bye")).preview().stdout.splitlines()
    row = " ~  pulumi-python:dynamic/things:Thing box-inner update [diff: ~text]"
    at = lines.index(row)
    assert lines[at + 1] == '      ~ text: "hello" => "bye"'
    assert "    ~ 1 to update" in lines
    assert "    2 unchanged" in lines
    assert "Duration" not in "\n".join(lines)


def test_failure_is_told_twice(local: Laboratory) -> None:
    shown: list[str] = []
    errors: list[str] = []
    program = 'pulumi.Config()\nThing("a", text="x", fail="create")'
    local.program(program)
    with pytest.raises(Exception, match="no create today"):
        local.stack().up(on_output=shown.append, on_error=errors.append)
    assert errors == ["error: update failed"]
    rows = _without_times("\n".join(shown))
    assert " +  pulumi-python:dynamic/things:Thing a **creating failed** (Ns)" in rows
    assert "  pulumi-python:dynamic/things:Thing (a):" in rows
