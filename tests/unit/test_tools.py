"""What a run works with is what was declared."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.health.judge import HealthSettings
from helm_rollback_component.reconcile.run_context import Tools

LEAST = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}


def tools(deployment: Any = None, **inputs: Any) -> Tools:  # noqa: ANN401  # stand-ins, any inputs
    nothing: Any = None
    config = HelmConfig.parse({**LEAST, **inputs})
    return Tools(config, nothing, nothing, nothing, nothing, deployment, nothing, nothing)


def test_the_health_rules_are_told_what_was_declared() -> None:
    declared: dict[str, Any] = {
        "fail_fast": False,
        "image_pull_grace": 1.5,
        "grace": 2.5,
        "crash_loop_restarts": 7,
        "refused_grace": 3.5,
        "unschedulable_grace": 300,
        "volume_grace": 4.5,
        "soak": 30,
    }
    settings = tools(health={**declared, "test": True}, wait_for_jobs=True).settings
    assert settings == HealthSettings(**declared, wait_for_jobs=True)


def test_what_was_not_declared_is_the_rules_own_default() -> None:
    assert tools().settings == HealthSettings()


def test_a_run_that_deploys_has_something_to_deploy() -> None:
    deployment = object()
    assert tools(deployment).what_to_deploy is deployment
    with pytest.raises(TypeError, match="nothing to deploy"):
        _ = tools().what_to_deploy
