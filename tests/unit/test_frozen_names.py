"""Names and forms that users' state holds: changing one breaks what is deployed already."""

from __future__ import annotations

import base64
import importlib

from pulumi.dynamic.dynamic import serialize_provider

from helm_rollback_component import ReleaseProvider, component
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.results import Phase, RollbackState


def test_type_tokens() -> None:
    assert component.TYPE == "helm-rollback:index:HelmRelease"
    assert component.RELEASE_TYPE == "pulumi-python:dynamic/helm-rollback:Release"


def test_the_provider_is_found_where_state_says() -> None:
    provider = importlib.import_module("helm_rollback_component.provider").ReleaseProvider
    named = (provider.__module__, provider.__qualname__)
    assert named == ("helm_rollback_component.provider", "ReleaseProvider")


def test_a_pickled_provider_is_a_mere_reference() -> None:
    pickled = base64.b64decode(serialize_provider(ReleaseProvider()))
    assert b"helm_rollback_component.provider" in pickled
    assert b"ReleaseProvider" in pickled
    assert len(pickled) < 100


def test_a_pickled_provider_is_no_secret_and_holds_nothing() -> None:
    assert ReleaseProvider.serialize_as_secret_always is False
    assert vars(ReleaseProvider()) == {}


def test_words_that_state_and_ledgers_hold() -> None:
    assert [phase.value for phase in Phase] == ["Deployed", "RolledBack", "Failed", "Stalled"]
    assert [rollback.value for rollback in RollbackState] == ["none", "rolled-back", "failed"]
    assert [verdict.value for verdict in Verdict] == ["good", "bad", "unknown"]
