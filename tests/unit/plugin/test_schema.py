"""The schema says what the models say: each input and output, with its text, default, secret and choices."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from helm_rollback_component import config, results
from helm_rollback_component.args import FIELDS
from helm_rollback_component.config.provider import ProviderConfig
from helm_rollback_component.inputs.spelling import camel
from helm_rollback_component.plugin.schema import TOKEN, schema
from helm_rollback_component.plugin.spoken import OF_A_COMPONENT

SCHEMA = schema()
RELEASE = SCHEMA["resources"][TOKEN]
SECTIONS = {
    "Source": config.SourceConfig,
    "Timeouts": config.TimeoutsConfig,
    "Operations": config.OperationsConfig,
    "Rollback": config.RollbackConfig,
    "History": config.HistoryConfig,
    "Health": config.HealthConfig,
}
PARTS = {
    "RollbackStatus": results.RollbackStatus,
    "ReleaseRevision": results.ReleaseRevision,
    "Condition": results.Condition,
    "ReleaseResource": results.Resource,
}


def kind(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["types"][f"helm-rollback:index:{name}"]
    return found


def sections() -> list[Any]:
    inputs = [pytest.param(config.HelmConfig, RELEASE["inputProperties"], id="HelmRelease")]
    return [
        *inputs,
        *(pytest.param(model, kind(name)["properties"], id=name) for name, model in SECTIONS.items()),
    ]


def referred(property_: dict[str, Any]) -> str:
    return str(property_["$ref"]).removeprefix("#/types/helm-rollback:index:")


def test_every_input_of_the_component_is_there_but_those_of_its_namespace() -> None:
    def names(inputs: dict[str, Any], known: Any) -> dict[str, Any]:
        return {
            name: names(kind(referred(inputs[camel(name)]))["properties"], below) if below else None
            for name, below in known.items()
            if camel(name) in inputs
        }

    expected = {name: below for name, below in FIELDS.items() if name not in OF_A_COMPONENT}
    assert names(RELEASE["inputProperties"], FIELDS) == expected


@pytest.mark.parametrize(("model", "inputs"), sections())
def test_every_input_has_text_and_default_of_the_model(model: Any, inputs: dict[str, Any]) -> None:
    names = set(model.model_fields) - set(OF_A_COMPONENT)
    assert set(inputs) == set(map(camel, names))
    for name in names:
        default = model.model_fields[name].default
        described = inputs[camel(name)]
        plain = default if isinstance(default, bool | int | float | str) and default != "" else None
        assert described.get("default") == plain, name
        assert type(described.get("default")) is type(plain), name
        if "default" in described:
            spoken = str(default).lower() if isinstance(default, bool) else str(default)
            assert described["description"].replace("`", "").endswith(f"Default: {spoken}.")
        assert described["description"]


@pytest.mark.parametrize(
    ("result", "outputs"),
    [
        pytest.param(results.ReleaseStatus, RELEASE["properties"], id="HelmRelease"),
        *(pytest.param(part, kind(name)["properties"], id=name) for name, part in PARTS.items()),
    ],
)
def test_every_output_is_there_with_its_text(result: Any, outputs: dict[str, Any]) -> None:
    assert [*outputs] == [camel(field.name) for field in fields(result)]
    assert all(output["description"].endswith((".", "…")) for output in outputs.values())


def test_only_what_has_no_default_is_required() -> None:
    assert RELEASE["requiredInputs"] == ["source"]
    assert kind("Source")["required"] == ["chart"]
    assert kind("Rollback")["required"] == []


def test_the_provider_has_the_same_inputs_as_the_configuration() -> None:
    inputs = SCHEMA["provider"]["inputProperties"]
    assert [*inputs] == [*map(camel, ProviderConfig.model_fields)]
    assert SCHEMA["config"]["variables"] == inputs
    assert all(each["description"] for each in inputs.values())
    assert "Kubernetes provider" not in str(SCHEMA["resources"])


def test_a_password_is_secret() -> None:
    secret = {
        name
        for properties in (
            RELEASE["inputProperties"],
            *(each.get("properties", {}) for each in SCHEMA["types"].values()),
        )
        for name, property_ in properties.items()
        if property_.get("secret")
    }
    assert secret == {"password"}


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("RollbackStrategy", {"Automatic": "automatic", "Manual": "manual", "VersionBased": "version-based"}),
        ("OnRollback", {"Fail": "fail", "Warn": "warn"}),
        ("WaitStrategy", {"Auto": "auto", "Watcher": "watcher", "Legacy": "legacy"}),
        ("Phase", {each.value: each.value for each in results.Phase}),
        ("RollbackState", {"None": "none", "RolledBack": "rolled-back", "Failed": "failed"}),
    ],
)
def test_choices_are_enums(name: str, choices: dict[str, str]) -> None:
    assert {each["name"]: each["value"] for each in kind(name)["enum"]} == choices


def test_types_are_those_of_the_models() -> None:
    inputs, rollback = RELEASE["inputProperties"], kind("Rollback")["properties"]
    assert inputs["values"]["additionalProperties"] == {"$ref": "pulumi.json#/Any"}
    assert inputs["labels"]["additionalProperties"] == {"type": "string"}
    assert inputs["valueFiles"]["items"]["oneOf"] == [{"type": "string"}, {"$ref": "pulumi.json#/Asset"}]
    assert inputs["postRenderer"]["items"] == {"type": "string"}
    assert (rollback["retries"]["type"], rollback["targetRevision"]["type"]) == ("integer", "integer")
    assert [each["type"] for each in rollback["floor"]["oneOf"]] == ["integer", "string"]
    assert kind("Health")["properties"]["soak"]["type"] == "number"
    assert referred(RELEASE["properties"]["history"]["items"]) == "ReleaseRevision"


def test_texts_speak_as_the_program_does() -> None:
    assert "`allowDataLoss`" in kind("Rollback")["properties"]["floor"]["description"]
    assert RELEASE["inputProperties"]["adopt"]["description"].endswith("Default: false.")
    assert kind("Phase")["enum"][0]["description"] == "What runs is what was declared."
    assert (
        kind("RollbackStatus")["properties"]["at"]["description"]
        == "When it happened (RFC 3339), or an empty string."
    )
