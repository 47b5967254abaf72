"""What a run works with is what was declared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.reconcile.run_context import RunContext
from helm_rollback_component.reconcile.run_events import Noted, RunEvent, RunEvents

LEAST = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}


def context(deployment: Any = None, **inputs: Any) -> RunContext:
    nothing: Any = None
    config = HelmConfig.parse({**LEAST, **inputs})
    return RunContext(config, nothing, nothing, nothing, nothing, deployment, nothing, nothing, nothing)


def test_a_run_that_deploys_has_something_to_deploy() -> None:
    deployment = object()
    assert context(deployment).what_to_deploy is deployment
    with pytest.raises(TypeError, match="nothing to deploy"):
        _ = context().what_to_deploy


def test_what_was_seen_is_told_once() -> None:
    told = list[RunEvent]()
    run = replace(context(), events=RunEvents(told.append))
    for _ in range(2):
        run.note_once("the last lines of a log")
    assert told == [Noted("the last lines of a log")]
