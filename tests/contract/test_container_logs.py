"""The last lines of the container that failed, as the API server has them from the node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import Phase
from tests.contract.laboratory import CRASHING
from tests.support.control_plane import Place
from tests.support.least_rights import rules_of
from tests.support.namespaces import cluster_of

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

ROLES = ("release", "chart", "health", "events", "clearing", "volumes")


def failing(lab: Laboratory, container: str, *secrets: str, **inputs: Any) -> list[str]:
    """Deploy the release, let a container of that name crash, and return the lines that are told of it."""
    values, notes, redact = {"container": container, "sidecar": "quiet"}, list[str](), Redactor(secrets)
    lab.deploy(values=values)
    config = HelmConfig.parse(lab.declared(values={**values, **CRASHING, "tag": "two"}, **inputs))
    status = HelmOperations(config, identity=lab.identity, note=notes.append, redact=redact).upgrade()
    assert status.phase is Phase.ROLLED_BACK
    assert status.rollback_status.reason == "CrashLoopBackOff"
    told = [note for note in notes if note.startswith("the last lines of container ")]
    assert len(told) <= 1
    return [line.removeprefix("    ") for text in told for line in text.split("\n")]


def test_the_run_that_failed_is_told_and_no_sidecar(one_engine_lab: Laboratory) -> None:
    head, *lines = failing(one_engine_lab, "wordy")
    assert head.startswith("the last lines of container wordy of Pod web-")
    assert lines == [
        *"2345678",
        "connecting to db-0 as shop",
        "with password s3cr3t-of-the-shop",
        "panic: no database",
    ]


def test_a_secret_in_them_is_masked(one_engine_lab: Laboratory) -> None:
    lines = failing(one_engine_lab, "wordy", "s3cr3t-of-the-shop")
    assert lines[-2:] == ["with password [secret]", "panic: no database"]


def test_nothing_in_them_controls_a_terminal(one_engine_lab: Laboratory) -> None:
    _, *lines = failing(one_engine_lab, "colourful")
    assert lines == ["FATAL too bright", "100 %", "bell ,  zero and �� bytes", "right  to left"]


def test_long_lines_do_not_push_out_the_last_one(one_engine_lab: Laboratory) -> None:
    _, *lines = failing(one_engine_lab, "endless")
    assert lines[-1] == "panic: at the end"
    assert len(lines) == 4
    assert all(line.endswith("… (1084 characters more)") for line in lines[:-1])


def test_without_them_the_failure_is_told_all_the_same(one_engine_lab: Laboratory) -> None:
    assert failing(one_engine_lab, "speechless") == []


def test_who_may_not_read_them_is_told_the_failure(one_engine_lab: Laboratory) -> None:
    space = one_engine_lab.space
    place = Place(
        space.ground, cluster_of(space.ground), space.namespace, space.ground.kubeconfig.read_text()
    )
    assert failing(one_engine_lab, "wordy", kubeconfig=place.with_user(rules_of(*ROLES))) == []
