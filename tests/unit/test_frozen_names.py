"""Names and forms that users' state holds: changing one breaks what is deployed already."""

from __future__ import annotations

import base64
import importlib
from typing import TYPE_CHECKING

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from helm_rollback_component import GateProvider, ReleaseProvider, component
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.results import Phase, RollbackState

if TYPE_CHECKING:
    from pulumi.dynamic import ResourceProvider

PROVIDERS = [ReleaseProvider, GateProvider]


def test_type_tokens() -> None:
    assert component.TYPE == "helm-rollback:index:HelmRelease"
    assert component.RELEASE_TYPE == "pulumi-python:dynamic/helm-rollback:Release"
    assert component.GATE_TYPE == "pulumi-python:dynamic/helm-rollback:Gate"


@pytest.mark.parametrize("name", ["ReleaseProvider", "GateProvider"])
def test_providers_are_found_where_state_says(name: str) -> None:
    provider = getattr(importlib.import_module("helm_rollback_component.provider"), name)
    assert (provider.__module__, provider.__qualname__) == ("helm_rollback_component.provider", name)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_pickled_provider_is_a_mere_reference(provider: type[ResourceProvider]) -> None:
    pickled = base64.b64decode(serialize_provider(provider()))
    assert b"helm_rollback_component.provider" in pickled
    assert provider.__name__.encode() in pickled
    assert len(pickled) < 100


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_pickled_provider_is_no_secret_and_holds_nothing(provider: type[ResourceProvider]) -> None:
    assert provider.serialize_as_secret_always is False
    assert vars(provider()) == {}


def test_words_that_state_and_ledgers_hold() -> None:
    assert [phase.value for phase in Phase] == ["Deployed", "RolledBack", "Failed", "Stalled"]
    assert [rollback.value for rollback in RollbackState] == ["none", "rolled-back", "failed"]
    assert [verdict.value for verdict in Verdict] == ["good", "bad", "unknown"]
