"""What a release is comes out as plain data."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from helm_rollback_component import outputs as read_by_programs
from helm_rollback_component.results import (
    Condition,
    Phase,
    ReleaseRevision,
    ReleaseStatus,
    Resource,
    RollbackState,
    RollbackStatus,
)

STATUS = ReleaseStatus(
    release_name="web",
    release_namespace="apps",
    revision=3,
    chart_version="1.0.0",
    app_version="2",
    status="deployed",
    phase=Phase.ROLLED_BACK,
    rollback_status=RollbackStatus(state=RollbackState.ROLLED_BACK, target_revision=1),
    history=(ReleaseRevision(1, "1.0.0", "2", "superseded", "then", "Install complete", verified=True),),
    conditions=(Condition("Ready", "False", "ImagePullBackOff", "why", "then"),),
    resources=(Resource("apps/v1", "Deployment", "web", "apps"),),
)


def test_every_field_comes_out_under_its_name() -> None:
    assert list(STATUS.as_outputs()) == [field.name for field in fields(ReleaseStatus)]


@pytest.mark.parametrize(
    ("result", "read"),
    [
        (RollbackStatus, read_by_programs.RollbackStatusOutput),
        (ReleaseRevision, read_by_programs.RevisionOutput),
        (Condition, read_by_programs.ConditionOutput),
        (Resource, read_by_programs.ResourceOutput),
    ],
)
def test_a_program_reads_every_field_of_a_result(result: Any, read: type) -> None:
    plain = {name: str if kind is RollbackState else kind for name, kind in get_type_hints(result).items()}
    assert get_type_hints(read) == plain


def test_words_are_plain_texts() -> None:
    outputs = STATUS.as_outputs()
    assert type(outputs["phase"]) is str
    assert type(outputs["rollback_status"]["state"]) is str
    assert (outputs["phase"], outputs["rollback_status"]["state"]) == ("RolledBack", "rolled-back")


def test_sequences_are_lists_of_dictionaries() -> None:
    outputs = STATUS.as_outputs()
    assert outputs["history"] == [
        {
            "revision": 1,
            "chart_version": "1.0.0",
            "app_version": "2",
            "status": "superseded",
            "deployed_at": "then",
            "description": "Install complete",
            "verified": True,
            "point_of_no_return": False,
        }
    ]
    assert json.loads(json.dumps(outputs)) == outputs


def test_without_a_rollback_its_status_is_empty() -> None:
    assert ReleaseStatus("web", "apps", 1, "1", "1", "deployed", Phase.DEPLOYED).as_outputs()[
        "rollback_status"
    ] == {
        "state": "none",
        "strategy": "",
        "reason": "",
        "message": "",
        "failed_revision": 0,
        "target_revision": 0,
        "restored_revision": 0,
        "attempts": 0,
        "at": "",
    }
