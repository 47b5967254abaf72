"""Secrets: marked through providers that know none, hidden in displays, never in the clear on disk."""

from collections.abc import Iterator

import pytest
from pulumi.automation import ConfigValue
from pulumi_local_engine import LocalEngine
from pulumi_local_engine.project import ProjectError

from tests.engine.laboratory import Laboratory

PROGRAM = """
    password = pulumi.Config().require_secret("password")
    a = Thing("a", text=password, nested={"inner": password, "plain": 1})
    b = Thing("b", ResourceOptions(additional_secret_outputs=["size"]), text=a.text)
    pulumi.export("text", b.text)
    pulumi.export("size", b.size)
    pulumi.export("plain", a.id)
    print("working")
"""


def _files(lab: Laboratory) -> Iterator[str]:
    for path in lab.state.rglob("*"):
        if path.is_file():
            yield path.read_text(errors="replace")


def test_secret_stays_secret_all_the_way(lab: Laboratory) -> None:
    lab.program(PROGRAM)
    stack = lab.stack()
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    shown: list[str] = []
    result = stack.up(on_output=shown.append)
    outputs = {key: (output.value, output.secret) for key, output in result.outputs.items()}
    assert outputs == {"text": ("hunter2", True), "size": (7, True), "plain": ("a-1", False)}
    assert next(note for note in lab.notes() if note["call"] == "create")["props"]["text"] == "hunter2"
    assert "hunter2" not in "\n".join(shown)
    assert not any("hunter2" in text for text in _files(lab))


def test_state_marks_what_is_secret_and_nothing_else(lab: Laboratory) -> None:
    lab.program(PROGRAM)
    stack = lab.stack()
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    stack.up()
    outputs = lab.resources()["a"]["outputs"]
    assert outputs["text"]["plaintext"] == outputs["nested"]["inner"]["plaintext"] == '"hunter2"'
    assert outputs["nested"]["plain"] == 1
    assert lab.resources()["b"]["additionalSecretOutputs"] == ["size"]


def test_secrets_survive_a_run_that_changes_nothing(lab: Laboratory) -> None:
    lab.program(PROGRAM)
    stack = lab.stack()
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    stack.up()
    assert stack.up().outputs["text"].secret
    stack.refresh()
    assert stack.outputs()["text"].value == "hunter2"
    assert not any("hunter2" in text for text in _files(lab))


def test_without_a_passphrase_a_key_file_serves(local: Laboratory) -> None:
    environment = {**local.environment, "PULUMI_CONFIG_PASSPHRASE": ""}
    stack = LocalEngine("dev", local.work_dir, state_dir=local.state, env_vars=environment)
    stack.set_config("password", ConfigValue("hunter2", secret=True))
    again = LocalEngine("dev", local.work_dir, state_dir=local.state, env_vars=environment)
    assert again.get_config("password").value == "hunter2"
    key = next(local.state.rglob("key"))
    assert key.stat().st_mode & 0o777 == 0o600
    assert not any("hunter2" in text for text in _files(local))


def test_configuration_can_be_read_set_and_removed(lab: Laboratory) -> None:
    lab.program("")
    stack = lab.stack()
    stack.set_all_config({"greeting": ConfigValue("hello"), "other:key": ConfigValue("1")})
    found = stack.get_all_config()
    assert {key: value.value for key, value in found.items()} == {"lab:greeting": "hello", "other:key": "1"}
    stack.remove_config("greeting")
    assert set(stack.get_all_config()) == {"other:key"}


def test_configuration_comes_from_files_and_from_what_is_set_above_them(lab: Laboratory) -> None:
    project = lab.work_dir / "Pulumi.yaml"
    defaults = "\nconfig:\n  a: {type: string, default: project}\n  b: {type: string, default: project}\n"
    project.write_text(project.read_text() + defaults)
    stack = lab.stack()
    stack.set_config("b", ConfigValue("stack"))
    lab.program("""
        config = pulumi.Config()
        pulumi.export("values", [config.require(key) for key in "ab"])
    """)
    assert stack.up().outputs["values"].value == ["project", "stack"]


def test_stack_file_is_read_and_not_written(local: Laboratory) -> None:
    path = local.work_dir / "Pulumi.dev.yaml"
    content = "config:\n  lab:flag: true\n  number: 3\n  lab:deep: {a: [1, x]}\n"
    path.write_text(content)
    local.program("""
        config = pulumi.Config()
        found = [config.require_bool("flag"), config.require_int("number"), config.require_object("deep")]
        pulumi.export("values", found)
    """)
    stack = local.stack()
    stack.set_config("number", ConfigValue("4"))
    assert stack.up().outputs["values"].value == [True, 4, {"a": [1, "x"]}]
    assert path.read_text() == content
    path.write_text("config:\n  lab:word: {secure: v1:abc}\n")
    with pytest.raises(ProjectError, match="lab:word"):
        stack.get_all_config()
