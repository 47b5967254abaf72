"""Which kubeconfigs a program and its environment have now."""

from __future__ import annotations

import json

import pytest

from helm_rollback_component.pulumi_adapter import present_kubeconfigs, stack_settings
from tests.unit.pulumi_adapter.properties import LATER

YAML = "clusters: []\ncurrent-context: a\n"
JSON = '{"clusters": [], "current-context": "b"}'


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin as a new process does."""
    monkeypatch.setattr(present_kubeconfigs, "_declared", {})
    monkeypatch.setattr(stack_settings, "_noted", {})
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)


def test_those_of_the_environment_are_always_tried() -> None:
    assert list(present_kubeconfigs.present()) == [(None, None)]


def test_what_the_program_declares_comes_first_the_newest_before_all() -> None:
    for content, context in (("one", None), ("two", "a"), ("one", None), (LATER, None), ("three", LATER)):
        present_kubeconfigs.note_inputs({"kubeconfig": content, "context": context})
    present_kubeconfigs.note_inputs({})
    assert list(present_kubeconfigs.present()) == [("one", None), ("two", "a"), (None, None)]


def test_kubeconfigs_in_the_configuration_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = {
        "shop:kubeconfig": YAML,
        "kubernetes:kubeconfig": JSON,
        "shop:releases": json.dumps({"web": {"kubeconfig": YAML.replace("a", "c")}, "sizes": [1, None]}),
        "shop:other": "text",
    }
    stack_settings.note(configuration)
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"kubeconfig": YAML.replace("a", "b")}))
    found = [text for text, _ in present_kubeconfigs.present()]
    assert found == [YAML.replace("a", "b"), YAML, JSON, YAML.replace("a", "c"), None]


def test_what_the_environment_has_under_a_name_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    stack_settings.note({"kubeconfig": YAML, "other": "text"})
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"kubeconfig": JSON}))
    assert stack_settings.known() == {"kubeconfig": JSON, "other": "text"}
