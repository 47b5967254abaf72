"""Secrets: marked through providers that know none, hidden in displays, never in the clear on disk."""

from collections.abc import Iterator

from pulumi.automation import ConfigValue

from helm_rollback_component.testing.engine import LocalEngine
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
