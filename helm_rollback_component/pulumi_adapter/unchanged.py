"""Checking again what was checked before, without validating it again: nothing heavy is imported for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.remediation.plan_text import stays
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_source import is_local
from helm_rollback_component.inputs.tree import same
from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.package_version import version
from helm_rollback_component.pulumi_adapter import state
from helm_rollback_component.pulumi_adapter.content import content_digest

if TYPE_CHECKING:
    from collections.abc import Mapping


def checked_before(olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the checked inputs, if a whole check could only come to those of `olds` again.

    It is so if the same version of this package checked the same inputs, if the files that they name hold the
    same, and if the plan stays. Else the whole check decides, and tells what is wrong.

    Args:
        olds: the checked inputs before.
        news: the inputs that the program gives now.
    """
    if olds.get(state.CHECKED_BY) != version() or not stays(olds.get(state.PLAN, "")):
        return None
    computed = {key: olds[key] for key in state.COMPUTED}
    if not same(_of_the_program(olds), news) or not _files_are_as_before(news, computed[state.CONTENT]):
        return None
    return {**news, **computed}


def _of_the_program(olds: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in olds.items() if key not in (*state.COMPUTED, "__provider")}


def _files_are_as_before(inputs: Mapping[str, Any], content: str) -> bool:
    source = inputs["source"]
    chart, repository = (source.get(key) for key in ("chart", "repository"))
    way = inputs.get("kubeconfig"), inputs.get("context")
    try:
        if any(way):
            kubeconfig.select(kubeconfig.load(way[0]), way[1])
        local_chart = chart if is_local(chart, repository) else None
        files, update = inputs.get("value_files") or (), bool(source.get("dependency_update"))
        return content_digest(local_chart, files, content, dependency_update=update) == content
    except (OSError, ValueError, ValidationError):
        return False
